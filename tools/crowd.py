"""Many readers of the page's server at once, without a browser for each of them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import aiohttp

from reflex_app.operations import FOLLOW
from tools.page_probes import processor_s

if TYPE_CHECKING:
    from tools.serving import Served

START = """mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } } }"""
ASK = """mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { generation { id } } }"""
SETTLING_S, MEASURED_S = 1.0, 4.0


def processor_ms_a_word(servers: Served, question: str, readers: int) -> float:
    """Return what the page's server spends on each word that it passes on.

    Args:
        servers: both servers.
        question: what each reader asks; the answer must take longer than measuring.
        readers: how many follow an answer of their own at once.
    """
    asked = [_asked(servers, question) for _ in range(readers)]
    # Playwright has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as other:
        return other.submit(lambda: asyncio.run(_follow(servers, asked))).result()


def _asked(servers: Served, question: str) -> str:
    made = servers.data(START)["conversation"]["id"]
    sent = servers.data(ASK, conversationId=made, content=question)
    return sent["generation"]["id"]


async def _follow(servers: Served, generations: list[str]) -> float:
    words = 0

    async def read(session: aiohttp.ClientSession, generation: str) -> None:
        nonlocal words
        body = {"query": FOLLOW, "variables": {"generationId": generation}}
        async with session.post(f"{servers.page.url}/graphql", json=body) as reply:
            async for chunk in reply.content.iter_any():
                # A frame has spaces of its own, each after a colon.
                words += chunk.count(b" ") - chunk.count(b": ")

    headers = {"accept": "text/event-stream"}
    async with aiohttp.ClientSession(headers=headers) as session:
        tasks = [asyncio.create_task(read(session, one)) for one in generations]
        await asyncio.sleep(SETTLING_S)
        words, spent_s = 0, processor_s(servers.page)
        await asyncio.sleep(MEASURED_S)
        spent_s = processor_s(servers.page) - spent_s
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return spent_s * 1_000 / words
