"""Reading the curated YAML: facts, sources, glossary, safety.

All problems of all files are gathered, so that one run names them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from indexer.csv_facts import Draft, read_csv_facts
from indexer.errors import KnowledgeError
from indexer.files import checksum, files_below, read_text, relative
from indexer.glossary import Glossary
from indexer.schema import (
    ExamplesFile,
    FactFile,
    FactRecord,
    GlossaryFile,
    NearMissesFile,
    SafetyFile,
    SourceFile,
)
from indexer.types import Document, Quote, Section, Source

SAFETY = "safety.yaml"
EXAMPLES = "safety-examples.yaml"
NEAR_MISSES = "near-misses.yaml"
SOURCES = "sources.yaml"
FileModel = TypeVar("FileModel", bound=BaseModel)


class _Loader(yaml.CBaseLoader):
    """Every scalar is text; a key given twice is an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                reason = f'"{name}" is given twice'
                raise yaml.constructor.ConstructorError(
                    None, None, reason, key.start_mark
                )
            seen.add(name)
        return dict(super().construct_mapping(node, deep))


def parse_yaml(text: str, file: str) -> Any:
    """Parse YAML with all scalars as text.

    Raises:
        KnowledgeError: It does not parse, or uses anchors (which can explode).
    """
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                place = f"line {mark.line + 1}" if mark else ""
                reason = "anchors and aliases (* and &) are not allowed; write it out"
                raise KnowledgeError(file, place, reason)
        # A base loader builds nothing but text, lists and mappings.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}" if mark else ""
        reason = f"{error.problem or 'is not YAML'}; check quotes, colons and indents"
        raise KnowledgeError(file, place, reason) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = f"is not YAML ({str(error)[:80] or 'nested too deep'})"
        raise KnowledgeError(file, "", " ".join(reason.split())) from None


def read_model(text: str, file: str, model: type[FileModel]) -> FileModel:
    """Parse YAML into a model.

    Raises:
        ExceptionGroup: Of KnowledgeError, one a fault.
        KnowledgeError: It is not YAML at all.
    """
    data = parse_yaml(text, file)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [
            KnowledgeError(
                file, *_fault(data, tuple(fault["loc"]), fault["type"], fault["msg"])
            )
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise ExceptionGroup(file, faults) from None


def _fault(data: Any, loc: tuple[Any, ...], kind: str, message: str) -> tuple[str, str]:
    """Say a fault as place and reason: fact 3 (som8), "answer" is missing."""
    place, value = [], data
    for step in loc:
        value = _step(value, step)
        if isinstance(step, int):
            name = value.get("id") if isinstance(value, dict) else None
            place.append(
                f"{step + 1} ({name})" if isinstance(name, str) else f"{step + 1}"
            )
        elif step == loc[-1] or step not in ("facts", "sources"):
            place.append(f'"{step}"')
        else:
            place.append(str(step)[:-1])
    field_name = f'"{loc[-1]}"' if loc and isinstance(loc[-1], str) else "it"
    reasons = {
        "missing": f"{field_name} is missing; add it",
        "extra_forbidden": f"{field_name} is no field of this record; "
        "remove it or check its spelling",
    }
    reason = reasons.get(kind) or message.removeprefix("Value error, ")
    return " ".join(place[:-1] if kind in reasons else place), reason


def _step(value: Any, step: Any) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


@dataclass
class Curated:
    """The curated files, as far as they could be read, and what is wrong in them."""

    facts: list[Document] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    glossary: Glossary = field(default_factory=Glossary)
    safety: SafetyFile | None = None
    safety_text: str = ""
    examples: ExamplesFile | None = None
    near_misses: list[str] = field(default_factory=list)
    problems: list[KnowledgeError] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Id of a fact to where it stands, for messages."""


def read_curated(knowledge: Path) -> Curated:
    """Read all curated files of a knowledge folder; missing ones count as empty."""
    curated = Curated()
    sources = _read_file(knowledge / SOURCES, knowledge, SourceFile, curated)
    glossary = _read_file(knowledge / "glossary.yaml", knowledge, GlossaryFile, curated)
    safety = _read_file(knowledge / SAFETY, knowledge, SafetyFile, curated)
    curated.examples = _read_file(
        knowledge / EXAMPLES, knowledge, ExamplesFile, curated
    )
    near_misses = _read_file(
        knowledge / NEAR_MISSES, knowledge, NearMissesFile, curated
    )
    if sources:
        _take_sources(sources, curated)
    if glossary:
        curated.glossary = compile_glossary(glossary)
    if safety:
        curated.safety = safety
        curated.safety_text = read_text(knowledge / SAFETY, knowledge)
        _check_known_sources(safety, curated)
    for path in files_below(knowledge / "facts", knowledge, curated.problems):
        if path.suffix in (".yaml", ".yml"):
            _read_fact_file(path, knowledge, curated)
        elif path.suffix == ".csv":
            table = read_csv_facts(path, knowledge)
            curated.problems += table.problems
            curated.drafts += table.drafts
            for row in table.facts:
                take_fact(
                    row.record, row.topic, row.place, relative(path, knowledge), curated
                )
    owners = _check_questions(curated)
    if near_misses:
        _take_near_misses(near_misses, owners, curated)
    return curated


def _read_file(
    path: Path, knowledge: Path, model: type[FileModel], curated: Curated
) -> FileModel | None:
    if not path.exists() and not path.is_symlink():
        return None
    try:
        return read_model(read_text(path, knowledge), relative(path, knowledge), model)
    except KnowledgeError as error:
        curated.problems.append(error)
    except ExceptionGroup as group:
        curated.problems.extend(_flat(group))
    return None


def _flat(group: ExceptionGroup[Exception]) -> Iterable[KnowledgeError]:
    return (error for error in group.exceptions if isinstance(error, KnowledgeError))


def _take_sources(file: SourceFile, curated: Curated) -> None:
    for number, record in enumerate(file.sources, start=1):
        if record.id in curated.sources:
            reason = "another source has this id; ids are unique"
            place = f"source {number} ({record.id})"
            curated.problems.append(KnowledgeError(SOURCES, place, reason))
        curated.sources[record.id] = Source(
            id=record.id,
            title=record.title,
            publisher=record.publisher,
            url=record.url or "",
            date=record.date or "",
            linked=record.link in ("yes", "true") and record.url is not None,
        )


def compile_glossary(file: GlossaryFile) -> Glossary:
    """Turn the glossary's records into the plain lists that are stored."""
    return Glossary(
        entities={name: record.names for name, record in file.entities.items()},
        numbered=sorted(
            name
            for name, record in file.entities.items()
            if record.numbered in ("true", "yes")
        ),
        bodies=sorted(
            name
            for name, record in file.entities.items()
            if record.body in ("true", "yes")
        ),
        countries={name: record.names for name, record in file.countries.items()},
        cities={name: record.cities for name, record in file.countries.items()},
        synonyms=file.synonyms,
        contrasts=file.contrasts,
        questions=file.questions,
        fillers=file.fillers,
    )


def _check_known_sources(safety: SafetyFile, curated: Curated) -> None:
    for kind, records in (("number", safety.numbers), ("route", safety.routes)):
        for record in records:
            for source in record.sources:
                if source not in curated.sources:
                    _unknown_source(curated, SAFETY, f"{kind} ({record.id})", source)


def _unknown_source(curated: Curated, file: str, place: str, source: str) -> None:
    if not curated.sources and _is_faulty(curated, SOURCES):
        # Then no source is known; one fault would be told a thousand times.
        return
    reason = f'source "{source}" is not in sources.yaml; add it there or correct the id'
    curated.problems.append(KnowledgeError(file, place, reason))


def _is_faulty(curated: Curated, file: str) -> bool:
    return any(problem.file == file for problem in curated.problems)


def _read_fact_file(path: Path, knowledge: Path, curated: Curated) -> None:
    file = relative(path, knowledge)
    read = _read_file(path, knowledge, FactFile, curated)
    records = enumerate(read.facts, start=1) if read else _sound(path, knowledge)
    for number, record in records:
        topic = read.topic if read else ""
        take_fact(record, topic, f"fact {number} ({record.id})", file, curated)


def _sound(path: Path, knowledge: Path) -> Iterator[tuple[int, FactRecord]]:
    """Yield the sound records of a faulty file, so that one run checks them too."""
    data = None
    with suppress(KnowledgeError):
        data = parse_yaml(read_text(path, knowledge), relative(path, knowledge))
    records = _step(data, "facts")
    for number, record in enumerate(records if isinstance(records, list) else (), 1):
        with suppress(ValidationError):
            yield number, FactRecord.model_validate(record)


def take_fact(
    record: FactRecord, topic: str, place: str, file: str, curated: Curated
) -> None:
    """Add a fact, with what is wrong about it among all the others."""
    if record.id in curated.places:
        reason = f"the id is taken by {curated.places[record.id]}; ids are unique"
        curated.problems.append(KnowledgeError(file, place, reason))
        return
    curated.places[record.id] = f"{file}: {place}"
    sources = [*record.sources, *([record.quote.source] if record.quote else [])]
    for source in sources:
        if source not in curated.sources:
            _unknown_source(curated, file, place, source)
    answer = _fill_number(record, file, place, curated)
    curated.facts.append(_fact(record, topic, answer, file))


def _fill_number(record: FactRecord, file: str, place: str, curated: Curated) -> str:
    """Put the telephone number of safety.yaml into a hotline fact's answer."""
    if record.help is None:
        if "{number}" in record.answer:
            reason = '"{number}" needs "help" with the id of a number in safety.yaml'
            curated.problems.append(KnowledgeError(file, place, reason))
        return record.answer
    numbers = curated.safety.numbers if curated.safety else []
    for number in numbers:
        if number.id == record.help:
            return record.answer.replace("{number}", number.number)
    if curated.safety is None and _is_faulty(curated, SAFETY):
        return record.answer
    cure = "add it there or correct the id"
    reason = f'"help: {record.help}" is no number of safety.yaml; {cure}'
    curated.problems.append(KnowledgeError(file, place, reason))
    return record.answer


def _fact(record: FactRecord, topic: str, answer: str, file: str) -> Document:
    said = record.quote
    return Document(
        id=record.id,
        kind="fact",
        title=record.asked[0],
        topic=topic,
        as_of=record.as_of,
        disputed=record.disputed in ("true", "yes"),
        absent=record.absent in ("true", "yes"),
        review_by=record.review_by or "",
        changed=record.changed or "",
        quote=Quote(said.text, said.speaker, said.source) if said else None,
        sections=(Section(record.asked[0], answer, ""),),
        source_ids=tuple(record.sources),
        checksum=checksum(record.model_dump_json(), topic, answer),
        variants=tuple(record.asked),
        file=file,
    )


def _check_questions(curated: Curated) -> dict[str, str]:
    """Refuse a way of asking that two facts share: nobody could answer it.

    Returns:
        Each way of asking, in small letters, to the fact that has it.
    """
    owners: dict[str, str] = {}
    for fact in curated.facts:
        for variant in fact.variants:
            key = _small(variant)
            other = owners.setdefault(key, fact.id)
            if other != fact.id:
                file, _, place = curated.places[fact.id].partition(": ")
                cure = "keep it in one of them"
                reason = f'"{variant}" is also a way of asking {other}; {cure}'
                curated.problems.append(KnowledgeError(file, place, reason))
    return owners


def _small(question: str) -> str:
    return " ".join(question.lower().rstrip("?!. ").split())


def _take_near_misses(
    file: NearMissesFile, owners: Mapping[str, str], curated: Curated
) -> None:
    """Keep the questions that no fact answers; refuse those that one claims to."""
    known, seen = {fact.id for fact in curated.facts}, set[str]()
    for fact_id, questions in file.root.items():
        reasons = []
        if fact_id not in known:
            reasons.append("no fact has this id; check its spelling")
        for question in questions:
            key = _small(question)
            if key in owners:
                cure = "it is answered, or it is not; keep it in one place"
                reasons.append(f'"{question}" is a way of asking {owners[key]}; {cure}')
            elif key in seen:
                reasons.append(f'"{question}" is given twice; keep one')
            seen.add(key)
            curated.near_misses.append(question)
        curated.problems += [
            KnowledgeError(NEAR_MISSES, f'"{fact_id}"', reason) for reason in reasons
        ]


def read_safety(text: str) -> SafetyFile:
    """Read the text of a safety.yaml.

    Raises:
        KnowledgeError: The first thing that is wrong with it.
    """
    try:
        return read_model(text, SAFETY, SafetyFile)
    except ExceptionGroup as group:
        raise next(iter(_flat(group))) from None
