"""The application behind uvicorn, with all limits on what clients send."""

import gc
import socket
from typing import Final

import uvicorn

from graphql_api.app import create_app
from graphql_api.schema.heads import bounded_heads
from graphql_api.schema.patience import impatient
from graphql_api.schema.wire.endpoint import MAX_FRAME_BYTES
from graphql_api.settings import Settings

# Open streams are cut after this; a generation then gets `drain_s` to finish.
_GRACE_S: Final = 2


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve on the listening socket until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: A file that the settings name is missing or wrong.
    """
    prepared = server(settings)
    # What is imported stays: the collector need not walk over it, which takes 0.1 s.
    gc.freeze()
    await prepared.serve(sockets=[listener])


def server(settings: Settings) -> uvicorn.Server:
    """The application with all its limits on what clients send.

    Raises:
        SettingsError: A file that the settings name is missing or wrong.
    """
    config = uvicorn.Config(
        create_app(settings),
        http=bounded_heads(settings.request_timeout_s),
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GRACE_S,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    config.load()
    patience_s = settings.send_timeout_s
    config.http_protocol_class = impatient(config.http_protocol_class, patience_s)
    if config.ws_protocol_class is not None:
        config.ws_protocol_class = impatient(config.ws_protocol_class, patience_s)
    return uvicorn.Server(config)
