"""Sidekick's chat service: a language model behind a typed GraphQL contract.

The map, from the outside in; arrows are imports::

    __main__ > serving > app | transfer > models | routes | sign_in
                       > schema | adapters > services > ports > pricing
                       > settings > domain > telemetry > errors

* ``domain`` what the service talks about: messages, usage, cost, generations.
* ``pricing`` what a usage costs, and which price table said so.
* ``ports`` what the services need from outside: a model, a log, a token counter.
* ``services`` what the service does: answer a history, run and follow a generation.
* ``schema`` the GraphQL contract and its wire formats.
* ``adapters`` one module per thing outside: OpenAI, llama.cpp, memory, files.
* ``models`` which models there are, and how they are opened; ``routes`` what is served
  over HTTP; ``sign_in`` how people sign in.
* ``app`` puts the parts of the server together, ``serving`` listens with it,
  ``transfer`` is the commands `export` and `import`; ``settings`` reads the
  environment once.
"""
