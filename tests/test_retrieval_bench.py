"""The retrieval benchmark on tiny sizes: what it measures, and what it says of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import corpus, curves, phases, tables
from benchmarks.figures import Figures, joined
from benchmarks.peers import Peer
from benchmarks.ratios import GOALS
from benchmarks.retrieval import main, write_texts
from indexer.glossary import STOP_TERMS, Analyser, Glossary

SIZE = 60
PEERS = list(phases.contestants())
# Cosine and the stop words' half weight give other orders; these are the same BM25.
SAME_FORMULA = ["ours", "ours, whole search", "bm25s", "bm25s above zero"]


@pytest.fixture(scope="module")
def text() -> corpus.Corpus:
    return corpus.corpus(SIZE + 10)


def plain(text: corpus.Corpus) -> corpus.Corpus:
    """Return a corpus without stop words: then all weights are 1."""
    kept = [
        " ".join(word for word in passage.split() if word not in STOP_TERMS)
        for passage in text.passages
    ]
    return text._replace(passages=kept)


def built(peer: str, work: Path) -> Peer:
    owner = next(
        name
        for name in PEERS
        if phases.folder_of(name, work) == phases.folder_of(peer, work)
    )
    phases.build(phases.contestant(owner, work), work, 0)
    opened = phases.contestant(peer, work)
    opened.open()
    return opened


def test_corpus_is_real_text_and_always_the_same(text: corpus.Corpus) -> None:
    again = corpus.corpus(SIZE)

    assert again.passages == text.passages[:SIZE]
    assert again.real == SIZE
    assert all(60 <= len(passage.split()) <= 120 for passage in again.passages)


def test_rest_is_joined_from_real_spans() -> None:
    real = [" ".join(f"{letter}word{n}" for n in range(70)) for letter in "ab"]

    joined = list(corpus._joined(real, 3, corpus.random.Random(1)))

    words = {word for passage in real for word in passage.split()}
    assert len(joined) == 3
    assert all(set(passage.split()) <= words for passage in joined)
    assert all(60 <= len(passage.split()) <= 120 for passage in joined)


def test_questions_are_of_six_to_twelve_words(text: corpus.Corpus) -> None:
    asked = corpus.questions(text.passages, 50)

    assert asked == corpus.questions(text.passages, 50)
    assert {len(question.split()) for question in asked} <= set(range(6, 13))


def test_everybody_sees_the_same_words(text: corpus.Corpus) -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    analyser = Analyser(Glossary())
    analyse = CountVectorizer().build_analyzer()

    for passage in text.passages:
        ours = analyser.analyse(passage).terms
        assert analyse(passage) == passage.split()
        # "first" is 1 to us: another name, the same word.
        assert len(ours) == len(passage.split())
        assert len(set(ours)) == len(set(passage.split()))


@pytest.mark.parametrize("peer", PEERS)
def test_each_contestant_finds_the_passage_asked_about(
    peer: str, text: corpus.Corpus, tmp_path: Path
) -> None:
    write_texts(tmp_path, text, SIZE)
    opened = built(peer, tmp_path)

    for number in range(0, SIZE, 7):
        found = opened.ranked(opened.ask(text.passages[number]))
        assert found[0][0] == number
        assert len(found) == 10
        assert [score for _, score in found] == sorted(
            (score for _, score in found), reverse=True
        )


def test_contestants_of_one_formula_agree(text: corpus.Corpus, tmp_path: Path) -> None:
    bare = plain(text)
    write_texts(tmp_path, bare, SIZE)
    opened = [built("ours", tmp_path), built("bm25s", tmp_path)]
    opened += [phases.contestant(name, tmp_path) for name in SAME_FORMULA[1::2]]

    for peer in opened[2:]:
        peer.open()
    for passage in bare.passages[:SIZE:6]:
        asked = " ".join(list(dict.fromkeys(passage.split()))[:8])
        found = [peer.ranked(peer.ask(asked))[:5] for peer in opened]
        scores = [[score for _, score in ranked] for ranked in found]
        assert all(own == pytest.approx(scores[0], rel=1e-5) for own in scores)
        assert all(ranked[0][0] == found[0][0][0] for ranked in found)


@pytest.mark.parametrize("peer", ["ours", "SQLite FTS5", "tantivy"])
def test_added_and_changed_passages_are_found(
    peer: str, text: corpus.Corpus, tmp_path: Path
) -> None:
    write_texts(tmp_path, text, SIZE)
    built(peer, tmp_path)

    phases.change(phases.contestant(peer, tmp_path), tmp_path, 0)
    phases.add(phases.contestant(peer, tmp_path), tmp_path, 0)

    opened = phases.contestant(peer, tmp_path)
    opened.open()
    changed = opened.ranked(opened.ask("zyx"))
    added = opened.ranked(opened.ask(text.passages[SIZE + 3]))
    assert changed[0][0] == SIZE // 2
    assert added[0][0] == SIZE + 3


def made_up(ours: float) -> Figures:
    figures = Figures(told={100_000: "made up"})
    for peer, value in (("ours", ours), ("tantivy", 2.0), ("bm25s above zero", 1.0)):
        for factor in (1.0, 1.1, 1.2):
            measured = dict.fromkeys((*tables.ASKING, *tables.KEEPING), value * factor)
            figures.add(100_000, peer, measured)
            figures.add(10_000, peer, {m: v / 10 for m, v in measured.items()})
    return figures


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [(0.25, "met, stretch too"), (0.4, "met"), (0.9, "NOT MET")],
)
def test_goals_are_judged(ours: float, verdict: str) -> None:
    assert GOALS[0].verdict(made_up(ours)) == verdict


def test_goals_of_sizes_that_were_not_run_are_not_judged() -> None:
    figures = Figures()
    figures.add(1_000, "ours", {"warm": 1.0})
    figures.add(1_000, "bm25s above zero", {"warm": 1.0})

    assert GOALS[0].verdict(figures) == "not run"


def test_bound_on_our_own_figure_counts() -> None:
    figures = Figures()
    figures.add(1_000, "ours", {"first": 0.0003})
    figures.add(1_000, "bm25s above zero", {"first": 0.0003})
    goal = next(goal for goal in GOALS if goal.most)

    assert goal.verdict(figures) == "NOT MET"


def test_slope_of_what_is_proportional_is_one() -> None:
    assert made_up(1.0).slope("ours", "warm") == pytest.approx(1.0)


def test_tables_show_medians_ranges_and_gaps() -> None:
    figures = made_up(0.4)
    figures.values[100_000]["tantivy"].pop("anonymous")

    shown = tables.everything(figures)

    assert "warm question" in shown
    assert "not available" in shown
    assert "0.4*" in shown
    assert str(Path.cwd()) not in shown


def test_figures_are_read_back() -> None:
    figures = made_up(0.4)

    assert Figures.from_json(figures.to_json()) == figures


def test_runs_over_different_sizes_are_joined() -> None:
    small = Figures({1_000: {"ours": {"warm": [1.0]}}}, {1_000: "made up"})

    assert joined([made_up(0.4), small]).sizes == [1_000, 10_000, 100_000]


def test_pictures_are_the_same_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"

    curves.draw(made_up(0.4), first, tmp_path / "curves")
    curves.draw(made_up(0.4), second, None)

    assert first.read_bytes() == second.read_bytes()
    assert b"<dc:date>" not in first.read_bytes()
    names = sorted(path.name for path in (tmp_path / "curves").iterdir())
    assert names == ["memory.svg", "time.svg"]


def test_whole_run_prints_figures_and_ratios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    command = ["retrieval", "--sizes", "60", "--rounds", "1", "--out", str(out)]
    peers = ["ours", "bm25s above zero", "SQLite FTS5"]
    monkeypatch.setattr(sys, "argv", [*command, "--peers", *peers])

    main()

    printed = capsys.readouterr().out
    figures = Figures.from_json(out.read_text("utf-8"))
    assert "60 passages, asking" in printed
    assert figures.peers[:2] == ["ours", "bm25s above zero"]
    for measure in ("build", "cold", "first", "warm", "searched", "change", "add"):
        assert figures.rounds(60, "ours", measure)
