"""Documents are cut into passages without losing a word or crossing a section."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from indexer.passages import split
from indexer.types import Document, Section

SENTENCE = st.text(st.sampled_from("ab é\u0e01\u4f60 "), min_size=1, max_size=80)
PARAGRAPH = st.lists(SENTENCE.map(lambda text: f"{text}. "), max_size=12).map("".join)
SECTION_TEXT = st.lists(PARAGRAPH, max_size=5).map("\n\n".join)
SECTIONS = st.lists(
    st.builds(Section, title=SENTENCE, text=SECTION_TEXT, locator=SENTENCE), max_size=4
).map(tuple)


def document_of(*texts: str, kind: str = "document") -> Document:
    sections = tuple(
        Section(f"title {n}", text, f"p. {n}") for n, text in enumerate(texts)
    )
    return Document("a.md", kind, "A", sections=sections)  # type: ignore[arg-type]


def test_a_passage_knows_where_it_comes_from(handbook: Document):
    first, *_, last = split(handbook)

    assert first.id == "documents/handbook.pdf@en#0"
    assert last.id == "documents/handbook.pdf@en#2"
    assert (last.title, last.locator) == ("Children", "p. 2")
    assert last.document_id == "documents/handbook.pdf"


def test_a_fact_is_never_cut():
    fact = replace(
        document_of("A long answer. " * 200, kind="fact"), variants=("What?", "what")
    )

    (passage,) = split(fact)

    assert passage.text == fact.sections[0].text
    assert passage.title == "A"
    assert passage.variants == ("What?", "what")


def test_short_paragraphs_are_joined_while_they_fit():
    cut = [passage.text for passage in split(document_of("a\n\nb\n\nc"), max_chars=5)]

    assert cut == ["a\n\nb", "c"]


def test_a_long_paragraph_is_cut_between_sentences():
    cut = [p.text for p in split(document_of("One. Two. Three. Four."), max_chars=10)]

    assert cut == ["One. Two.", "Three.", "Four."]


def test_a_single_sentence_may_exceed_the_bound():
    (passage,) = split(document_of("no end " * 20), max_chars=10)

    assert passage.text == ("no end " * 20).strip()


def test_a_document_without_text_has_no_passages():
    assert list(split(document_of("", " \n\n "))) == []


@given(SECTIONS, st.integers(min_value=1, max_value=200))
def test_splitting_loses_no_text(sections: tuple[Section, ...], max_chars: int):
    document = Document("a.md", "document", "A", sections=sections)

    cut = "".join(passage.text for passage in split(document, max_chars=max_chars))

    whole = "".join(section.text for section in sections)
    assert "".join(cut.split()) == "".join(whole.split())


@given(SECTIONS, st.integers(min_value=100, max_value=200))
def test_passages_are_short_and_numbered(sections: tuple[Section, ...], max_chars: int):
    document = Document("a.md", "document", "A", sections=sections)

    passages = list(split(document, max_chars=max_chars))

    assert [p.id for p in passages] == [f"a.md@en#{n}" for n in range(len(passages))]
    assert all(len(p.text) <= max_chars or ". " not in p.text for p in passages)


@given(SECTIONS)
def test_no_passage_crosses_a_section(sections: tuple[Section, ...]):
    document = Document("a.md", "document", "A", sections=sections)

    places = [(passage.title, passage.locator) for passage in split(document)]

    filled = [(s.title, s.locator) for s in sections if s.text.strip()]
    assert list(dict.fromkeys(places)) == list(dict.fromkeys(filled))
