"""Ask, stream, and write in a stored conversation: `python main.py Who is Robin?`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

from sidekick_client import Follow, MessageInput, Role, Sidekick, Stream
from sidekick_client.base_client import BROKE_OFF, SidekickError


async def resuming(
    client: Sidekick, events: AsyncIterator[Stream | Follow], *, tries: int = 5
) -> AsyncIterator[Stream | Follow]:
    """The events to the last one; a stream that breaks off is taken up behind it."""
    last: Stream | Follow | None = None
    failures = 0
    while failures < tries:
        try:
            async for last in events:
                failures = 0
                yield last
        except SidekickError as error:
            if error.code != BROKE_OFF or last is None:
                raise
            failures += 1
            await asyncio.sleep(0.1 * 2**failures)
            events = client.follow(last.event.generation_id, last.event.cursor)
        else:
            return


async def show(client: Sidekick, events: AsyncIterator[Stream | Follow]) -> None:
    """Print an answer as it is written, and what it cost."""
    async for item in resuming(client, events):
        event = item.event
        if event.typename__ == "GenerationDelta":
            print(event.delta, end="", flush=True)
        elif event.typename__ == "GenerationReset":
            print(f"\n{event.text}", end="", flush=True)
        elif event.typename__ == "GenerationEnded":
            cost = f"{event.cost.amount:f} {event.cost.currency}" if event.cost else "?"
            tokens = event.token_usage.total_tokens
            print(f"\n[{event.status.value}, {tokens} tokens, {cost}]")
            if event.problem:
                print(f"[{event.problem.code.value}: {event.problem.message}]")


async def main(url: str, question: str) -> None:
    """Do the three things that the API is for."""
    history = [MessageInput(role=Role.USER, content=question)]
    async with Sidekick(url) as client:
        answer = await client.ask(history)
        print(answer.chat.message.content)

        await show(client, client.stream(history))

        made = (await client.create_conversation()).create_conversation.conversation
        # The key makes a retry safe: the same one is answered and billed once.
        sent = await client.send(made.id, question, str(uuid4()))
        await show(client, client.follow(sent.send_message.generation.id))


if __name__ == "__main__":
    address = os.environ.get("SIDEKICK_URL", "http://localhost:8000/graphql")
    try:
        asyncio.run(main(address, " ".join(sys.argv[1:]) or "Who is Robin?"))
    except SidekickError as error:
        sys.exit(f"{error.code}: {error}")
