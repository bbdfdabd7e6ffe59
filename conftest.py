"""The toy corpus that tests and docstrings share, and indexes built from it.

A dozen facts and three documents, small enough to be read whole. Under 40 facts no
confidence is fitted: the toy index answers by the fixed rule.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from indexer.build import build
from indexer.facts import compile_glossary, read_model
from indexer.glossary import Analyser
from indexer.schema import GlossaryFile
from indexer.types import Document, Section

pytest_plugins = ("telegram_fixtures",)


ROOT = Path(__file__).parent
REAL_KNOWLEDGE = ROOT / "knowledge"

# Machines that run tests are slow now and then; the same examples every time.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")

SOURCES = """\
sources:
  - id: news-2012
    title: Ministers meet in Hanoi
    publisher: The News
    date: 2012-02-16
    url: https://news.example/hanoi
  - id: uniap-2004
    title: The Memorandum of Understanding
    publisher: UNIAP
    date: 2004-10
    url: https://uniap.example/mou
    link: no
  - id: leaflet
    title: A leaflet
    publisher: The Help Line
    undated: true
"""
GLOSSARY = """\
entities:
  som: {numbered: true, names: [SOM, Senior Officials' Meeting]}
  imm: {numbered: true, names: [IMM, Inter-Ministerial Meeting]}
  spa: {numbered: true, names: [SPA, Sub-regional Plan of Action]}
  commit: {names: [COMMIT, "Coordinated Mekong Ministerial Initiative"]}
countries:
  cambodia: {names: [Cambodia, Kampuchea], cities: [Phnom Penh]}
  china: {names: [China], cities: [Beijing]}
  lao_pdr: {names: [Lao PDR, Laos], cities: [Vientiane]}
  thailand: {names: [Thailand], cities: [Bangkok]}
  viet_nam: {names: [Viet Nam, Vietnam], cities: [Hanoi, Ha Noi]}
synonyms:
  - [mou, memorandum of understanding]
  - [hotline, helpline, phone line]
contrasts:
  - [[first, opening], [last, latest]]
questions:
  when: [when, what year, which date]
  where: [where, which city]
  who: [who]
  how_many: [how many]
fillers: [could you tell me, please]
"""
SAFETY = """\
numbers:
  - id: thailand-1300
    country: thailand
    number: "1300"
    purpose: Help for people in danger
    works_from: Thailand
    run_by: The Help Line
    sources: [leaflet]
    dated: undated
    review_by: 2027-01-01
replies:
  en:
    reviewed: true
    opening: You may be in danger.
    body: These people can help.
    self_harm: Please talk to somebody now.
    hint: If you are in danger, send /hotlines.
    hotlines: Help lines
    no_line: No line is known there.
    not_understood: Send /hotlines for help lines.
    not_checked: not checked by phone
    one_source: one source
    run_by: run by
    works_from: works from
    source_dated: source of
patterns:
  - id: held
    level: certain
    all: [they will not let me leave]
    examples: [they will not let me leave]
"""
COMMIT_FACTS = """\
topic: COMMIT
facts:
  - id: commit-what
    as_of: 2012
    sources: [news-2012]
    asked: [What is COMMIT?, what does commit do, Explain the initiative]
    answer: COMMIT is a process of six governments against human trafficking.
  - id: commit-members
    as_of: 2012
    sources: [news-2012, uniap-2004]
    asked: [Which countries are members?, list of member states, member countries]
    answer: >-
      The members are Cambodia, China, Lao PDR, Myanmar, Thailand and Viet Nam.
  - id: mou-signed
    as_of: 2004-10-29
    sources: [uniap-2004]
    quote: {text: a new era of cooperation, speaker: A minister, source: uniap-2004}
    asked: [When was the MOU signed?, date of the signature, mou which year]
    answer: The Memorandum of Understanding was signed in Yangon on 29 October 2004.
  - id: mou-binding
    as_of: undated
    sources: [uniap-2004]
    disputed: true
    asked: [Is the MOU binding?, must governments obey the memorandum]
    answer: UNIAP calls it a commitment; The News calls it a treaty.
  - id: budget
    as_of: 2012
    absent: true
    sources: [news-2012]
    asked: [What is the budget?, how much money is there]
    answer: No budget was found in the sources read.
"""
MEETING_FACTS = """\
topic: Meetings
facts:
  - id: som7
    as_of: 2010-11
    sources: [news-2012]
    asked: [Where was the 7th Senior Officials' Meeting?, som7 city, when was SOM VII]
    answer: The seventh Senior Officials' Meeting took place in Bangkok in 2010.
  - id: som8
    as_of: 2012-02-14/2012-02-15
    sources: [news-2012]
    changed: 2026-11-24
    asked: [Where was the 8th Senior Officials' Meeting?, som8 city, when was SOM VIII]
    answer: The eighth Senior Officials' Meeting took place in Hanoi in 2012.
  - id: imm3
    as_of: 2012-02-16
    sources: [news-2012]
    asked: [Where was the third Inter-Ministerial Meeting?, imm 3 city]
    answer: The third Inter-Ministerial Meeting took place in Hanoi in 2012.
  - id: hanoi-officials
    as_of: 2012-02
    sources: [news-2012]
    asked: [How many officials came to Hanoi?, number of participants in 2012]
    answer: 120 officials came to the meetings in Hanoi.
  - id: hanoi-chair
    as_of: 2012-02
    sources: [news-2012]
    asked: [Who chaired the Hanoi meetings?, chairman in 2012]
    answer: A vice minister of Viet Nam chaired the meetings.
"""
HELP_FACTS = """\
topic: Help
facts:
  - id: hotline-thailand
    as_of: undated
    sources: [leaflet]
    help: thailand-1300
    asked: [What is the hotline in Thailand?, phone line thailand, helpline bangkok]
    answer: In Thailand the number is {number}.
"""
MORE_FACTS = """\
id,date,source,question,answer
spa3,2011/2013,news-2012,What is SPA III? | third plan,SPA III ran from 2011 to 2013.
"""
HANOI = """\
---
title: The Hanoi meetings
sources: [news-2012]
as_of: 2012-02
rights: own
---

## Delegations

Six delegations met in Hanoi in February 2012. Observers came from the United Nations.

## Results

The ministers signed a Joint Declaration. It praises youth groups and radio programmes.
"""
PLANS = """\
---
title: The plans of action
sources: [uniap-2004, news-2012]
rights: open
---

# Plans

Each plan of action lists prevention, protection and prosecution. Radio is one tool.
"""
NOTES = """\
Notes of a visit to the border.

Officers at the border crossing keep a register of rescued children.
"""
TOY = {
    "sources.yaml": SOURCES,
    "glossary.yaml": GLOSSARY,
    "safety.yaml": SAFETY,
    "facts/commit.yaml": COMMIT_FACTS,
    "facts/meetings.yaml": MEETING_FACTS,
    "facts/help.yaml": HELP_FACTS,
    "facts/more.csv": MORE_FACTS,
    "documents/hanoi.md": HANOI,
    "documents/background/plans.md": PLANS,
    "documents/notes.txt": NOTES,
}


def write_toy(folder: Path) -> Path:
    """Write the toy corpus into a folder, and return it."""
    for name, text in TOY.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """Return a knowledge folder of one's own that holds the toy corpus."""
    return write_toy(tmp_path / "knowledge")


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the toy `knowledge` and its `index.db`; never write it."""
    folder = tmp_path_factory.mktemp("toy")
    build(write_toy(folder / "knowledge"), folder / "index.db")
    return folder


@pytest.fixture
def index_path(knowledge: Path, tmp_path: Path) -> Path:
    """Return an index of one's own, built from the toy corpus."""
    path = tmp_path / "state" / "index.db"
    build(knowledge, path)
    return path


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of the real knowledge, built once a session; never write it."""
    path = tmp_path_factory.mktemp("real") / "index.db"
    build(REAL_KNOWLEDGE, path)
    return path


@pytest.fixture
def analyser() -> Analyser:
    """Return an analyser with the toy glossary."""
    file = read_model(GLOSSARY, "glossary.yaml", GlossaryFile)
    return Analyser(compile_glossary(file))


@pytest.fixture
def handbook() -> Document:
    """Return a document of two pages; the first is too long for one passage."""
    sentence = "Officers write down what they saw, and where, and when. "
    long = "\n\n".join([sentence * 8, sentence * 9])
    return Document(
        id="documents/handbook.pdf",
        kind="document",
        title="A handbook",
        sections=(
            Section("Reports", long, "p. 1"),
            Section("Children", "A child is heard with a guardian present.", "p. 2"),
        ),
        file="documents/handbook.pdf",
    )


@pytest.fixture(autouse=True)
def names_of_docstrings(
    request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]
) -> None:
    """Give docstring examples the names that they lean on."""
    if type(request.node).__name__ == "DoctestItem":
        for name in ("analyser", "handbook", "tmp_path"):
            doctest_namespace[name] = request.getfixturevalue(name)
