"""Conversations, turns and the ledger in SQLite or PostgreSQL.

* ``engine`` opens a store: `open_store`.
* ``database`` the connections, and what differs between the two kinds.
* ``tables`` what is stored; ``migrations`` how a database gets there; ``migrate`` when.
* ``conversations``, ``messages``, ``turns``, ``ledger`` one port each.
* ``rows`` turns domain objects into rows and back; ``pico`` does so with money.
* ``archive`` takes everything out and puts it back, ``archive_writing`` and
  ``archive_rows`` are its parts.
* ``paging`` and ``search`` the parts of a list's query.
"""
