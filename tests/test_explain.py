"""Explanations: the parts add up, and a draft ranks as if it were in the folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.__main__ import main
from indexer.errors import IndexerError, KnowledgeError
from indexer.explain import draft_index, explain
from indexer.search import Index

DRAFT = """\
topic: Meetings
facts:
  - id: som9
    as_of: 2013
    sources: [{source}]
    asked: [Where was the 9th Senior Officials' Meeting?, som9 city]
    answer: The ninth meeting took place in Bangkok in 2013.
"""


@pytest.fixture
def index(index_path: Path) -> Iterator[Index]:
    with closing(Index(index_path)) as opened:
        yield opened


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT.format(source="news-2012"), encoding="utf-8")
    return path


def test_a_question_is_told_as_it_is_understood(index: Index):
    explained = explain(index, "When was the 8 th SOM in Vietnam, pls, the mou?")

    assert explained.language == "en"
    assert explained.terms["som_8"] == 1.0
    assert explained.terms["when"] == 0.5
    assert explained.synonyms["memorandum_of_understanding"] == 0.5
    assert explained.entities == ("som_8",)
    assert explained.countries == ("viet_nam",)
    assert explained.kinds == ("when",)
    assert "pls" in explained.unknown


def test_typos_are_told_as_read(index: Index):
    assert explain(index, "How many offitsials came?").repaired == {
        "offitsials": "officials"
    }


@pytest.mark.parametrize(
    "question",
    [
        "Where was the 8th Senior Officials' Meeting?",
        "when did the seventh som take place in Thailand",
        "mou helpline bangkok radio",
        "som 23",
    ],
)
def test_the_parts_add_up_to_the_score(index: Index, question: str):
    ranking = explain(index, question, limit=12).ranking

    assert ranking
    for ranked in ranking:
        shares = sum(ranked.terms.values()) + ranked.letters
        product = shares * ranked.contrast * ranked.likeness
        assert product == pytest.approx(ranked.score, abs=1e-12)


def test_scores_and_confidences_are_those_of_search(index: Index):
    question = "Where was the 8th Senior Officials' Meeting?"

    ranking = explain(index, question, limit=3).ranking

    found = index.search(question, limit=3).facts
    assert [(r.id, r.score) for r in ranking] == [
        (hit.passage.document_id, hit.score) for hit in found
    ]
    assert [r.confidence for r in ranking] == [hit.confidence for hit in found]


def test_a_question_without_known_words_has_no_ranking(index: Index):
    assert explain(index, "xq").ranking == ()


def test_a_draft_ranks_as_if_it_were_in_the_folder(
    knowledge: Path, index_path: Path, draft: Path
):
    before = index_path.read_bytes()

    with draft_index(knowledge, index_path, draft) as (opened, ids, faults):
        ranking = explain(opened, "where was SOM 9", limit=2, drafts=ids).ranking

    assert faults == ()
    assert (ranking[0].id, ranking[0].draft) == ("som9", True)
    assert not ranking[1].draft
    assert index_path.read_bytes() == before


def test_a_draft_far_below_is_shown_with_its_rank(
    knowledge: Path, index_path: Path, draft: Path
):
    with draft_index(knowledge, index_path, draft) as (opened, ids, _):
        question = "Where was the 8th Senior Officials' Meeting?"
        ranking = explain(opened, question, limit=1, drafts=ids).ranking

    assert [ranked.id for ranked in ranking] == ["som8", "som9"]
    assert ranking[1].rank > 1


def test_a_draft_takes_the_place_of_the_fact_with_its_id(
    knowledge: Path, index_path: Path, draft: Path
):
    text = draft.read_text("utf-8").replace("id: som9", "id: som8")
    draft.write_text(text, encoding="utf-8")

    with draft_index(knowledge, index_path, draft) as (opened, _, faults):
        passage = opened.fact("som8")

    assert faults == ()
    assert passage is not None
    assert passage.text == "The ninth meeting took place in Bangkok in 2013."


def test_what_a_build_would_refuse_is_told(
    knowledge: Path, index_path: Path, draft: Path
):
    draft.write_text(DRAFT.format(source="nobody"), encoding="utf-8")

    with draft_index(knowledge, index_path, draft) as (_, _, faults):
        told = [str(fault) for fault in faults]

    assert told == [
        'draft.yaml: fact 1 (som9): source "nobody" is not in sources.yaml;'
        " add it there or correct the id"
    ]


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"topic: [", KnowledgeError), (b"topic: T", KnowledgeError),
     (b"\xff\xfe", IndexerError)],
)  # fmt: skip
def test_a_draft_that_is_no_file_of_facts_is_refused(
    knowledge: Path, index_path: Path, draft: Path, data: bytes, error: type[Exception]
):
    draft.write_bytes(data)

    with pytest.raises(error), draft_index(knowledge, index_path, draft):
        pass


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["indexer", "explain", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_command_draws_a_bar_for_each_share(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    index_path: Path,
):
    code = run(monkeypatch, "--index", str(index_path), "--limit", "1", "when som 8")

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[0] == "question    when som 8"
    assert "entities    som_8" in lines
    bars = [line for line in lines if line.rstrip("#") != line]
    assert any(line.split()[0] == "som_8" for line in bars)
    assert any(line.split()[0] == "letters" for line in bars)


def test_the_command_tells_all_of_it_as_json(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    index_path: Path,
):
    code = run(monkeypatch, "--index", str(index_path), "--json", "when was som 8")

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["ranking"][0]["id"] == "som8"
    assert set(told["ranking"][0]) >= {"terms", "letters", "contrast", "likeness"}
