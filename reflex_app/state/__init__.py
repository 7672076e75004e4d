"""Hands the session to Reflex: read it, call the API, show it.

Handlers that call the API are background ones: any other handler would make
every later event of its tab wait. They change state only inside `async with
self`, never while a call is under way.
"""
