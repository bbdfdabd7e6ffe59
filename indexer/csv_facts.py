"""Facts from a table: one row a fact, as a spreadsheet writes it.

Columns are question, answer, source, date and, where wanted, id and topic. Several
questions, or sources, are parted by " | ". A row without source or date is a draft:
it is listed and not indexed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from indexer.errors import KnowledgeError, printable
from indexer.files import read_bytes, relative
from indexer.schema import FactRecord

NEEDED = ("question", "answer", "source", "date")
COLUMNS = (*NEEDED, "id", "topic")
FIELDS = {"asked": "question", "sources": "source", "as_of": "date"}
SEPARATORS = (",", ";", "\t")
PARTS = re.compile(r"\s+\|\s+")
MAX_ID = 48


@dataclass(frozen=True, slots=True)
class CsvFact:
    """A validated row; `place` is where it stands, for messages."""

    record: FactRecord
    topic: str
    line: int

    @property
    def place(self) -> str:
        """Line and id, as messages name them: line 3 (som8)."""
        return f"line {self.line} ({self.record.id})"


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that is not indexed, because its source or date is missing."""

    file: str
    line: int
    question: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """Say what is missing, as one line of a report."""
        lack = " and ".join(self.missing)
        where = f"{printable(self.file)}: line {self.line}"
        return (
            f'{where}: draft, not indexed: "{printable(self.question)}" has no {lack}'
        )


@dataclass(frozen=True, slots=True)
class CsvFacts:
    """What a table holds: facts, drafts, and what is wrong with it."""

    facts: list[CsvFact] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    problems: list[KnowledgeError] = field(default_factory=list)


def read_csv_facts(path: Path, knowledge: Path) -> CsvFacts:
    """Read a table of facts; every fault is gathered, none is raised.

    The separator is the one of comma, semicolon and tab that makes the first line
    name the columns: surer than guessing, because their names are known.
    """
    file, read = relative(path, knowledge), CsvFacts()
    try:
        for line, row in _rows(_text(path, knowledge), file):
            _take(row, line, file, read)
    except KnowledgeError as error:
        read.problems.append(error)
    return read


def made_id(stem: str, question: str) -> str:
    """Return the id of a row without one: file stem, "-", 8 digits of its question.

    >>> made_id("Law questions", "Which law?")
    'law-questions-2e6453a7'
    """
    digits = hashlib.sha256(question.encode()).hexdigest()[:8]
    name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "fact"
    return f"{name[: MAX_ID - len(digits) - 1].rstrip('-')}-{digits}"


def _text(path: Path, knowledge: Path) -> str:
    file, data = relative(path, knowledge), read_bytes(path, knowledge)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"line {data.count(10, 0, error.start) + 1}"
        reason = 'is not UTF-8; save it anew as "CSV UTF-8"'
        raise KnowledgeError(file, place, reason) from None
    if "\x00" in text:
        place = f"line {text.count(chr(10), 0, text.find(chr(0))) + 1}"
        reason = 'holds NUL characters; save it anew as "CSV UTF-8"'
        raise KnowledgeError(file, place, reason)
    if not text.strip():
        raise KnowledgeError(file, "", "is empty; fill it or remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield the rows below the first, each with the line where it begins.

    None stands for a row with more cells than there are columns.
    """
    lines = list(io.StringIO(text, newline="\n"))
    first = next(number for number, line in enumerate(lines) if line.strip())
    if re.fullmatch(r"sep=.", lines[first].strip(), re.IGNORECASE):
        # Excel writes its separator there; the header says the same.
        first += 1
    separator, columns = _header(
        lines[first] if first < len(lines) else "", file, first + 1
    )
    reader = csv.reader(lines[first + 1 :], delimiter=separator, strict=True)
    while True:
        line = first + reader.line_num + 2  # from 1, after the header
        try:
            cells = next(reader, None)
        except csv.Error as error:
            cure = "close the quotes, and double those inside"
            reason = f"cannot be read from here on ({error}); {cure}"
            raise KnowledgeError(file, f"line {line}", reason) from None
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        too_many = any(cell.strip() for cell in cells[len(columns) :])
        row = dict(zip(columns, map(str.strip, cells), strict=False))
        yield line, None if too_many else row


def _header(line: str, file: str, number: int) -> tuple[str, list[str]]:
    """Return the separator and the names of the columns."""
    found, best = list[str](), SEPARATORS[0]
    for separator in SEPARATORS:
        cells = next(csv.reader([line], delimiter=separator), [])
        columns = [cell.strip().lower() for cell in cells]
        while columns and not columns[-1]:
            columns.pop()
        if len(columns) > len(found):
            found, best = columns, separator
    missing = [name for name in NEEDED if name not in found]
    unknown = [name for name in found if name not in COLUMNS]
    if missing or unknown or len(set(found)) < len(found):
        reason = f"the columns are {', '.join(found) or 'missing'}"
        cure = f"name them once each: {', '.join(NEEDED)}, and if wanted id, topic"
        parted = "parted by comma, semicolon or tab"
        raise KnowledgeError(file, f"line {number}", f"{reason}; {cure}, {parted}")
    return best, found


def _take(row: dict[str, str] | None, line: int, file: str, read: CsvFacts) -> None:
    """Put a row where it belongs: facts, drafts or problems."""
    place = f"line {line}"
    if row is None:
        cure = "put quotes around a cell that holds a separator"
        reason = f"has more cells than columns; {cure}"
        read.problems.append(KnowledgeError(file, place, reason))
        return
    asked = _parts(row.get("question", ""))
    lacking = tuple(
        name for name in ("source", "date") if not _parts(row.get(name, ""))
    )
    if asked and lacking:
        read.drafts.append(Draft(file, line, asked[0], lacking))
        return
    stem = Path(file).stem
    try:
        record = FactRecord(
            id=row.get("id") or made_id(stem, asked[0] if asked else ""),
            as_of=row.get("date", ""),
            sources=_parts(row.get("source", "")),
            asked=asked,
            answer=row.get("answer", ""),
        )
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            reason = _reason(str(fault["loc"][0]), fault["type"], fault["msg"])
            read.problems.append(KnowledgeError(file, place, reason))
        return
    topic = row.get("topic") or " ".join(re.split(r"[\W_]+", stem)).strip().capitalize()
    read.facts.append(CsvFact(record, topic or "Facts", line))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in PARTS.split(f" {cell} ") if part.strip(" |")]


def _reason(name: str, kind: str, message: str) -> str:
    """Say a fault in the words of the table: "date" is missing; add it."""
    column = FIELDS.get(name, name)
    if kind == "too_short" or "is empty" in message:
        return f'"{column}" is missing; fill the cell'
    if kind == "string_pattern_mismatch":
        allowed = f'small letters, figures and "-", at most {MAX_ID}'
        return f'"{column}" may hold {allowed}; correct it'
    return f'"{column}": {message.removeprefix("Value error, ")}'
