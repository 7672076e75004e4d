"""What goes wrong at the fake OpenAI host, by the name of the model."""

from collections.abc import Awaitable, Callable

from tests.fake_openai_wire import KEY, REPLY, WORDS, Exchange, chunk, event

# Four million characters: the longest answer that is not cut.
FLOOD = "0123456789 Robin! " * 1_000 + "-" * 2_000
FLOOD_CHARS = 4_000_000
Script = Callable[[Exchange], Awaitable[None]]
SCRIPTS: dict[str, Script] = {}


def script(name: str) -> Callable[[Script], Script]:
    def keep(function: Script) -> Script:
        SCRIPTS[name] = function
        return function

    return keep


async def answer(exchange: Exchange, *, pause_s: float = 0) -> None:
    """Answer as a good host does."""
    await exchange.begin()
    for word in WORDS:
        await exchange.delta(word)
        if pause_s:
            await exchange.pause(pause_s)
    await exchange.finish()
    await exchange.done()


async def half(exchange: Exchange) -> None:
    """Begin an answer: two words of it."""
    await exchange.begin()
    await exchange.delta(WORDS[0])
    await exchange.delta(WORDS[1])
    # The client must have read them before something happens to the connection.
    await exchange.pause(0.1)


def refusal(
    name: str, status: int, headers: dict[str, str] | None = None, **error: object
) -> None:
    """Add a script that refuses every request."""

    async def refuse(exchange: Exchange) -> None:
        await exchange.refuse(status, headers or {}, **error)

    SCRIPTS[name] = refuse


refusal("500", 500, message=f"boom {KEY}")
refusal("503", 503, message=f"busy {KEY}")
refusal(
    "429", 429, {"Retry_After": "7"}, message="slow down", code="rate_limit_exceeded"
)
refusal("quota", 429, message="no money", code="insufficient_quota")
refusal("401", 401, message=f"Incorrect API key: {KEY}", code="invalid_api_key")
refusal("403", 403, message=f"Not for {KEY}")
refusal("404", 404, message="no such model", code="model_not_found")
refusal("400", 400, message=f"bad {KEY}", type="invalid_request_error")
refusal("307", 307, {"Location": "/v1/chat/completions"}, message="moved")
refusal(
    "context",
    400,
    code="context_length_exceeded",
    message="This model's maximum context length is 8192 tokens. However, your "
    "messages resulted in 9321 tokens.",
)
refusal(
    "context-llama",
    400,
    code=400,
    type="exceed_context_size_error",
    message="too big",
    n_prompt_tokens=5000,
    n_ctx=4096,
)


@script("500-once")
async def _(exchange: Exchange) -> None:
    await (SCRIPTS["500"] if exchange.nth == 1 else answer)(exchange)


@script("429-soon")
async def _(exchange: Exchange) -> None:
    if exchange.nth == 1:
        await exchange.refuse(429, {"Retry_After_Ms": "300"}, message="slow down")
    else:
        await answer(exchange)


@script("reset")
async def _(exchange: Exchange) -> None:
    exchange.reset()


@script("reset-once")
async def _(exchange: Exchange) -> None:
    await answer(exchange) if exchange.nth > 1 else exchange.reset()


@script("reset-mid")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    exchange.reset()


@script("reset-before-text")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.pause(0.1)
    exchange.reset()


@script("cut")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    exchange.keep_alive = False  # the chunked body has no end


@script("early-end")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.end()


@script("early-end-plain")
async def _(exchange: Exchange) -> None:
    await exchange.begin(chunked=False)
    await exchange.delta(WORDS[0])


@script("stall")
async def _(exchange: Exchange) -> None:
    await exchange.pause()


@script("stall-mid")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.pause()


@script("stall-after-finish")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.finish()
    await exchange.send(b"data: [DONE]\n\n")
    await exchange.pause()


@script("bad-json")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.send(b'data: {"choices": [{\n\n')
    await exchange.pause()


@script("bad-json-first")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.send(b"data: <html>\n\n")
    await exchange.pause()


@script("error-event")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    text, error = chunk({"delta": {"content": WORDS[0]}}), {"message": f"boom {KEY}"}
    await exchange.send(text + event({"error": error}))
    await exchange.pause()


@script("error-event-first")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    error = {"message": f"boom {KEY}", "code": "rate_limit_exceeded"}
    await exchange.send(b"event: error\n" + event({"error": error}))
    await exchange.pause()


@script("no-usage")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.finish(usage=False)
    await exchange.done()


@script("no-done")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    await exchange.finish()
    await exchange.end()


def ending(reason: str) -> None:
    """Add a script whose answer ends for a reason."""

    async def end(exchange: Exchange) -> None:
        await half(exchange)
        await exchange.finish(reason)
        await exchange.done()

    SCRIPTS[reason] = end


ending("length")
ending("content_filter")
ending("tool_calls")


@script("bad-chunking")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    exchange.writer.write(b"ZZZ\r\n")
    await exchange.pause()


@script("comments-only")
async def _(exchange: Exchange) -> None:
    await half(exchange)
    for _ in range(200):
        await exchange.send(b": still here\n\n")
        await exchange.pause(0.1)


@script("split")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    for byte in chunk({"delta": {"content": REPLY}}):
        await exchange.send(bytes([byte]))
    await exchange.finish()
    await exchange.done()


@script("slow")
async def _(exchange: Exchange) -> None:
    await answer(exchange, pause_s=0.05)


@script("endless")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    while True:
        await exchange.delta("more ")
        await exchange.pause(0.01)


@script("flood")
async def _(exchange: Exchange) -> None:
    await exchange.begin()
    for _ in range(FLOOD_CHARS // len(FLOOD)):
        await exchange.delta(FLOOD)
    await exchange.finish()
    await exchange.done()


def picky(name: str, parameter: str) -> None:
    """Add a script that refuses requests with this parameter."""

    async def look(exchange: Exchange) -> None:
        if parameter in exchange.asked.body:
            message = f"Unsupported parameter: '{parameter}'."
            await exchange.refuse(400, {}, message=message, param=parameter)
        else:
            await answer(exchange)

    SCRIPTS[name] = look


picky("no-stream-options", "stream_options")
picky("old", "max_completion_tokens")
picky("reasoning", "temperature")


@script("html")
async def _(exchange: Exchange) -> None:
    await exchange.reply(200, b"<h1>A page</h1>", "text/html")
