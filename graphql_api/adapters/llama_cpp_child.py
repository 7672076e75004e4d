"""The process in which the embedded model runs: llama.cpp with its own HTTP server.

The parent writes one line of JSON to its standard input (see `llama_cpp`) and keeps it
open. As soon as the model listens, this process writes one line with the address to
its standard output. When its standard input ends, because the parent wants it or is
dead, it ends at once.
"""

import json
import os
import signal
import sys
import threading
from importlib import import_module
from typing import Any, Final

# The port is picked by the system and the key is random; nobody else can ask.
_HOST: Final = "127.0.0.1"
# Without a bound a small model may repeat itself until its context is full.
_MAX_TOKENS: Final = 512
# A long prompt takes a while; a comment in the stream shows that we are at it.
_PING_S: Final = 5


def main() -> None:
    """Serve until the standard input ends."""
    # Ctrl-C reaches the whole group, but the parent says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = json.loads(sys.stdin.buffer.readline())
    watcher = threading.Thread(target=_end_with_parent, daemon=True)
    watcher.start()
    # What llama.cpp prints must not mix with our one line.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = _serve(order)
    print(json.dumps({"address": server.listening_address}), file=out, flush=True)
    watcher.join()


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _serve(order: dict[str, Any]) -> Any:  # noqa: ANN401 the library has no types
    # Imported like this since it is heavy, and has no types.
    xllamacpp: Any = import_module("xllamacpp")
    params: Any = xllamacpp.CommonParams()
    params.model.path = order["weights"]
    params.model_alias = {order["name"]}
    params.hostnames, params.port = [_HOST], 0
    params.api_keys = [order["api_key"]]
    _close_side_doors(params)
    params.n_parallel = order["slots"]
    params.n_ctx = order["slots"] * order["context_tokens"]
    params.kv_unified = params.ctx_shift = params.fit_params = False
    params.n_predict = _MAX_TOKENS
    # Each slot keeps its last conversation; no second cache in memory besides.
    params.cache_prompt, params.cache_ram_mib = True, 0
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = order["threads"]
    # Threads that spin while they wait starve one another on a busy machine: 2 tokens a
    # second instead of 22, beside two busy processes on two cores. Idle: no difference.
    params.cpuparams.poll = 0
    params.sse_ping_interval = _PING_S
    params.verbosity = -1
    _choose_sampling(params.sampling)
    return xllamacpp.Server(params)


def _close_side_doors(params: Any) -> None:  # noqa: ANN401 the library has no types
    params.ui = params.ui_mcp_proxy = False
    params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.cors_origins, params.cors_credentials = "", False


def _choose_sampling(sampling: Any) -> None:  # noqa: ANN401 the library has no types
    sampling.min_p = 0.1
    sampling.penalty_repeat = 1.1
    sampling.penalty_last_n = 256


if __name__ == "__main__":
    main()
