"""Sends that arrive: what is tried again, what is waited for, what is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest
import stamina
from telegram.error import BadRequest, Forbidden, TimedOut
from telegram_offline import message, refusal

from bot.transports.telegram_chat.desk import Desk
from bot.transports.telegram_chat.rendering import Rendered

if TYPE_CHECKING:
    from telegram_fixtures import Offline

    from bot.transports.telegram_chat.sending import Sender


HELLO = Rendered("<b>Hello</b>", "Hello")


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5):
        yield


def sender(offline: Offline) -> Sender:
    found: Desk = offline.app.bot_data["desk"]
    return found.sender


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no route"),
        httpx.ConnectTimeout("no route"),
        httpx.RemoteProtocolError("disconnected"),
        httpx.ReadError("reset"),
        (500, b"{}"),
        (502, b"<html>Bad Gateway</html>"),
        (200, b"<html>blocked</html>"),
        (200, b"[]"),
    ],
)
async def test_what_did_not_arrive_is_sent_again(
    offline: Offline, fault: Exception | tuple[int, bytes]
) -> None:
    offline.telegram.faults["sendMessage"] = [fault, fault]

    await sender(offline).send(7, HELLO)

    assert len(offline.telegram.texts()) == 3


async def test_time_out_is_not_sent_again(offline: Offline) -> None:
    offline.telegram.faults["sendMessage"] = [httpx.ReadTimeout("slow")]

    with pytest.raises(TimedOut):
        await sender(offline).send(7, HELLO)

    assert len(offline.telegram.texts()) == 1


@pytest.mark.parametrize(("code", "kind"), [(400, BadRequest), (403, Forbidden)])
async def test_refusal_is_not_sent_again(
    offline: Offline, code: int, kind: type[Exception]
) -> None:
    offline.telegram.faults["sendMessage"] = [refusal(code, "no")]

    with pytest.raises(kind):
        await sender(offline).send(7, HELLO)

    assert len(offline.telegram.texts()) == 1


async def test_429_waits_for_its_time(offline: Offline) -> None:
    told = refusal(429, "Too Many Requests", retry_after=1)
    offline.telegram.faults["sendMessage"] = [told]
    before = asyncio.get_running_loop().time()

    await sender(offline).send(7, HELLO)

    assert asyncio.get_running_loop().time() - before >= 1.0
    assert len(offline.telegram.texts()) == 2


async def test_group_that_moved_is_followed(offline: Offline) -> None:
    moved = refusal(400, "upgraded", migrate_to_chat_id=-1009)
    offline.telegram.faults["sendMessage"] = [moved]

    await sender(offline).send(-9, HELLO)

    assert [one["chat_id"] for one in offline.telegram.of("sendMessage")] == [-9, -1009]


async def test_refused_html_is_sent_once_more_as_plain_text(offline: Offline) -> None:
    parse = refusal(400, "Bad Request: can't parse entities: unclosed")
    offline.telegram.faults["sendMessage"] = [parse]

    await sender(offline).send(7, HELLO)

    assert offline.telegram.texts() == ["<b>Hello</b>", "Hello"]
    assert "parse_mode" not in offline.last


async def test_not_modified_is_success(offline: Offline) -> None:
    same = refusal(400, "Bad Request: message is not modified: specified new")
    offline.telegram.faults["editMessageText"] = [same]

    await sender(offline).edit(7, 1, HELLO)


async def test_at_most_thirty_messages_in_any_second(offline: Offline) -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    offline.telegram.on_request = lambda *_: times.append(loop.time())

    await asyncio.gather(*(sender(offline).send(n, HELLO) for n in range(1, 60)))

    assert all(
        later - early > 1 for early, later in zip(times, times[30:], strict=False)
    )


async def test_wait_of_one_chat_does_not_hold_up_another(offline: Offline) -> None:
    told = refusal(429, "Too Many Requests", retry_after=2)
    waited: list[int] = []

    def slow_for_seven(name: str, fields: dict[str, object]) -> object:
        if name == "sendMessage" and fields["chat_id"] == 7 and not waited:
            waited.append(7)
            return told
        return None

    offline.telegram.on_request = slow_for_seven  # type: ignore[assignment]
    slow = asyncio.create_task(offline.feed(message("/help", chat=7)))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(1):
        await offline.feed(message("/help", chat=8))

    assert not slow.done()
    await slow
    assert [one["chat_id"] for one in offline.telegram.of("sendMessage")] == [7, 8, 7]
