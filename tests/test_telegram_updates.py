"""Polling that acknowledges after answering: offset, order, floods, the stop."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update
from telegram_offline import mention, message, refusal, tap

from bot.languages.en import EN
from bot.transports.telegram_chat import inbox as inbox_module
from bot.transports.telegram_chat.inbox import Inbox
from bot.transports.telegram_chat.processor import ChatProcessor
from bot.transports.telegram_chat.updates import PollingBot, parse

if TYPE_CHECKING:
    from telegram_fixtures import Offline


async def poll(offline: Offline) -> tuple[Update, ...]:
    found: tuple[Update, ...] = await offline.app.bot.get_updates()
    return found


def offset(offline: Offline) -> int:
    number: int = offline.telegram.of("getUpdates")[-1]["offset"]
    return number


async def work(offline: Offline, update: Update) -> None:
    coroutine = offline.app.process_update(update)
    await offline.processor.process_update(update, coroutine)


async def test_offset_moves_only_past_finished_updates(offline: Offline) -> None:
    offline.telegram.updates = [message("/help", chat=n) for n in (1, 2, 3)]
    first, second, third = await poll(offline)

    await work(offline, first)
    await work(offline, third)
    again = await poll(offline)

    assert again == ()
    assert offset(offline) == second.update_id
    await work(offline, second)
    await poll(offline)
    assert offset(offline) == third.update_id + 1


async def test_new_updates_come_while_an_old_one_is_in_work(offline: Offline) -> None:
    offline.telegram.updates = [message("/help", chat=1)]
    await poll(offline)

    offline.telegram.updates.append(message("/help", chat=2))
    found = await poll(offline)

    assert [update.effective_chat.id for update in found] == [2]  # type: ignore[union-attr]


async def test_finished_update_is_dropped_after_a_restart(offline: Offline) -> None:
    asked = message("/help")
    await offline.assistant.finish(asked["update_id"])

    await offline.feed(asked)

    assert offline.telegram.texts() == []


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 5, "message": {"message_id": "x"}},
        {"update_id": 5, "message": []},
        {"update_id": 5, "callback_query": {"id": "1"}},
    ],
)
async def test_malformed_update_is_skipped_by_its_id(
    offline: Offline, raw: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    offline.telegram.updates = [raw, message("/help")]

    found = await poll(offline)

    assert found[0].update_id == 5
    assert "5 does not parse" in caplog.text


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"update_id": "5"}])
async def test_what_has_no_id_is_no_update(offline: Offline, raw: object) -> None:
    assert parse(raw, offline.app.bot) is None


async def test_twenty_of_one_chat_are_answered_the_rest_get_one_notice(
    offline: Offline,
) -> None:
    flood = [message("/help", chat=1) for _ in range(60)]
    offline.telegram.updates = [*flood, message("/why", chat=2)]

    found = await poll(offline)
    await asyncio.gather(*(work(offline, update) for update in found))

    texts = [one["text"] for one in offline.telegram.of("sendMessage")]
    assert texts.count(EN.flood) == 1
    assert EN.why_nothing in texts
    assert len(texts) == 22
    await poll(offline)
    assert offset(offline) == found[-1].update_id + 1


async def test_busy_group_talk_is_no_flood(offline: Offline) -> None:
    talk = [message("talk", chat=-100) for _ in range(60)]
    offline.telegram.updates = [*talk, mention("/why")]

    found = await poll(offline)
    await asyncio.gather(*(work(offline, update) for update in found))

    assert len(offline.telegram.texts()) == 1
    assert offline.telegram.texts() != [EN.flood]


async def test_later_batches_of_a_flood_fall_under_its_notice(offline: Offline) -> None:
    flood = [message("/help", chat=1) for _ in range(150)]
    offline.telegram.updates = flood

    for _ in range(2):
        found = await poll(offline)
        await asyncio.gather(*(work(offline, update) for update in found))

    assert len(offline.telegram.texts()) == 21
    later = message("/why", chat=1)
    later["message"]["date"] += 5
    await offline.feed(later)
    assert offline.telegram.texts()[-1] == EN.why_nothing


async def test_order_within_a_chat_is_kept_even_if_updates_overtake(
    offline: Offline,
) -> None:
    made = [message(f"/{name}") for name in ("help", "why", "forget", "new")]
    updates = [Update.de_json(one, offline.app.bot) for one in made]

    first = asyncio.create_task(work(offline, updates[0]))
    await asyncio.sleep(0)
    rest = [work(offline, update) for update in reversed(updates[1:])]
    await asyncio.gather(first, *rest)

    texts = offline.telegram.texts()
    expected = [EN.help, EN.why_nothing, EN.forgotten, EN.new]
    assert [one[:20] for one in texts] == [one[:20] for one in expected]


async def test_update_that_takes_too_long_is_given_up_with_an_apology(
    offline: Offline,
) -> None:
    said: list[int] = []

    async def sorry(update: Update) -> None:
        said.append(update.update_id)

    processor = ChatProcessor(
        offline.inbox,
        offline.assistant,
        notice=sorry,
        apologise=sorry,
        work_seconds=0.05,
    )
    update = Update.de_json(message("/help"), offline.app.bot)

    await processor.process_update(update, asyncio.sleep(5))

    assert said == [update.update_id]
    assert await offline.assistant.finished(update.update_id)


async def test_waiting_for_telegram_is_not_counted_as_work(offline: Offline) -> None:
    inbox = offline.inbox

    async def wait() -> None:
        with inbox.pause(0.2):
            await asyncio.sleep(0.2)

    said: list[Update] = []
    processor = ChatProcessor(
        inbox,
        offline.assistant,
        notice=None,  # type: ignore[arg-type]
        apologise=said.append,  # type: ignore[arg-type]
        work_seconds=0.1,
    )

    await processor.process_update(
        Update.de_json(message("/help"), offline.app.bot), wait()
    )

    assert said == []


async def test_long_wait_for_telegram_no_longer_holds_the_offset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox_module, "PATIENCE", 0.05)
    inbox = Inbox()
    ticket = inbox.register(1, "7")
    assert ticket is not None
    token = inbox_module.TICKET.set(ticket)

    with inbox.pause(1):
        before = inbox.offset()
        await asyncio.sleep(0.1)
        after = inbox.offset()

    inbox_module.TICKET.reset(token)
    assert (before, after) == (1, 2)


async def test_stop_gives_back_what_is_unfinished(offline: Offline) -> None:
    forever = asyncio.Event()
    update = Update.de_json(message("/help"), offline.app.bot)
    running = asyncio.create_task(
        offline.processor.process_update(update, forever.wait())
    )
    await asyncio.sleep(0.01)

    await offline.processor.cancel()
    await running

    assert not await offline.assistant.finished(update.update_id)
    assert offline.inbox.offset() == update.update_id


async def test_last_poll_acknowledges_only_when_all_is_finished(
    offline: Offline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.transports.telegram_chat.updates.STOP_SECONDS", 0.05)
    offline.telegram.updates = [message("/help")]
    (update,) = await poll(offline)
    polls = len(offline.telegram.of("getUpdates"))
    offline.app.bot.polling.stopping = True

    await poll(offline)
    assert len(offline.telegram.of("getUpdates")) == polls

    await work(offline, update)
    await poll(offline)
    assert offset(offline) == update.update_id + 1


async def test_refused_token_is_told(offline: Offline) -> None:
    told: list[bool] = []
    bot = offline.app.bot
    bot.polling.refused = lambda: told.append(True)
    offline.telegram.faults["getUpdates"] = [refusal(401, "Unauthorized")]

    with pytest.raises(Exception, match="Unauthorized"):
        await poll(offline)

    assert told == [True]


async def test_cancelled_wait_does_not_block_the_chat(offline: Offline) -> None:
    inbox = offline.inbox
    first, second, third = (inbox.register(n, "7") for n in (1, 2, 3))
    assert all((first, second, third))
    order: list[int] = []

    async def take(ticket: Any, seconds: float = 0.0) -> None:
        async with inbox.turn(ticket):
            await asyncio.sleep(seconds)
            order.append(ticket.update_id)

    one = asyncio.create_task(take(first, 0.05))
    await asyncio.sleep(0)
    two = asyncio.create_task(take(second))
    three = asyncio.create_task(take(third))
    await asyncio.sleep(0)
    two.cancel()
    await asyncio.gather(one, two, three, return_exceptions=True)

    assert order == [1, 3]


def test_the_bot_does_not_show_its_token() -> None:
    assert repr(PollingBot("1234:secret", Inbox())) == "PollingBot()"


async def test_tap_is_answered_while_the_chat_waits_for_telegram(
    offline: Offline,
) -> None:
    wait = refusal(429, "Too Many Requests", retry_after=1)
    offline.telegram.faults["sendMessage"] = [wait]
    slow = asyncio.create_task(offline.feed(message("/help")))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(0.5):
        await offline.feed(tap("1:u:0", 1))

    assert not slow.done()
    await slow


async def test_clock_that_runs_ahead_does_not_hide_what_is_written_later() -> None:
    inbox = Inbox()
    ahead = time.time() - 200  # Telegram's time is behind ours
    flood = [inbox.register(number, "7", ahead) for number in range(30)]
    for ticket in flood:
        assert ticket is not None
        inbox.close(ticket, finished=True)

    late_comer = inbox.register(99, "7", ahead)
    later = inbox.register(100, "7", ahead + 2)

    assert late_comer is not None
    assert later is not None
    assert (late_comer.duty, later.duty) == ("nothing", "answer")
