"""People by OpenID Connect: any provider that announces itself.

* ``web`` what is fetched from the provider: bounded in bytes and in time.
* ``keeping`` keeps what was fetched, and fetches it anew, by one at a time.
* ``discovery`` the provider's addresses and keys.
* ``tokens`` checks a token by a key.
* ``provider`` the port.
"""
