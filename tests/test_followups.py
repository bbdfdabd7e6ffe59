"""Follow-ups on the real knowledge: whole conversations, by the fact told last."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from figures import KNOWLEDGE

from bot.assistant import Assistant
from bot.leaning import spoken, subject
from bot.rewriting import names_of, own_words
from bot.types import Answer
from indexer.search import Index

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOTLINE = "Is there an anti trafficking hotline in Vietnam?"


@pytest.fixture
def time() -> list[datetime]:
    return [NOW]


@pytest_asyncio.fixture
async def assistant(real_index: Path, time: list[datetime]) -> AsyncIterator[Assistant]:
    async with Assistant(
        index=real_index, knowledge=KNOWLEDGE, now=lambda: time[-1]
    ) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def index(real_index: Path) -> Iterator[Index]:
    opened = Index(real_index)
    yield opened
    opened.close()


async def talk(assistant: Assistant, *messages: str, chat: str = "a") -> Answer:
    """Return the answer to the last of some messages of one chat."""
    answers = [await assistant.ask(chat, message) for message in messages]
    return answers[-1]


def facts(answer: Answer) -> set[str]:
    return {passage.partition("@")[0] for passage in answer.passage_ids}


@pytest.mark.parametrize(
    ("messages", "fact"),
    [
        # Numbered things are counted on.
        (("When was SOM 9 held?", "and the one before?"), "som8-hanoi-2012"),
        (("When was SOM 9 held?", "and the next one"), "som10-phnom-penh-2015"),
        (("When was SOM 9 held?", "the last one?"), "som16-suzhou-2024"),
        (("Where was IMM 4?", "and the first one?"), "imm1-yangon-2004"),
        (("Which years did SPA II cover?", "and the third plan?"), "spa3"),
        (("what is the newest SOM", "and the one before?"), "som15-not-found"),
        pytest.param(
            ("Who opened IMM 6?", "and the next one, when is it?"),
            "next-meeting-not-known",
            marks=pytest.mark.xfail(
                strict=True, reason="asked back since facts got more ways of asking"
            ),
        ),
        # Another country, year or body keeps the rest of the question.
        ((HOTLINE, "what about cambodia"), "hotline-cambodia-117"),
        (("what tier is china on", "and laos?"), "tip-lao"),
        (("When did Thailand ratify ACTIP?", "and Cambodia?", "and Myanmar?"),
         "actip-myanmar"),
        (("How many people were convicted in Myanmar in 2009?", "and in 2025?"),
         "fig-myanmar-2025"),
        (("What is debt bondage?", "and forced labour?"), "def-forced-labour"),
        # Pronouns, and nothing but an interrogative.
        (("When was the second IMM?", "who gave a speech?"), "imm2-meng-jianzhu"),
        (("Tell me about SOM 11", "what was its theme?"), "som11-theme"),
        (("When did ACTIP start?", "when did it come into force?"), "actip-in-force"),
        (("Who was UNIAP?", "where was its office?"), "uniap-bangkok"),
        ((HOTLINE, "is it free?"), "hotline-vietnam-111"),
        (("When was SOM 9 held?", "where"), "som9-bangkok-2013"),
        (("Which countries are in COMMIT?", "is Japan one of them?"),
         "commit-not-members"),
        # What lies between does not end it; a whole question does.
        ((HOTLINE, "thanks", "and in Cambodia?"), "hotline-cambodia-117"),
        (("When was SOM 9 held?", "What is debt bondage?"), "def-bonded-labour"),
        (("When was SOM 9 held?", "Who was Pham Quy Ngo?"), "person-pham-quy-ngo-role"),
    ],
)  # fmt: skip
async def test_a_follow_up_finds_its_fact(
    assistant: Assistant, messages: tuple[str, ...], fact: str
):
    assert fact in facts(await talk(assistant, *messages))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Where was SOM 13?", "what did they eat?"),
        ("What is SIREN?", "what languages does it speak?"),
        ("When was SOM 9 held?", "and who won the football?"),
    ],
)
async def test_what_no_fact_holds_is_not_answered_with_another(
    assistant: Assistant, first: str, then: str
):
    assert not facts(await talk(assistant, first, then))


@pytest.mark.xfail(
    strict=True, reason="refused, but unnamed, since facts got more ways of asking"
)
async def test_a_refused_follow_up_says_of_what(assistant: Assistant):
    answer = await talk(assistant, "What is SIREN?", "what languages?")

    assert (answer.kind, answer.reason) == ("unknown", "aspect_unknown")
    assert "about SIREN" in answer.text


async def test_why_shows_how_a_follow_up_was_read(assistant: Assistant):
    await talk(assistant, "When was SOM 9 held?", "and the one before?")

    assert '"when was held som 8"' in await assistant.why("a")


@pytest.mark.parametrize(
    "remark",
    ["really? are you sure", "are you sure about that number?", "says who?",
     "where is that from?", "source?"],
)  # fmt: skip
async def test_a_remark_is_about_the_answer_before(assistant: Assistant, remark: str):
    answer = await talk(assistant, "When was SOM 9 held?", remark)

    assert facts(answer) == {"som9-bangkok-2013"}
    assert "UNIAP" in answer.text


async def test_more_is_of_the_same_meeting_and_never_told_twice(assistant: Assistant):
    answers = [await talk(assistant, "Where was SOM 8?")]
    answers += [await talk(assistant, "tell me more") for _ in range(3)]

    assert all("SOM 8" in answer.text for answer in answers)
    for one, other in itertools.combinations(answers, 2):
        assert not facts(one) & facts(other)


async def test_half_an_hour_later_nothing_is_leaned_on(
    assistant: Assistant, time: list[datetime]
):
    await talk(assistant, "When was SOM 9 held?")
    time.append(NOW + timedelta(minutes=31))

    assert "som8-hanoi-2012" not in facts(await talk(assistant, "the one before?"))


async def test_chats_lean_on_their_own_turns(assistant: Assistant):
    await talk(assistant, "When was SOM 9 held?", chat="a")
    await talk(assistant, "what tier is china on", chat="b")

    after = await talk(assistant, "and the one before?", chat="a")
    laos = await talk(assistant, "and laos?", chat="b")

    assert (facts(after), facts(laos)) == ({"som8-hanoi-2012"}, {"tip-lao"})


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("When was the eighth Senior Officials' Meeting?", "SOM 8"),
        ("Which law does Thailand have on trafficking?", "law, Thailand, trafficking"),
        ("who wrote After Trafficking", "wrote, after, trafficking"),
    ],
)
def test_a_question_tells_its_subject(index: Index, question: str, about: str):
    assert spoken(index, subject(index, question)) == about


def test_a_follow_up_is_stripped_of_opening_and_pronouns(index: Index):
    asked = index.analyser.analyse("and what about it, is it in Laos?")

    assert own_words(asked) == ["is", "in", "laos"]
    assert names_of(asked, index.analyser) == ["laos"]


@pytest.mark.parametrize(
    "message", ["why", "why?", "and where?", "source?", "are you sure?", "is it free?"]
)
async def test_nothing_after_the_safety_reply_leans_on_what_was_before(
    assistant: Assistant, message: str
):
    answer = await talk(
        assistant, HOTLINE, "my boss keeps my passport and locks the door", message
    )

    assert answer.kind == "safety"


async def test_a_question_is_answered_after_the_safety_reply(assistant: Assistant):
    answer = await talk(
        assistant,
        "my boss keeps my passport and locks the door",
        "Where was SOM 8 held?",
        "and SOM 9?",
    )

    assert "som9" in min(facts(answer))


async def test_a_cost_that_no_fact_holds_is_refused_by_its_meeting(
    assistant: Assistant,
):
    answer = await talk(assistant, "how much did SOM 7 cost")

    assert answer.kind == "unknown"
    assert answer.text.startswith("I do not know that about SOM 7.")
