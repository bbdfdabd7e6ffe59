"""The webhook: who may post, what is answered, and that 200 means finished."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from telegram_bench import Bench
from telegram_offline import TOKEN, message

from bot.transports.telegram_chat.webhook import BODY_LIMIT, HEADER, Health, Webhook

if TYPE_CHECKING:
    from telegram_fixtures import Offline


SECRET = "a-secret"


async def about() -> dict[str, Any]:
    return {"build": "abc", "overdue_reviews": 2}


@pytest.fixture
def hook(offline: Offline) -> Webhook:
    queue = offline.app.update_queue
    health = Health(about)
    return Webhook(offline.app.bot, offline.inbox, queue.put, health, SECRET)


@pytest_asyncio.fixture
async def client(hook: Webhook) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(hook.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as made:
        yield made


def body(**more: Any) -> bytes:
    return json.dumps(message("/help") | more).encode()


async def test_update_is_answered_before_200(
    offline: Offline, hook: Webhook, client: httpx.AsyncClient
) -> None:
    await offline.app.start()
    sent = body()

    for _ in range(2):  # the second is a redelivery
        answer = await client.post(
            f"/{hook.path}", content=sent, headers={HEADER: SECRET}
        )
        assert answer.status_code == 200

    assert len(offline.telegram.texts()) == 1
    await offline.app.stop()


async def test_proxy_may_put_a_path_before_ours(
    offline: Offline, hook: Webhook, client: httpx.AsyncClient
) -> None:
    await offline.app.start()

    path = f"/some/where/{hook.path}"
    answer = await client.post(path, content=body(), headers={HEADER: SECRET})

    assert answer.status_code == 200
    await offline.app.stop()


async def test_unfinished_update_is_not_acknowledged(
    offline: Offline, hook: Webhook, client: httpx.AsyncClient
) -> None:
    post = asyncio.create_task(
        client.post(f"/{hook.path}", content=body(), headers={HEADER: SECRET})
    )
    await asyncio.sleep(0.1)
    update = offline.app.update_queue.get_nowait()
    ticket = offline.inbox.ticket(update.update_id)  # type: ignore[attr-defined]
    assert ticket is not None

    offline.inbox.close(ticket, finished=False)

    assert (await post).status_code == 503


@pytest.mark.parametrize(
    ("path", "headers", "content", "expected"),
    [
        ("wrong", {HEADER: SECRET}, b"{}", 404),
        (None, {}, b"{}", 401),
        (None, {HEADER: "wrong"}, b"{}", 403),
        (None, {HEADER: "é".encode("latin-1")}, b"{}", 403),
        (None, {HEADER: SECRET}, b"x" * (BODY_LIMIT + 1), 413),
        (None, {HEADER: SECRET}, b"not json", 400),
        (None, {HEADER: SECRET}, b"\xff\xfe", 400),
        (None, {HEADER: SECRET}, b"[" * 100_000, 400),
        (None, {HEADER: SECRET}, b"[]", 400),
        (None, {HEADER: SECRET}, b'{"update_id": "1"}', 400),
    ],
)
async def test_attacks_are_refused_without_details(
    hook: Webhook,
    client: httpx.AsyncClient,
    path: str | None,
    headers: dict[str, str],
    content: bytes,
    expected: int,
) -> None:
    answer = await client.post(
        f"/{path or hook.path}", content=content, headers=headers
    )

    assert (answer.status_code, answer.content) == (expected, b"")


async def test_only_posts_are_taken(hook: Webhook, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/{hook.path}")).status_code == 405


async def test_path_is_drawn_anew(hook: Webhook, offline: Offline) -> None:
    other = Webhook(offline.app.bot, offline.inbox, hook.put, hook.health, SECRET)

    assert other.path != hook.path
    assert len(hook.path) >= 40


async def test_health_tells_age_build_and_overdue_reviews(
    hook: Webhook, client: httpx.AsyncClient
) -> None:
    before = (await client.get("/healthz")).json()
    hook.health.touch()
    after = (await client.get("/healthz")).json()

    assert before == {"seconds_since_update": None} | await about()
    assert after["seconds_since_update"] < 5


# -- the real process --------------------------------------------------------------


@pytest_asyncio.fixture
async def bench(small_index: Path, tmp_path: Path) -> AsyncIterator[Bench]:
    async with Bench(small_index, tmp_path, webhook=True) as made:
        yield made
        assert made.proxy.wrong == []
        assert TOKEN not in made.read_log()


async def test_process_answers_over_the_emulators_webhook(bench: Bench) -> None:
    await bench.start()

    for chat in range(5):
        await bench.ask(chat)
    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally("webhook, none") == (0, 0)
    local = bench.proxy.webhook["local"]
    async with httpx.AsyncClient() as client:
        health = (await client.get(httpx.URL(local).join("/healthz"))).json()
    assert health["build"]
    assert await bench.post(b"{}") == 401
    assert await bench.stop() == 0


async def test_process_keeps_order_and_drops_redelivered_posts(bench: Bench) -> None:
    await bench.start()
    await bench.deliver(bench.draw())
    updates = [bench.draw(number % 10) for number in range(100)]
    random.Random(1).shuffle(updates)

    await asyncio.gather(*(bench.deliver(one) for one in updates + updates[:30]))

    assert bench.tally("webhook, 100 at once, shuffled, 30 again") == (0, 0)
    for chat in range(10):
        assert bench.quoted(chat) == sorted(bench.quoted(chat))
    assert await bench.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_process_that_ends_loses_nothing(
    bench: Bench, how: signal.Signals
) -> None:
    await bench.start()
    updates = [bench.draw(number % 20) for number in range(40)]
    posts = [asyncio.create_task(bench.deliver(one)) for one in updates]
    await bench.until(lambda: len(bench.quoted()) >= 10)

    began = time.monotonic()
    await bench.stop(how)
    assert time.monotonic() - began < 10
    await bench.start()
    await asyncio.gather(*posts)

    lost, doubled = bench.tally(f"webhook, {how.name} with 40 in flight")
    assert lost == 0
    assert doubled == 0 or how == signal.SIGKILL
    twice = [one for one, count in Counter(bench.quoted()).items() if count > 1]
    assert len({bench.asked[one] for one in twice}) == len(twice)
