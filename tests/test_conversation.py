"""Turns in memory, bounded and short-lived; a choice understood; a follow-up told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import (
    MAX_CHATS,
    MAX_TURNS,
    MINUTES,
    Conversations,
    choice,
    leans,
)
from bot.types import Answer, Offer, Turn
from indexer.search import Index
from indexer.types import Understanding

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OFFERS = (
    Offer("som8", "Where was SOM 8?"),
    Offer("som7", "Where was SOM 7?"),
    Offer("imm3", "Where was IMM 3?"),
)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **amount: float) -> None:
        self.time += timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Conversations:
    return Conversations(clock)


def turn(memory: Conversations, question: str = "Where was SOM 8?") -> Turn:
    return Turn(question, Answer("answer", "In Hanoi."), memory.now())


def questions(memory: Conversations, chat: str) -> list[str]:
    return [turn.question for turn in memory.turns(chat)]


def test_a_chat_remembers_its_turns_oldest_first(memory: Conversations):
    memory.add("a", turn(memory, "one"))
    memory.add("a", turn(memory, "two"))

    assert questions(memory, "a") == ["one", "two"]


def test_chats_do_not_mix(memory: Conversations):
    memory.add("a", turn(memory, "one"))
    memory.add("b", turn(memory, "two"))

    assert questions(memory, "a") == ["one"]
    assert questions(memory, "b") == ["two"]
    assert memory.turns("c") == []


def test_turns_are_bounded(memory: Conversations):
    for number in range(MAX_TURNS + 3):
        memory.add("a", turn(memory, str(number)))

    assert len(memory.turns("a")) == MAX_TURNS
    assert questions(memory, "a")[-1] == str(MAX_TURNS + 2)


def test_chats_are_bounded_and_the_idlest_goes_first(memory: Conversations):
    memory.add("first", turn(memory))
    memory.add("second", turn(memory))
    memory.add("first", turn(memory))
    for number in range(MAX_CHATS - 1):
        memory.add(str(number), turn(memory))

    assert len(memory._turns) == MAX_CHATS
    assert memory.turns("second") == []
    assert len(memory.turns("first")) == 2


def test_a_turn_is_gone_after_half_an_hour(memory: Conversations, clock: Clock):
    memory.add("a", turn(memory, "early"))
    clock.pass_by(minutes=MINUTES - 1)
    memory.add("a", turn(memory, "late"))
    clock.pass_by(minutes=2)

    assert MINUTES == 30
    assert questions(memory, "a") == ["late"]
    clock.pass_by(minutes=MINUTES)
    assert memory.turns("a") == []


def test_what_is_stale_does_not_stay_in_memory(memory: Conversations, clock: Clock):
    for number in range(50):
        memory.add(str(number), turn(memory))
    clock.pass_by(minutes=MINUTES, seconds=1)

    memory.add("new", turn(memory))

    assert list(memory._turns) == ["new"]


def test_forgetting_drops_a_chat_and_no_other(memory: Conversations):
    memory.add("a", turn(memory))
    memory.add("b", turn(memory))

    memory.forget("a")
    memory.forget("nobody")

    assert memory.turns("a") == []
    assert len(memory.turns("b")) == 1


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("2", 1), ("2.", 1), (" 2 ", 1), ("#2", 1), ("number 2", 1), ("no. 2", 1),
        ("the second", 1), ("The second one", 1), ("second question please", 1),
        ("two", 1), ("2nd", 1), ("option 2", 1), ("I mean the second", 1),
        ("yes, the second", 1), ("ok 2", 1), ("the first", 0), ("one", 0), ("1)", 0),
        ("third", 2), ("the last one", 2), ("last", 2), ("๒", 1), ("２", 1),
    ],
)  # fmt: skip
def test_a_choice_is_understood(text: str, picked: int):
    assert choice(text, OFFERS) == OFFERS[picked]


@pytest.mark.parametrize(
    "text",
    ["4", "0", "2012", "the ninth", "SOM 2", "the second meeting", "no", "none",
     "both", "", "?", "2 3", "second source", "Where was SOM 2?", "99999999999999"],
)  # fmt: skip
def test_what_is_no_choice_is_none(text: str):
    assert choice(text, OFFERS) is None


def test_without_offers_there_is_no_choice():
    assert choice("2", ()) is None


@given(st.text(max_size=300))
def test_any_message_is_a_choice_or_none(text: str):
    assert choice(text, OFFERS) in (None, *OFFERS)


@pytest.fixture
def index(toy: Path) -> Iterator[Index]:
    opened = Index(toy / "index.db")
    yield opened
    opened.close()


def understood(index: Index, question: str) -> tuple[Understanding, int]:
    found = index.search(question).understanding
    return found, len({*found.content} - index.analyser.kind_terms)


@pytest.mark.parametrize(
    "question",
    ["and where?", "and the ninth?", "what about Laos?", "when?", "and in 2010?",
     "who chaired it?", "How many officials came to it?", "and its members?"],
)  # fmt: skip
def test_a_follow_up_leans_on_the_turn_before(index: Index, question: str):
    assert leans(question, *understood(index, question))


@pytest.mark.parametrize(
    "question",
    ["Where was SOM 7?", "When was the Memorandum of Understanding signed in Yangon?",
     "Which six countries are members of the COMMIT process today?",
     "and where was SOM 7?"],
)  # fmt: skip
def test_a_question_with_a_subject_of_its_own_does_not(index: Index, question: str):
    assert not leans(question, *understood(index, question))
