# `make` alone lists what there is. Everything happens in .venv, .web and .sidekick.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
OWN := graphql_api reflex_app sidekick.py tools
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run mock test torture attack check lock schema \
	documents screenshots goals lighthouse clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup:  ## Make this checkout ready to run, in .venv
	@$(PYTHON) -m tools.setup

setup-tests:
	@$(PYTHON) -m tools.setup --tests

run: setup  ## Start Sidekick and print its address; Ctrl-C ends it
	@exec $(BIN)/python sidekick.py

mock: setup  ## Start the API with scripted answers and faults; ARGS="--fault cut"
	@exec $(BIN)/python -m graphql_api mock $(ARGS)

test: setup-tests  ## Run the tests; ARGS="-k cost -x" goes to pytest
	@$(BIN)/python -m pytest $(ARGS)

torture: setup-tests  ## Kill the API at random moments, 1,000 times
	@SIDEKICK_TORTURE_ROUNDS=$${SIDEKICK_TORTURE_ROUNDS:-1000} \
		$(BIN)/python -m pytest tests/e2e/test_survival.py $(ARGS)

attack: setup-tests  ## Send hostile GraphQL documents and print what each costs
	@$(BIN)/python -m tools.attack

check: setup-tests  ## Check format, lint, imports, types and the printed schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/ty check --python $(BIN)/python
	@$(BIN)/python -m graphql_api schema | diff -u schema.graphql - \
		|| { echo "schema.graphql is not what the code says: make schema"; exit 1; }

lock: setup-tests  ## Write the lock files anew from pyproject.toml
	$(COMPILE) tools/bootstrap.in -o tools/bootstrap.lock
	$(COMPILE) pyproject.toml --extra local -o requirements.lock
	$(COMPILE) pyproject.toml --extra local --group dev \
		-c requirements.lock -o requirements-dev.lock
	$(COMPILE) tests/clients/requirements.in -o tests/clients/requirements.lock
	cd tests/clients && PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only

schema: setup  ## Print the schema of the code into schema.graphql
	@$(BIN)/python -m graphql_api schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql

documents: setup  ## Write the page's operations where the API trusts them
	@$(BIN)/python -m tools.documents

screenshots: setup-tests  ## Take the README's pictures of the page
	@$(BIN)/python -m tools.screenshots $(ARGS)

goals: setup-tests  ## Measure what the page costs, beside the goals
	@$(BIN)/python -m tools.page_goals

lighthouse: setup-tests  ## Score the page with Lighthouse; ARGS="--runs 1"
	@$(BIN)/python -m tools.page_scores $(ARGS)

clean:  ## Remove what setup and tests made; keeps the data in .sidekick
	rm -rf .venv .web .graphiql .states assets/external .pytest_cache .ruff_cache .hypothesis
	rm -rf .import_linter_cache
	rm -rf tests/clients/node_modules tests/clients/.venv tests/clients/generated
	find graphql_api reflex_app tests tools -name __pycache__ -prune -exec rm -rf {} +
