"""Questions find their facts and passages, in whatever words they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.analysis import language_of
from indexer.build import build
from indexer.errors import IndexMissingError
from indexer.search import Index
from indexer.types import Entity, Hits, Searcher


@pytest.fixture
def index(toy: Path) -> Iterator[Index]:
    with closing(Index(toy / "index.db")) as index:
        yield index


def fact_ids(hits: Hits) -> list[str]:
    return [hit.passage.document_id for hit in hits.facts]


def test_every_way_of_asking_finds_its_fact(index: Index):
    for document in index.documents():
        passage = index.fact(document.id)
        for asked in passage.variants if passage else ():
            assert fact_ids(index.search(asked))[0] == document.id, asked


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("SOM VIII", "som8"),
        ("the eighth senior official meetings", "som8"),
        ("3rd IMM", "imm3"),
        ("WHICH COUNTRIES ARE MEMBERS", "commit-members"),
        ("memorandum of understanding signed", "mou-signed"),
        ("helpline Thailand", "hotline-thailand"),
        ("Could you tell me the budget please", "budget"),
        ("\u201cWhat is COMMIT?\u201d", "commit-what"),
        ("SOM in 2010", "som7"),
    ],
)
def test_other_words_find_the_fact_too(index: Index, question: str, fact: str):
    assert fact_ids(index.search(question))[0] == fact


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("youth radio programmes", "documents/hanoi.md@en#1"),
        ("a register of rescued children", "documents/notes.txt@en#1"),
        ("prosecution", "documents/background/plans.md@en#0"),
    ],
)
def test_documents_are_found_by_their_passages(
    index: Index, question: str, passage: str
):
    found = index.search(question).passages

    assert found[0].passage.id == passage
    assert found[0].passage == index.passage(passage)


def test_a_passage_comes_with_its_best_sentence_and_its_place(index: Index):
    hit = index.search("Which youth groups does it praise?").quoted()[0]

    assert hit.extract == "It praises youth groups and radio programmes."
    assert hit.passage.locator == "Results"
    assert {"sentence", "coverage"} <= hit.features.keys()


def test_hits_come_best_first_and_at_most_as_many_as_asked(index: Index):
    hits = index.search("Where was the meeting in Hanoi?", limit=2)
    more = index.search("Where was the meeting in Hanoi?", limit=9)

    scores = [hit.score for hit in more.facts]
    assert len(hits.facts) == 2
    assert scores == sorted(scores, reverse=True)
    assert fact_ids(more)[:2] == fact_ids(hits)
    assert all(score > 0 for score in scores)


def test_a_typing_error_is_repaired_and_said(index: Index):
    hits = index.search("which countires are membres")

    assert hits.repaired == (("countires", "countries"), ("membres", "members"))
    assert fact_ids(hits)[0] == "commit-members"


@pytest.mark.parametrize(
    "question",
    ["xyzzy", "MEMBRES club", "2013", "Xq", "r\u00e1dio", "signal remembers counties"],
)
def test_what_is_not_a_typing_error_is_left_alone(index: Index, question: str):
    assert index.search(question).repaired == ()


def test_the_question_is_understood(index: Index):
    seen = index.search("Who came to SOM 8 in Hanoi, Viet Nam, in 2012, xyzzy?")

    understood = seen.understanding
    assert understood.entities == (Entity("som", 8),)
    assert understood.known_numbers == {"som": (7, 8)}
    assert understood.countries == ("viet_nam",)
    assert understood.places == ("hanoi",)
    assert understood.years == ("2012",)
    assert understood.kinds == ("who",)
    assert understood.unknown == ("xyzzy",)
    assert understood.terms["the" if "the" in understood.terms else "in"] == 0.5


def test_a_follow_up_leans_on_the_turn_before(index: Index):
    alone = index.search("When was it?")
    leaning = index.search("When was it?", context=index.context_of("som7"))

    assert "som_7" in index.context_of("som7")
    assert fact_ids(leaning)[0] == "som7"
    assert (
        fact_ids(alone)[:1] != ["som7"] or alone.facts[0].score < leaning.facts[0].score
    )


def test_a_question_of_its_own_wins_over_the_turn_before(index: Index):
    leaning = index.search("Where was SOM 8?", context=index.context_of("som7"))

    assert fact_ids(leaning)[0] == "som8"


def test_context_of_nothing_is_nothing(index: Index):
    assert index.context_of("nobody") == ()


def test_things_are_looked_up_by_id(index: Index):
    fact = index.fact("som8")

    assert fact is not None
    assert fact.kind == "fact"
    assert index.document("som8") is not None
    assert index.fact("documents/hanoi.md") is None
    assert index.passage("som8@en#0") == fact
    assert index.source("leaflet") is not None
    assert index.document("x") is index.source("x") is index.passage("x@en#0") is None
    assert [source.id for source in index.sources()] == [
        "leaflet", "news-2012", "uniap-2004",
    ]  # fmt: skip
    assert len(index.documents()) == 15


def test_bands_are_those_of_the_calibration(index: Index):
    answer, clarify = index.bands("en")

    assert 0 < clarify < answer <= 1


def test_an_index_is_a_searcher(index: Index):
    searcher: Searcher = index

    assert len(searcher.build_id) == 16


def test_a_missing_index_is_said(tmp_path: Path):
    with pytest.raises(IndexMissingError):
        Index(tmp_path / "index.db")


@pytest.mark.parametrize(
    "question",
    ["", " ", "?!", "\U0001f600", "\x00", "a" * 100_000, "the of and", "' or 1=1 --"],
)
def test_odd_questions_are_searched_without_complaint(index: Index, question: str):
    hits = index.search(question)

    assert all(hit.score > 0 for hit in (*hits.facts, *hits.passages))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_question_is_answered_the_same_twice(index: Index, question: str):
    language = language_of(question) or "en"

    first = index.search(question, language=language)

    assert index.search(question, language=language) == first


# Without facts there is no average length of a fact; nothing depends on it.
@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_a_folder_of_documents_alone_is_searched(tmp_path: Path):
    documents = tmp_path / "folder" / "documents"
    documents.mkdir(parents=True)
    (documents / "a.txt").write_text("Officers keep a register of children.")
    build(tmp_path / "folder", tmp_path / "index.db")

    with closing(Index(tmp_path / "index.db")) as index:
        hits = index.search("register of children")

    assert [hit.passage.id for hit in hits.passages] == ["documents/a.txt@en#0"]
    assert hits.facts == ()


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
def test_an_empty_folder_is_searched(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    build(tmp_path / "folder", tmp_path / "index.db")

    with closing(Index(tmp_path / "index.db")) as index:
        hits = index.search("anything")

    assert (hits.facts, hits.passages) == ((), ())


def test_a_document_in_another_language_has_a_space_of_its_own(
    knowledge: Path, tmp_path: Path
):
    thai = "---\ntitle: \u0e40\u0e23\u0e37\u0e48\u0e2d\u0e07\nlanguage: th\n---\n\n"
    text = "\u0e01\u0e32\u0e23\u0e04\u0e49\u0e32\u0e21\u0e19\u0e38\u0e29\u0e22\u0e4c"
    (knowledge / "documents" / "thai.md").write_text(thai + text, encoding="utf-8")
    build(knowledge, tmp_path / "index.db")

    with closing(Index(tmp_path / "index.db")) as index:
        assert index.passage("documents/thai.md@th#0") is not None
        assert fact_ids(index.search("What is COMMIT?"))[0] == "commit-what"


def test_sources_are_looked_up_one_by_one(index: Index):
    sources = index.sources()

    assert [source.id for source in sources] == sorted(s.id for s in sources)
    assert [index.source(source.id) for source in sources] == list(sources)
    assert index.source("nobody") is None


def cost(index: Index, question: str) -> float:
    """Return the least CPU time of three searches for a question."""
    times = []
    for _ in range(3):
        start = time.process_time()
        index.search(question)
        times.append(time.process_time() - start)
    return min(times)


def test_odd_questions_cost_little_more_than_usual_ones(real_index: Path):
    usual = ["Where was the 8th Senior Officials' Meeting?", "Who signed the MOU?"]
    with closing(Index(real_index)) as index:
        known = [word for word, _ in index.store.words("passages:en")]
        odd = [
            " ".join(known[::7])[:10_000],
            " ".join(f"qx{number}zzq" for number in range(1_000)),
            " ".join(chr(97 + n % 26) + chr(97 + n % 25) for n in range(1_000)),
            "a",
            "a" * 1_000,
            "\u0e01" * 1_000,
            "\u6e44" * 1_000,
        ]
        index.search("An offitsial")
        limit = 20 * max(cost(index, question) for question in usual)

        costs = {question[:20]: cost(index, question) for question in odd}

    assert {name: taken for name, taken in costs.items() if taken > limit} == {}
