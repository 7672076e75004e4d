"""OpenAI, and every server that speaks its chat completions.

* ``model`` asks, retries and reads: the `LanguageModel`.
* ``connection`` the HTTP client for the endpoint of the moment.
* ``dialect`` the request's body, and what a server does not understand of it.
* ``reader`` turns the bytes of a stream into model events.
* ``sse`` splits the bytes into server-sent events.
* ``failures`` turns what goes wrong into the service's errors.
"""
