from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from figures import KNOWLEDGE

from benchmarks import followups
from bot.judging import Trees, log_odds, share_of, trees
from bot.types import Answer, Turn
from bot.understanding import candidates
from indexer.facts import read_curated
from indexer.search import Index
from indexer.trees import Node

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CHATS = yaml.safe_load(followups.CHATS.read_text(encoding="utf-8"))["chats"]


@pytest.fixture(scope="module")
def index(real_index: Path) -> Iterator[Index]:
    opened = Index(real_index)
    yield opened
    opened.close()


def turn(question: str, fact: str, context: str) -> Turn:
    answer = Answer("answer", "", passage_ids=(f"{fact}@en#0",))
    return Turn(question, answer, NOW, context=(context,))


SOM_9 = turn("When was SOM 9 held?", "som9-bangkok-2013", "som_9")


def test_trees_add_to_where_they_start():
    tree = (Node(0, 1.5, 1, 2, 0.0), Node(-1, 0, 0, 0, -1.0), Node(-1, 0, 0, 0, 2.0))
    judge = Trees(("told",), 0.5, (tree, tree))

    assert judge.odds({"told": 1.0, "new": 9.0}) == -1.5
    assert judge.odds({"told": 2.0}) == 4.5
    assert judge.odds({}) == -1.5


def test_log_odds_and_shares_are_each_other_s_inverse():
    for share in (0.01, 0.5, 0.99):
        assert share_of(log_odds(share)) == pytest.approx(share)
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))


def test_every_feature_of_the_trees_is_one_that_facts_have(index: Index):
    _, found = candidates(index, "and where?", [SOM_9], "en")

    assert found
    for one in found:
        assert set(trees().features) == one.features.keys()


def test_features_say_what_was_told_and_what_is_lacking(index: Index):
    _, found = candidates(index, "who voted against it?", [SOM_9], "en")

    told = [one for one in found if one.hit.passage.document_id == "som9-bangkok-2013"]
    assert told
    for one in told:
        assert one.features["told"] == 1.0
        assert one.features["same_topic"] == 1.0
        assert one.features["own_lost"] >= 1.0
        assert one.features["clear"] == 1.0


def test_a_question_that_does_not_lean_has_no_candidates(index: Index):
    whole = "Which countries signed the Memorandum of Understanding of 2004?"

    alone, found = candidates(index, whole, [SOM_9], "en")

    assert found == []
    assert alone.question == whole
    assert candidates(index, "and where?", [], "en")[1] == []


def test_made_up_conversations_name_facts_that_exist():
    known = {fact.id for fact in read_curated(KNOWLEDGE).facts}

    named = {
        name
        for chat in CHATS
        for message in chat
        if message["expect"] != "unknown"
        for name in message["expect"]
    }
    assert named <= known
    assert all(2 <= len(chat) <= 5 for chat in CHATS)


def test_no_made_up_conversation_is_of_a_question_set():
    asked = {
        str(question["question"]).lower()
        for path in (KNOWLEDGE / "questions").glob("*.yaml")
        for question in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]
        # Anybody says "source?" and "and where?".
        if len(str(question["question"]).split()) > 7
    }

    made_up = {message["question"].lower() for chat in CHATS for message in chat}
    assert not asked & made_up


def test_fitting_prints_a_table_and_writes_trees(
    real_index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    few, written = tmp_path / "few.yaml", tmp_path / "trees.json"
    few.write_text(yaml.safe_dump({"chats": CHATS[:40]}), encoding="utf-8")
    monkeypatch.setattr(followups, "CHATS", few)
    monkeypatch.setattr(followups, "WRITTEN", written)
    monkeypatch.setattr(
        "sys.argv", ["followups", "--index", str(real_index), "--write"]
    )

    followups.main()

    assert "40 chats" in capsys.readouterr().out
    fields = json.loads(written.read_text(encoding="utf-8"))
    assert set(fields["features"]) == set(trees().features)
    assert len(fields["trees"]) == followups.TREES
