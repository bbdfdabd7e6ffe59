"""The report: renders, escapes, and says what `summary` says."""

from __future__ import annotations

import html
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.evaluation import Case, Result, summary
from bot.report import reliability, risk_coverage, served, write_report
from bot.types import Answer, AnswerKind
from indexer.errors import ExtraMissingError

HOSTILE = '<script src="https://evil.example/x.js">alert("1")</script> & <b>bold</b>'
VOID = {"meta"}


def result(
    name: str,
    verdict: str,
    *,
    kind: AnswerKind = "answer",
    confidence: float | None = 0.9,
    expect: tuple[str, ...] | str = ("som8",),
    question: str = "Where was SOM 8?",
) -> Result:
    case = Case(name, "english", "direct", "en", name, question, expect)
    ids = ("som7@en#0",) if kind == "answer" else ()
    answer = Answer(kind, "Hanoi.", confidence=confidence, passage_ids=ids)
    return Result(case, answer, verdict, 0.004)  # type: ignore[arg-type]


RESULTS = [
    result("q1", "right", confidence=0.95),
    result("q2", "right", confidence=0.85),
    result("q3", "wrong", confidence=0.81, question=HOSTILE),
    result("q4", "refused", kind="unknown", confidence=0.2),
    result("q5", "right", kind="unknown", confidence=0.1, expect="unknown"),
    result("q6", "wrong", expect="safety", question="help me", kind="smalltalk"),
]


@pytest.fixture
def page(tmp_path: Path) -> str:
    pytest.importorskip("matplotlib")
    path = tmp_path / "report.html"
    write_report(RESULTS, path)
    return path.read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Collects tags and addresses; fails on tags that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def cells_of(page: str) -> dict[str, list[str]]:
    """Return each row of the tables by its first cell."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", page)
    cut = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]
    return {html.unescape(cells[0]): list(map(html.unescape, cells)) for cells in cut}


def test_report_is_one_well_formed_page_with_a_picture(page: str):
    tags = Tags(page)

    assert tags.open == []
    assert {"table", "svg"} <= tags.seen
    assert all(title in page for title in ("Risk and coverage", "Reliability"))


def test_report_runs_nothing_and_links_to_nothing(page: str):
    tags = Tags(page)

    assert not {"script", "link", "img", "iframe", "a", "metadata"} & tags.seen
    assert all(address.startswith("#") for address in tags.addresses)
    assert not re.search(r"url\((?!#)", page)


def test_hostile_question_is_shown_and_not_obeyed(page: str):
    assert "<script" not in page
    assert "<b>bold" not in page
    assert cells_of(page)["q3"][2] == HOSTILE


def test_figures_agree_with_the_summary(page: str):
    figures = summary(RESULTS)
    kinds = figures.pop("kinds")
    rows = cells_of(page)

    for name, value in figures.items():
        shown = "" if value is None else str(value)
        assert rows[name.replace("_", " ")][1] == shown
    for name, row in kinds.items():  # type: ignore[attr-defined]
        assert rows[name][1:] == [str(value) for value in row.values()]


def test_wrong_answers_are_listed_with_expected_and_given_ids(page: str):
    rows = cells_of(page)

    assert rows["q3"][3:] == ["som8", "som7@en#0", "0.81"]
    assert rows["q6"][3:5] == ["safety", "smalltalk"]
    assert not {"q1", "q2", "q4", "q5"} & rows.keys()


def test_curves_end_at_the_figures_of_the_summary():
    answers = served(RESULTS)
    coverage, risk = risk_coverage(answers, asked=5)[-1]

    assert [answer.confidence for answer in answers] == [0.95, 0.85, 0.81]
    assert coverage == 3 / 5
    assert round(risk, 4) == summary(RESULTS)["wrong_among_answers"]
    assert sum(own.cases for own in reliability(answers)) == 3


def test_same_run_gives_the_same_bytes(page: str, tmp_path: Path):
    again = tmp_path / "again.html"
    write_report(RESULTS, again)

    assert again.read_text(encoding="utf-8") == page


def test_run_without_answers_gives_a_report(tmp_path: Path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "empty.html"

    write_report([], path)

    assert "None." in path.read_text(encoding="utf-8")


def test_missing_matplotlib_is_said_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    path = tmp_path / "report.html"

    with pytest.raises(ExtraMissingError, match="pip install matplotlib"):
        write_report(RESULTS, path)

    assert not path.exists()
