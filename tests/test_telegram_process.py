"""The real bot process against an emulator, with faults, kills and floods."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from telegram_bench import Bench
from telegram_offline import TOKEN

from bot.languages.en import EN


@pytest_asyncio.fixture
async def bench(small_index: Path, tmp_path: Path) -> AsyncIterator[Bench]:
    async with Bench(small_index, tmp_path) as made:
        yield made
        assert made.proxy.wrong == []
        assert TOKEN not in made.read_log()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_bot(
    small_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    async with Bench(small_index, tmp_path_factory.mktemp("one_bot")) as made:
        await made.start()
        yield made
        assert await made.stop() == 0
        assert made.proxy.wrong == []
        assert TOKEN not in made.read_log()


@pytest.fixture
def running(one_bot: Bench) -> Bench:
    """Return a bot that serves all tests which do not stop it."""
    one_bot.asked.clear()
    one_bot.proxy.sent.clear()
    return one_bot


same_loop = pytest.mark.asyncio(loop_scope="module")


@same_loop
async def test_questions_are_answered_in_order_and_acknowledged(
    running: Bench,
) -> None:
    bench = running

    for _ in range(10):
        await bench.ask()
    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally("none") == (0, 0)
    assert bench.quoted() == list(bench.asked)


SEND_FAULTS: list[tuple[str, list[Any], int]] = [
    ("send dropped before delivery", ["drop"] * 3, 0),
    ("send 500", [500, 500, 500], 0),
    ("send 502", [502, 502, 502], 0),
    ("send 429", [("wait", 1)], 0),
    ("send garbled", ["garbled"] * 3, 0),
    ("send dropped after delivery", ["drop_after"], 1),
]
POLL_FAULTS: list[tuple[str, list[Any], int]] = [
    ("poll dropped", ["drop"], 0),
    ("poll 500", [500], 0),
    ("poll garbled", ["garbled"], 0),
    ("poll 429", [("wait", 1)], 0),
]


@same_loop
@pytest.mark.parametrize(
    ("method", "faults"),
    [("sendMessage", SEND_FAULTS), ("getUpdates", POLL_FAULTS)],
)
async def test_faults_lose_nothing(
    running: Bench, method: str, faults: list[tuple[str, list[Any], int]]
) -> None:
    bench = running

    for name, some, doubled in faults:
        bench.asked.clear()
        waiting = bench.proxy.faults[method] = list(some)
        for chat in range(10):
            await bench.ask(chat)
        await bench.all_answered()
        await bench.until(lambda: not waiting)  # noqa: B023
        await bench.acknowledged()
        assert bench.tally(name) == (0, doubled)


async def test_redelivered_updates_are_answered_once(bench: Bench) -> None:
    await bench.start()
    updates = [await bench.ask(chat) for chat in range(10)]
    await bench.all_answered()
    await bench.acknowledged()

    bench.proxy.replay = updates[:5]
    await bench.ask()
    await bench.all_answered()
    await bench.acknowledged()
    assert await bench.stop(signal.SIGKILL) != 0
    await bench.start()
    bench.proxy.replay = updates
    await bench.ask()
    await bench.all_answered()

    assert await bench.stop() == 0
    assert bench.tally("redelivered, also after a restart") == (0, 0)


@same_loop
async def test_malformed_update_is_skipped_by_id(running: Bench) -> None:
    bench = running
    await bench.ask()
    bad = await bench.put({"message": {"message_id": "private words", "chat": 5}})
    await bench.ask()

    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally("malformed update") == (0, 0)
    assert f"Update {bad} does not parse" in bench.read_log()
    assert "private words" not in bench.read_log()


@same_loop
async def test_flood_of_many_chats(running: Bench) -> None:
    bench = running
    for number in range(200):
        await bench.ask(number % 20)

    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally("flood of 200 from 20 chats") == (0, 0)
    for chat in range(20):
        assert bench.quoted(chat) == sorted(bench.quoted(chat))


@same_loop
async def test_flood_of_one_chat_leaves_the_others_alone(running: Bench) -> None:
    bench = running
    for _ in range(300):
        await bench.say("/help", chat=1)
    await bench.until(lambda: bench.messages())

    began = time.monotonic()
    await bench.ask()
    await bench.all_answered()
    seconds = time.monotonic() - began

    print(f"another chat was answered after {seconds:.2f} s")
    # Promised are 2 s; a busy machine gets room.
    assert seconds < 6
    await bench.acknowledged()
    assert EN.flood in bench.texts(1)


@same_loop
async def test_429_of_one_chat_leaves_the_others_alone(running: Bench) -> None:
    bench = running
    bench.proxy.chat_waits[9] = time.monotonic() + 3
    for _ in range(5):
        await bench.say("/help", chat=9)
    await bench.until(lambda: "sendMessage" in [name for name, *_ in bench.proxy.sent])

    began = time.monotonic()
    await bench.ask()
    await bench.all_answered()

    assert time.monotonic() - began < 2
    assert bench.texts(9) == []
    await bench.acknowledged()
    assert len(bench.texts(9)) == 5


@pytest.mark.parametrize("when", ["SIGTERM with 40 in flight", "downtime"])
async def test_stopping_loses_nothing(bench: Bench, when: str) -> None:
    await bench.start()
    if when != "downtime":
        for number in range(40):
            await bench.ask(number % 20)
        await bench.until(lambda: len(bench.quoted()) > 5)
    began = time.monotonic()
    assert await bench.stop() == 0
    assert time.monotonic() - began < 10
    if when == "downtime":
        for chat in range(10):
            await bench.ask(chat)

    await bench.start()
    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally(when) == (0, 0)


async def test_sigterm_while_telegram_lets_wait_ends_in_time(bench: Bench) -> None:
    await bench.start()
    bench.proxy.chat_waits[1] = time.monotonic() + 60
    await bench.say("/help", chat=1)
    await bench.until(lambda: "sendMessage" in [name for name, *_ in bench.proxy.sent])

    began = time.monotonic()
    assert await bench.stop() == 0
    assert time.monotonic() - began < 10

    bench.proxy.chat_waits.clear()
    await bench.start()
    await bench.until(lambda: bench.texts(1))


async def test_sigkill_loses_none_and_doubles_at_most_one_a_chat(bench: Bench) -> None:
    await bench.start()
    for number in range(40):
        await bench.ask(number % 20)
    await bench.until(lambda: len(bench.quoted()) >= 10)
    assert await bench.stop(signal.SIGKILL) != 0

    await bench.start()
    await bench.all_answered()
    await bench.acknowledged()

    assert bench.tally("SIGKILL with 40 in flight")[0] == 0
    twice = [one for one, count in Counter(bench.quoted()).items() if count > 1]
    assert len({bench.asked[one] for one in twice}) == len(twice)


async def test_nothing_typed_reaches_disk_or_log(bench: Bench) -> None:
    await bench.start()
    bench.proxy.faults["sendMessage"] = ["garbled", 500, "drop"]
    for number, text in enumerate(["secretword", "\ud83d secretword", "/start x"]):
        await bench.say(text, chat=987654321 + number)
    await bench.put({"message": {"text": "secretword", "chat": "Xenia"}})
    await bench.ask(3, "secretword")
    await bench.all_answered()
    await bench.acknowledged()
    bench.proxy.faults["getUpdates"] = ["garbled"]
    await bench.say("secretword", chat=987654321)
    await bench.acknowledged()
    assert await bench.stop() == 0

    for file in bench.state.iterdir():
        kept = file.read_bytes()
        for typed in (b"secretword", b"Xenia", b"98765432", b"-1003"):
            assert typed not in kept, file.name


async def test_refused_token_ends_with_2_and_one_sentence(bench: Bench) -> None:
    bench.proxy.refuse_token = True

    await bench.start(wait=False, LOG_LEVEL="WARNING")

    assert bench.process is not None
    assert await asyncio.wait_for(bench.process.wait(), 15) == 2
    assert bench.read_log().count("refuses the token") == 1
    assert "Traceback" not in bench.read_log()


async def test_token_refused_later_ends_too(bench: Bench) -> None:
    await bench.start()
    bench.proxy.refuse_token = True
    await bench.ask()

    assert bench.process is not None
    assert await asyncio.wait_for(bench.process.wait(), 15) == 2


async def test_network_down_at_start_is_waited_for(bench: Bench) -> None:
    bench.proxy.faults["getMe"] = ["drop"]
    bench.proxy.faults["deleteWebhook"] = ["drop"]

    await bench.start()

    assert "cannot be reached" in bench.read_log()
    await bench.ask()
    await bench.all_answered()


async def test_network_down_at_start_can_be_stopped(bench: Bench) -> None:
    await bench.start(wait=False, API_URL="http://127.0.0.1:9")
    await bench.until(lambda: "cannot be reached" in bench.read_log())

    assert await bench.stop() == 0


@same_loop
async def test_second_poller_is_one_sentence(running: Bench) -> None:
    bench = running
    waiting = bench.proxy.faults["getUpdates"] = [409] * 2
    await bench.ask()
    await bench.all_answered()
    await bench.ask()
    await bench.until(lambda: not waiting)
    await bench.all_answered()

    assert bench.read_log().count("Another process polls") == 1


@same_loop
async def test_sighup_reloads_and_the_bot_goes_on(running: Bench) -> None:
    bench = running
    assert bench.process is not None
    bench.process.send_signal(signal.SIGHUP)

    await bench.ask()

    await bench.all_answered()
