"""The web page of Sidekick: one client of the GraphQL contract, nothing more.

The parts, each with one reason to change, from the outside to the inside::

    __main__    the command line: `serve` (default) or `build`
    build       the production build, and what it adds to Reflex's own
    server      the ASGI application that puts the parts below on one address
    files       the prebuilt page: compressed variants, cache headers, CSP hashes
    proxy       `/graphql` and `/auth` of the page's own origin, passed on to the API
    entrance    whether people sign in, and the cookie that a guest gets with the page
    visits      whose cookies a call carries; Reflex never sees them
    guard       who may talk to this server, and the headers every reply carries
    app         the Reflex application and its pages
    pages       one module per route
    components  functions from state to components, and the small browser part
    state       hands the session to Reflex; one module per part of the page
    session     what the user sees, as frozen data and pure transitions
    deletions   what waits to be deleted and can still be undone
    listing     the list of conversations as it is drawn
    folding     how rows are sent: each seldom, and without what is empty
    view        the session as it is drawn: rows, money, failures in plain words
    reports     what was used, as the API counts it: read, cut into days, filed
    usage_view  a report as it is drawn
    usage_words how it says its days and amounts
    admin       administration: read and changed; admin_view as it is drawn
    charts      bars and scales as plain geometry
    export      a conversation as CSV, JSON or Markdown
    client      the GraphQL API as the page wants it
    calls       documents sent to it over HTTP
    connections HTTP connections to it, for calls and for the proxy
    operations  every document the page sends to it; admin_operations some of them
    readers     the API's JSON, turned into
    replies     what the API replies, as typed values; admin_replies to administrators
    translated  the built pages in every language
    texts       words, numbers and dates in every language; one file of `languages` each
    theme       colours, spacing and type
    settings    every environment variable of the page
"""
