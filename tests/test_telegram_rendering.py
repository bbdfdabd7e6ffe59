"""Answers as Telegram messages: whole sentences, whole links, never too long."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_schema import text_problems, utf16

from bot.languages.en import EN
from bot.transports.telegram_chat.rendering import (
    citation_to_copy,
    clean,
    fact_id,
    render,
    render_text,
)
from bot.types import Answer, Citation

ANY_TEXT = st.text(alphabet=st.characters(), max_size=3000)


def citation(**more: Any) -> Citation:
    fields: dict[str, Any] = {
        "title": "Report <1>",
        "publisher": "UNIAP & others",
        "url": 'https://example.org/?a=1&b="2"',
        "date": "2012-02",
        "locator": "p. 3",
        "own_words": True,
    }
    return Citation(**fields | more)


def answer(text: str = "It was in Hanoi.", **more: Any) -> Answer:
    fields: dict[str, Any] = {"kind": "answer", "passage_ids": ("som8@en#0",)}
    return Answer(text=text, citations=(citation(),), **fields | more)


def faults(made: Answer) -> list[str]:
    found: list[str] = []
    for one in render(made, EN, "a_bot"):
        found += text_problems("html", one.html, html=True)
        found += text_problems("plain", one.plain, html=False)
    return found


def test_answer_shows_text_source_and_link() -> None:
    (message,) = render(answer(), EN, "a_bot")

    assert message.html.startswith("It was in Hanoi.\n\n")
    assert "Report &lt;1&gt;</a>, UNIAP &amp; others" in message.html
    assert message.html.endswith(
        f'<a href="https://t.me/a_bot?start=fact_som8">{EN.answer_link}</a>'
    )
    assert "https://t.me/a_bot?start=fact_som8" in message.plain


def test_two_citations_are_shown_and_the_rest_counted() -> None:
    many = Answer("answer", "Yes.", citations=tuple(citation() for _ in range(5)))

    (message,) = render(many, EN, "a_bot")

    assert message.html.count("<a ") == 2
    assert EN.more_sources.format(count=3) in message.html


def test_source_that_must_not_be_linked_is_named_only() -> None:
    (message,) = render(
        Answer("answer", "Yes.", citations=(citation(url=""),)), EN, "a_bot"
    )

    assert "<a " not in message.html
    assert EN.archived_copy in message.html


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT, title=ANY_TEXT, times=st.integers(1, 40))
def test_no_text_yields_broken_html_or_a_long_message(
    text: str, title: str, times: int
) -> None:
    made = Answer(
        "answer",
        text * times,
        citations=(
            citation(title=title),
            citation(url="https://a.example/" + "x" * 9000),
        ),
        passage_ids=("som8@en#0",),
    )

    assert faults(made) == []


def test_nothing_is_lost_by_cutting() -> None:
    sentences = [f"This is sentence number {n} of a long text." for n in range(400)]

    messages = render_text(" ".join(sentences))

    assert len(messages) > 1
    assert " ".join(one.plain for one in messages) == " ".join(sentences)
    assert all(one.plain.endswith(".") for one in messages)


@pytest.mark.parametrize("text", ["x" * 9000, "😀" * 5000, "&" * 9000, "ក្" * 4000])
def test_text_without_sentences_is_cut_all_the_same(text: str) -> None:
    messages = render_text(text)

    assert "".join(one.plain for one in messages) == text
    assert all(utf16(one.html) <= 4096 for one in messages)


def test_controls_and_lone_surrogates_go() -> None:
    assert clean("a\x00b\ud800c\td\n") == "abc\td\n"


def test_empty_text_makes_no_message() -> None:
    assert render_text(" \n\x00") == ()


@settings(max_examples=100, deadline=None)
@given(title=ANY_TEXT, publisher=ANY_TEXT, url=st.text("abc/", max_size=400))
def test_copied_citation_fits_its_button(title: str, publisher: str, url: str) -> None:
    made = answer(passage_ids=())
    cited = citation(title=title, publisher=publisher, url=url)

    copied = citation_to_copy(Answer(made.kind, made.text, citations=(cited,)), EN)

    assert 0 < utf16(copied) <= 256


@pytest.mark.parametrize(
    ("passage", "expected"),
    [("som8@en#0", "som8"), ("documents/a.md@en#0", ""), ("A@en#0", "")],
)
def test_only_facts_have_a_deep_link(passage: str, expected: str) -> None:
    assert fact_id(answer(passage_ids=(passage,))) == expected
