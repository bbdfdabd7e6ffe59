"""Hits to an Answer: `compose` as a pure function, and the promises of its policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.answers import compose
from bot.languages import phrases
from bot.types import Answer
from conftest import TOY
from indexer.build import build
from indexer.confidence import FEATURES
from indexer.search import Index
from indexer.types import Entity, Hit, Hits, Passage, Understanding

WORDS = phrases("en")
LIMIT = 900
# Nothing that a question names is agreed or disagreed on; all of it is covered.
NEUTRAL = {
    **dict.fromkeys((*FEATURES, "words", "grams", "contrast", "focus"), 0.0),
    "words": 1.0, "grams": 1.0, "contrast": 1.0, "margin": 0.5, "coverage": 1.0,
    "gram": 0.9, "near": 0.9, "near_margin": 0.5, "both": 1.0, "kind": 1.0,
}  # fmt: skip
LONG = (
    "Guards at each crossing write into a ledger the name of every child that they "
    "bring back, the hour, the weather, the road it came by and the people it came "
    "with, what it carried, what it said about the way, who was told of it, which "
    "house took it in for the night, and what became of it in the weeks that followed"
)
MORE = {
    **TOY,
    "documents/ledger.txt": f"A ledger.\n\n{LONG}.\n",
    "documents/open.md": (
        "---\ntitle: The open ledger\nsources: [news-2012]\nas_of: 2012\n"
        f"rights: open\n---\n\n## Guards\n\n{LONG}.\n"
    ),
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Return the toy index, with a long sentence under either kind of rights."""
    folder = tmp_path_factory.mktemp("answers")
    for name, text in MORE.items():
        path = folder / "knowledge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    build(folder / "knowledge", folder / "index.db")
    index = Index(folder / "index.db")
    yield index
    index.close()


def understood(*content: str, **more: object) -> Understanding:
    terms = dict.fromkeys(content, 1.0)
    return Understanding(terms, content=content, **more)  # type: ignore[arg-type]


def fact(
    shelf: Index, name: str, *, confidence: float = 0.95, **features: float
) -> Hit:
    passage = shelf.fact(name)
    assert passage is not None
    return Hit(passage, 1.0, {**NEUTRAL, **features}, confidence)


def passage_with(shelf: Index, words: str) -> Passage:
    found = shelf.search(words).passages[0].passage
    assert words in found.text
    return found


def quoted(
    shelf: Index, words: str, *, coverage: float = 1.0, agrees: float = 1.0,
    extract: str = "",
) -> Hit:  # fmt: skip
    """Return a hit of the passage that holds some words; they are its best sentence."""
    features = {"sentence": 2.0, "coverage": coverage, "agrees": agrees}
    passage = passage_with(shelf, words)
    return Hit(passage, 1.0, features, extract=extract or words)


SUBJECT = understood("delegations", "hanoi", "meetings")


def hits(
    *facts: Hit,
    passages: tuple[Hit, ...] = (),
    asked: Understanding = SUBJECT,
    repaired: tuple[tuple[str, str], ...] = (),
    together: int = 1,
) -> Hits:
    return Hits(facts, passages, repaired, asked, together)


def composed(found: Hits, shelf: Index, question: str = "What about Hanoi?") -> Answer:
    return compose(question, found, shelf, WORDS)


# -- facts ---------------------------------------------------------------------------


def test_a_fact_is_answered_with_its_date_and_sources(shelf: Index):
    answer = composed(hits(fact(shelf, "commit-members")), shelf)

    assert answer.kind == "answer"
    assert answer.text == (
        "The members are Cambodia, China, Lao PDR, Myanmar, Thailand and Viet Nam. "
        "(As of 2012.)"
    )
    assert [c.publisher for c in answer.citations] == ["The News", "UNIAP"]
    assert all(c.own_words for c in answer.citations)
    assert answer.passage_ids == ("commit-members@en#0",)
    assert (answer.as_of, answer.reason, answer.confidence) == ("2012", None, 0.95)


def test_only_what_may_be_linked_has_an_address(shelf: Index):
    answer = composed(hits(fact(shelf, "commit-members")), shelf)

    assert [c.url for c in answer.citations] == ["https://news.example/hanoi", ""]
    assert [c.date for c in answer.citations] == ["2012-02-16", "2004-10"]


def test_a_quote_is_to_the_letter_and_says_who_spoke(shelf: Index):
    answer = composed(hits(fact(shelf, "mou-signed")), shelf)

    assert '"a new era of cooperation" (A minister)' in answer.text
    assert answer.text.endswith("(As of 29 October 2004.)")


def test_a_fact_wins_over_a_passage_that_covers_more(shelf: Index):
    sentence = "Six delegations met in Hanoi in February 2012."
    found = hits(fact(shelf, "som8", coverage=0.7), passages=(quoted(shelf, sentence),))

    assert composed(found, shelf).passage_ids == ("som8@en#0",)


@pytest.mark.parametrize("name", ["mou-binding", "imm3"])
def test_where_sources_differ_it_is_said(shelf: Index, name: str):
    found = shelf.document(name)
    assert found is not None
    answer = composed(hits(fact(shelf, name)), shelf)

    # A disputed fact may be undated, as this one is: it must be said all the same.
    assert ("sources differ" in answer.text.lower()) is found.disputed


def test_what_was_looked_for_and_not_found_is_unknown_with_its_date(shelf: Index):
    answer = composed(hits(fact(shelf, "budget")), shelf)

    assert (answer.kind, answer.reason) == ("unknown", "aspect_unknown")
    assert answer.text == "No budget was found in the sources read. (As of 2012.)"
    assert [c.publisher for c in answer.citations] == ["The News"]


# -- false premises and near misses --------------------------------------------------


def test_a_false_premise_is_corrected_first(shelf: Index):
    asked = understood("som_8", "2010", entities=(Entity("som", 8),), years=("2010",),
                       known_numbers={"som": (7, 8)})  # fmt: skip
    found = hits(fact(shelf, "som8", entity=1, year=-1), asked=asked)

    answer = composed(found, shelf, "Was SOM 8 in 2010?")

    assert answer.kind == "answer"
    difference, _, rest = answer.text.partition(". ")
    assert "2010" in difference
    assert rest.startswith("The eighth Senior Officials' Meeting took place in Hanoi")
    assert not answer.text.lower().startswith("yes")


@pytest.mark.parametrize(
    ("kind", "named", "said"),
    [
        ("country", {"countries": ("viet_nam",)}, "Viet Nam"),
        ("place", {"places": ("bangkok",)}, "Bangkok"),
        ("year", {"years": ("1999",)}, "1999"),
    ],
)
def test_the_difference_names_what_was_asked(
    shelf: Index, kind: str, named: dict[str, tuple[str, ...]], said: str
):
    asked = understood("som_8", entities=(Entity("som", 8),),
                       known_numbers={"som": (7, 8)}, **named)  # fmt: skip
    found = hits(fact(shelf, "som8", entity=1, **{kind: -1}), asked=asked)

    answer = composed(found, shelf, f"Did SOM 8 take place in {said}?")

    assert said in answer.text.partition(". ")[0]


@pytest.mark.parametrize("kind", ["country", "place", "year"])
def test_another_country_place_or_year_than_asked_is_no_answer(shelf: Index, kind: str):
    asked = understood("budget", "members", "meetings")
    found = hits(fact(shelf, "commit-members", **{kind: -1}), asked=asked)

    answer = composed(found, shelf, "Which members had meetings with a budget?")

    assert answer.kind != "answer"
    assert all(offer.id != "commit-members" for offer in answer.offers)


def test_another_number_than_asked_is_no_answer(shelf: Index):
    asked = understood("som_7", entities=(Entity("som", 7),),
                       known_numbers={"som": (7, 8)})  # fmt: skip
    found = hits(fact(shelf, "som8", entity=-1), asked=asked)

    for question in ("Where was SOM 7?", "Was SOM 7 in Hanoi?"):
        assert composed(found, shelf, question).kind != "answer"


def test_an_unknown_number_is_refused_with_the_numbers_that_are_known(shelf: Index):
    asked = understood(
        "som_23",
        entities=(Entity("som", 23),),
        unheard=(Entity("som", 23),),
        known_numbers={"som": (4, 5, 6, 7, 8, 16)},
    )  # fmt: skip
    found = hits(fact(shelf, "som8", confidence=0.99, entity=1), asked=asked)

    answer = composed(found, shelf, "Where was SOM 23?")

    assert (answer.kind, answer.reason) == ("unknown", "number_unknown")
    assert "SOM 23" in answer.text
    assert "SOM 4 to 8 and 16" in answer.text
    assert answer.citations == answer.passage_ids == ()


def test_a_numbered_thing_of_which_none_is_known_is_refused_too(shelf: Index):
    spa = Entity("spa", 9)
    asked = understood("spa_9", entities=(spa,), unheard=(spa,))

    answer = composed(hits(asked=asked), shelf, "What is SPA 9?")

    assert answer.reason == "number_unknown"
    assert "SPA 9" in answer.text


# -- extracts ------------------------------------------------------------------------

SENTENCE = "The ministers signed a Joint Declaration."
ASKED = understood("minist", "sign", "joint", "declar")


def weak(shelf: Index) -> Hit:
    return fact(shelf, "som8", confidence=0.1, coverage=0.2, gram=0.2, near=0.1)


def test_an_extract_is_to_the_letter_with_document_locator_and_date(shelf: Index):
    found = hits(weak(shelf), passages=(quoted(shelf, SENTENCE),), asked=ASKED)

    answer = composed(found, shelf)

    assert answer.kind == "answer"
    assert f'"{SENTENCE}"' in answer.text
    assert "The Hanoi meetings" in answer.text
    assert "(As of February 2012.)" in answer.text
    (citation,) = answer.citations
    assert citation.locator == passage_with(shelf, SENTENCE).locator
    assert citation.locator
    assert citation.own_words
    assert answer.passage_ids == (passage_with(shelf, SENTENCE).id,)


def test_a_document_without_sources_is_cited_itself(shelf: Index):
    words = "Officers at the border crossing keep a register of rescued children."
    found = hits(weak(shelf), passages=(quoted(shelf, words),), asked=ASKED)

    (citation,) = composed(found, shelf).citations

    assert citation.title == "notes"
    assert citation.locator
    assert not citation.own_words


def test_the_best_sentence_of_the_passages_is_quoted(shelf: Index):
    worse = quoted(shelf, "Six delegations met in Hanoi in February 2012.")
    better = quoted(shelf, SENTENCE)
    better = replace(better, features={**better.features, "sentence": 2.5})
    found = hits(passages=(worse, better), asked=ASKED)

    assert f'"{SENTENCE}"' in composed(found, shelf).text


@pytest.mark.parametrize("signal", [{"coverage": 0.5}, {"agrees": 0.0}])
def test_an_extract_that_covers_little_or_disagrees_is_not_shown(
    shelf: Index, signal: dict[str, float]
):
    found = hits(passages=(quoted(shelf, SENTENCE, **signal),), asked=ASKED)

    assert composed(found, shelf).kind != "answer"


@pytest.mark.parametrize(
    "sentence",
    [
        "Call 1300 at any time.",
        "Dial 191 for the police.",
        "The hotline is 1300.",
        "The number of the line is 1362.",
        "Telephone: 02 123 4567.",
        "Write to us or ring +66 2 123 4567 in the morning.",
        "Ring (02) 123-4567.",
        "Ring 0812345678.",
    ],
)
def test_no_telephone_number_is_ever_quoted(shelf: Index, sentence: str):
    hit = quoted(shelf, SENTENCE, extract=sentence)
    found = hits(weak(shelf), passages=(hit,), asked=ASKED)

    answer = composed(found, shelf)

    assert answer.kind != "answer"
    assert sentence not in answer.text


@pytest.mark.parametrize(
    "sentence",
    ["In 2012, 120 officials came.", "From 2004-2007 they met 12 times.",
     "It was signed on 2004-10-29 by 6 ministers."],
)  # fmt: skip
def test_years_and_figures_are_no_telephone_numbers(shelf: Index, sentence: str):
    hit = quoted(shelf, SENTENCE, extract=sentence)

    answer = composed(hits(passages=(hit,), asked=ASKED), shelf)

    assert f'"{sentence}"' in answer.text


@pytest.mark.parametrize(
    "question",
    ["What is the hotline of the ministers?", "Which phone number do ministers have?",
     "What number can I dial in the declaration?",
     "Which helpline did the ministers sign?"],
)  # fmt: skip
def test_who_asks_for_a_telephone_number_is_shown_hotlines_and_no_extract(
    shelf: Index, question: str
):
    asked = shelf.search(question).understanding
    found = hits(weak(shelf), passages=(quoted(shelf, SENTENCE),), asked=asked)

    answer = composed(found, shelf, question)

    assert answer.kind == "unknown"
    assert SENTENCE not in answer.text
    assert "/hotlines" in answer.text


def test_of_a_document_that_may_only_be_quoted_300_characters_are_shown(shelf: Index):
    hit = quoted(shelf, LONG)
    ledger = next(
        found
        for found in shelf.search(LONG).passages
        if found.passage.document_id == "documents/ledger.txt"
    )
    found = hits(passages=(replace(hit, passage=ledger.passage),), asked=ASKED)

    answer = composed(found, shelf)

    shown = answer.text.split('"')[3]
    assert 200 < len(shown) <= 300
    assert LONG.startswith(shown.rstrip("…"))
    assert shown.endswith("…")


def test_of_an_open_document_the_sentence_is_shown_whole(shelf: Index):
    openly = next(
        found
        for found in shelf.search(LONG).passages
        if found.passage.document_id == "documents/open.md"
    )
    hit = replace(quoted(shelf, LONG), passage=openly.passage)

    assert f'"{LONG}"' in composed(hits(passages=(hit,), asked=ASKED), shelf).text


# -- asking back ---------------------------------------------------------------------


def middling(shelf: Index, name: str, **features: float) -> Hit:
    answer_from, clarify_from = shelf.bands("en")
    between = (answer_from + clarify_from) / 2
    return fact(shelf, name, confidence=between, **features)


def test_between_the_bands_the_nearest_questions_are_offered(shelf: Index):
    names = ["commit-members", "mou-signed", "som8", "som7", "imm3"]
    found = hits(*(middling(shelf, name) for name in names))

    answer = composed(found, shelf)

    assert answer.kind == "clarify"
    assert [offer.id for offer in answer.offers] == names[:3]
    for number, offer in enumerate(answer.offers, start=1):
        assert f"{number}. {offer.question}" in answer.text
    assert answer.citations == answer.passage_ids == ()
    assert answer.reason is None


def test_what_was_asked_speaks_against_is_not_offered(shelf: Index):
    found = hits(
        middling(shelf, "commit-members"),
        middling(shelf, "som7", entity=-1),
        middling(shelf, "mou-signed", year=-1),
        middling(shelf, "hotline-thailand", country=-1),
    )

    assert [offer.id for offer in composed(found, shelf).offers] == ["commit-members"]


# -- unknown, with a reason ----------------------------------------------------------


def far(shelf: Index) -> Hit:
    return fact(
        shelf, "som8", confidence=0.02, coverage=0.05, gram=0.02, near=0.02, both=0.0
    )


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        (understood(), "too_vague", "a little more"),
        (understood("qzx", "wvx", unknown=("qzx", "wvx")), "off_topic", "only know"),
    ],
)
def test_a_refusal_says_why(shelf: Index, asked: Understanding, reason: str, said: str):
    answer = composed(hits(far(shelf), asked=asked), shelf)

    assert (answer.kind, answer.reason) == ("unknown", reason)
    assert said in answer.text
    assert answer.offers == ()


def test_unknown_words_are_named(shelf: Index):
    asked = understood("commit", "zebra", "circus", unknown=("zebras", "circus"))
    hit = fact(shelf, "commit-what", confidence=0.05, coverage=0.6, gram=0.3, near=0.3)

    answer = composed(hits(hit, asked=asked), shelf)

    assert answer.reason == "words_unknown"
    assert "zebras" in answer.text
    assert "circus" in answer.text


def test_a_known_subject_without_the_aspect_names_the_aspect(shelf: Index):
    asked = understood("som_8", "menu", "meet", entities=(Entity("som", 8),),
                       known_numbers={"som": (7, 8)})  # fmt: skip
    hit = fact(shelf, "som8", confidence=0.4, coverage=0.6, gram=0.4, entity=1)
    hit = replace(hit, missing=("menu",))

    answer = composed(hits(hit, asked=asked), shelf)

    assert (answer.kind, answer.reason) == ("unknown", "aspect_unknown")
    assert "menu" in answer.text
    assert len(answer.offers) <= 3


def test_without_any_fact_there_is_a_civil_refusal(shelf: Index):
    answer = composed(hits(), shelf)

    assert answer.kind == "unknown"
    assert answer.reason is not None
    assert answer.text


# -- repairs, length, two facts ------------------------------------------------------


def test_repairs_are_told(shelf: Index):
    found = hits(fact(shelf, "commit-members"), repaired=(("membres", "members"),))

    answer = composed(found, shelf)

    assert 'I read "membres" as "members".' in answer.text
    assert "The members are Cambodia" in answer.text


def test_repairs_are_told_when_asking_back(shelf: Index):
    found = hits(middling(shelf, "som8"), repaired=(("ofitsials", "officials"),))

    assert 'I read "ofitsials" as "officials".' in composed(found, shelf).text


def longer(hit: Hit, length: int) -> Hit:
    text = ("Delegations met and talked. " * 80)[: length - 1] + "."
    return replace(hit, passage=replace(hit.passage, text=text))


@pytest.mark.parametrize("length", [300, 860, 2000])
@pytest.mark.parametrize("name", ["mou-signed", "budget"])
def test_an_answer_has_at_most_900_characters(shelf: Index, name: str, length: int):
    repaired = tuple((f"tipo{n}", f"typo{n}") for n in range(8))
    first = longer(fact(shelf, name), length)
    second = longer(fact(shelf, "som8"), 300)
    found = hits(first, second, repaired=repaired, together=2)

    assert len(composed(found, shelf).text) <= LIMIT


@pytest.mark.parametrize("length", [250, 850, 1500])
def test_an_extract_and_its_frame_have_at_most_900_characters(
    shelf: Index, length: int
):
    hit = quoted(shelf, SENTENCE, extract="Delegations met. " * (length // 17))

    text = composed(hits(passages=(hit,), asked=ASKED), shelf).text

    assert len(text) <= LIMIT
    assert text.count('"') % 2 == 0


def test_two_facts_that_are_equally_near_are_shown_both(shelf: Index):
    found = hits(fact(shelf, "hanoi-chair"), fact(shelf, "mou-signed"), together=2)

    answer = composed(found, shelf)

    assert answer.kind == "answer"
    assert "A vice minister of Viet Nam chaired the meetings." in answer.text
    assert "signed in Yangon on 29 October 2004" in answer.text
    assert answer.passage_ids == ("hanoi-chair@en#0", "mou-signed@en#0")
    assert [c.publisher for c in answer.citations] == ["The News", "UNIAP"]


def test_a_source_of_both_facts_is_cited_once(shelf: Index):
    found = hits(fact(shelf, "som7"), fact(shelf, "som8"), together=2)

    assert [c.publisher for c in composed(found, shelf).citations] == ["The News"]


def test_a_second_fact_whose_sources_differ_says_so(shelf: Index):
    found = hits(fact(shelf, "som7"), fact(shelf, "mou-binding"), together=2)

    answer = composed(found, shelf)

    shown = "mou-binding@en#0" in answer.passage_ids
    assert shown is ("sources differ" in answer.text.lower())


def test_what_was_not_found_is_no_second_answer(shelf: Index):
    found = hits(fact(shelf, "som7"), fact(shelf, "budget"), together=2)

    assert composed(found, shelf).passage_ids == ("som7@en#0",)


# -- purity --------------------------------------------------------------------------


def test_the_same_hits_give_the_same_answer(shelf: Index):
    found = shelf.search("Which countries are members?")
    before = repr(found)

    first, second = (composed(found, shelf) for _ in range(2))

    assert first == second
    assert repr(found) == before
