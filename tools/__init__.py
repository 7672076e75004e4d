"""What a checkout of Sidekick needs around its two programs; run from its top folder.

python3 -m tools.setup      make the checkout ready to run (`make setup`)

tools.setup      the order of the steps, and one setup at a time
tools.steps      the steps: when each is needed and what it does
tools.machine    what this machine must have, as sentences for who reads them
tools.progress   commands with a progress line, a log and a clear end
"""
