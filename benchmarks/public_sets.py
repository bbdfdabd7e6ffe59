"""Public question sets as entries to index and questions to ask.

Shapes and licences stand in the README of the data folder. An entry is a fact (ways
of asking, and an answer where the set has one) or a document (one paragraph).
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SEED = 20_120_214
MIN_LETTERS = 4
NOISE = ("*", "", None)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found: a fact, or a document without ways of asking."""

    id: str
    asked: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the entry it looks for.

    Attributes:
        expected: Id of the entry; empty where nothing answers it.
        spans: Where the answers start in the entry's text, blanks joined.
        before: Ids of the entries shown before it in the same conversation.
    """

    text: str
    expected: str
    spans: tuple[int, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Entries, and the questions to ask about them."""

    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]
    language: str = "en"
    documents: bool = False


def sampled(data: QuestionSet, limit: int) -> QuestionSet:
    """Return the set with at most `limit` questions, the same ones every time."""
    if len(data.questions) <= limit:
        return data
    drawn = random.Random(SEED).sample(list(data.questions), limit)
    return replace(data, questions=tuple(drawn))


def stackfaq(folder: Path, *, asked: int, left_out: float = 0.0) -> QuestionSet:
    """Return StackFAQ: `asked` ways of asking are indexed, the rest is asked.

    Args:
        left_out: Share of the entries that are asked about but not indexed.
    """
    pairs = _json(folder / "stackfaq" / "faq.json")["root"]["qapair"]
    gone = set(
        random.Random(SEED).sample(range(len(pairs)), int(left_out * len(pairs)))
    )
    entries, questions = [], []
    for number, pair in enumerate(pairs):
        ways = [
            pair["question"],
            *(text for text in pair["rephr"] if text not in NOISE),
        ]
        entry = Entry(f"e{number:04}", tuple(ways[:asked]), " ".join(pair["answer"]))
        expected = "" if number in gone else entry.id
        questions += [Question(text, expected) for text in ways[asked:]]
        if expected:
            entries.append(entry)
    return QuestionSet(tuple(entries), tuple(questions))


def banking77(folder: Path, *, asked: int, drawn: bool = True) -> QuestionSet:
    """Return Banking77: `asked` training messages of each intent are indexed.

    Args:
        drawn: Draw them; else take the first ones, which are often much alike.
    """
    train, test = (_rows(folder / "banking77" / f"{n}.csv") for n in ("train", "test"))
    return _intents(train, test, asked, drawn=drawn)


def clinc150(
    folder: Path, *, asked: int, drawn: bool = True, strangers: bool = False
) -> QuestionSet:
    """Return CLINC150, likewise; with `strangers` those out of scope are asked too."""
    data = _json(folder / "clinc150" / "data_full.json")
    known = _intents(data["train"], data["test"], asked, drawn=drawn)
    outside = [Question(text, "") for text, _ in data["oos_test"] if strangers]
    return replace(known, questions=(*known.questions, *outside))


def _intents(
    train: Sequence[Sequence[str]],
    test: Sequence[Sequence[str]],
    asked: int,
    *,
    drawn: bool,
) -> QuestionSet:
    ways: dict[str, list[str]] = {}
    for text, intent in train:
        ways.setdefault(intent, []).append(text)
    chance = random.Random(SEED)
    entries = []
    for name in sorted(ways):
        own = chance.sample(ways[name], asked) if drawn else ways[name][:asked]
        entries.append(Entry(name, tuple(own), ""))
    return QuestionSet(
        tuple(entries), tuple(Question(text, name) for text, name in test)
    )


def squad2(folder: Path) -> QuestionSet:
    """Return SQuAD 2: paragraphs with an answerable question, and these questions."""
    return _paragraphs(folder / "squad2" / "dev.json", "en")


def xquad(folder: Path, *, language: str) -> QuestionSet:
    """Return XQuAD in one language."""
    return _paragraphs(folder / "xquad" / f"{language}.json", language)


def _paragraphs(path: Path, language: str) -> QuestionSet:
    entries, questions = [], []
    articles = _json(path)["data"]
    for paragraph in (part for article in articles for part in article["paragraphs"]):
        asked = [q for q in paragraph["qas"] if not q.get("is_impossible")]
        if not asked:
            continue
        entry = Entry(f"e{len(entries):04}", (), _joined(paragraph["context"]))
        entries.append(entry)
        for question in asked:
            starts = {answer["answer_start"] for answer in question["answers"]}
            spans = tuple(
                _place(paragraph["context"], start) for start in sorted(starts)
            )
            questions.append(Question(question["question"], entry.id, spans))
    return QuestionSet(tuple(entries), tuple(questions), language, documents=True)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _place(text: str, start: int) -> int:
    """Return where a place of a text is found once its blanks are joined."""
    before = _joined(text[:start])
    return len(before) + bool(before and text[start - 1].isspace())


def canard(folder: Path) -> QuestionSet:
    """Return CANARD: answers under their title and heading; follow-ups are asked.

    An answer that is no answer ("I don't know") is neither indexed nor asked for.
    """
    entries, questions = [], []
    for turns in _dialogues(_json(folder / "canard" / "dev.json")).values():
        heading = ": ".join(turns[-1]["History"][:2])
        said = turns[-1]["History"][3::2]
        shown: list[str] = []
        for turn, answer in zip(turns, said, strict=False):
            if "I don't know" in answer:
                continue
            entry = Entry(f"e{len(entries):04}", (heading,), answer)
            entries.append(entry)
            if shown:
                questions.append(
                    Question(turn["Question"], entry.id, before=tuple(shown))
                )
            shown.append(entry.id)
    return QuestionSet(tuple(entries), tuple(questions))


def _dialogues(turns: Sequence[Any]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for turn in sorted(turns, key=lambda turn: int(turn["Question_no"])):
        found.setdefault(turn["QuAC_dialog_id"], []).append(turn)
    return found


def twice(data: QuestionSet) -> QuestionSet:
    """Return the set with all questions as they are, then all with one slip each."""
    chance = random.Random(SEED)
    slipped = tuple(
        replace(question, text=_with_slip(question.text, chance))
        for question in data.questions
    )
    return replace(data, questions=(*data.questions, *slipped))


def _with_slip(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    places = [
        place
        for place, word in enumerate(words)
        if len(word) >= MIN_LETTERS and word.isalpha()
    ]
    if places:
        place = chance.choice(places)
        words[place] = chance.choice(SLIPS)(words[place], chance)
    return " ".join(words)


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _mistaken(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(LETTERS) + word[at + 1 :]


SLIPS: tuple[Callable[[str, random.Random], str], ...] = (
    _swapped,
    _dropped,
    _doubled,
    _mistaken,
)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _rows(path: Path) -> list[tuple[str, str]]:
    return list(_read_rows(path))


def _read_rows(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["category"]
