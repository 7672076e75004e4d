"""The web page of Sidekick: one client of the GraphQL contract, nothing more.

The parts, each with one reason to change, from the outside to the inside::

    __main__    the command line: `serve` (default) or `build`
    build       the production build, and what it adds to Reflex's own
    server      the ASGI application that puts the parts below on one address
    files       the prebuilt page: compressed variants, cache headers, CSP hashes
    proxy       `/graphql` of the page's own origin, streamed from the API
    guard       who may talk to this server, and the headers every reply carries
    app         the Reflex application and its pages
    pages       one module per route
    components  functions from state to components, and the small browser part
    state       hands the session to Reflex; handlers of a few lines
    session     what the user sees, as frozen data and pure transitions
    view        the session as it is drawn: rows, money, failures in plain words
    export      a conversation as CSV, JSON or Markdown
    client      the GraphQL API as the page wants it; every operation it sends
    replies     what the API replies, as typed values
    theme       colours, spacing and type
    settings    every environment variable of the page
"""
