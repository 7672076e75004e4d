"""What the service talks about: frozen data and pure functions, no I/O.

Unknown is ``None``, never 0. Instants are aware and in UTC.
"""
