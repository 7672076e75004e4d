"""Strawberry's endpoint with what it lacks, one small module for each part.

::

    endpoint      the router: which hook uses which part
    negotiation   what the Accept header allows
    requests      from a body or a query string to an operation
    operations    which operation of a document runs
    answers       from a result to a status, a media type and a body
    events        server-sent events that common clients can split
    multipart     multipart subscriptions that begin with their boundary
    sockets       graphql-transport-ws to the letter
    shapes        shapes of what clients send

The first line of each class or method that overrides one of Strawberry's says what it
corrects; `docs/schema.md` lists the corrections, and which could go upstream. The
version of Strawberry is pinned, since a few hooks are none that it promises.
"""
