"""Folder against index: redo what changed, weigh, calibrate, write, swap.

Errors in curated files stop the build and the old index goes on answering; a
document that cannot be read is left out and named, and the rest goes live.
"""

from __future__ import annotations

import importlib.metadata
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from indexer import analysis, contrast, fitting, tfidf
from indexer.analysis import grams, tokens
from indexer.confidence import Calibration
from indexer.english import common_words
from indexer.errors import (
    BuildBusyError,
    BuildRefusedError,
    IndexerError,
    IndexOutdatedError,
    KnowledgeError,
)
from indexer.facts import Curated, read_curated
from indexer.files import (
    checksum,
    files_below,
    folder_hash,
    read_bytes,
    relative,
    stamp,
)
from indexer.glossary import Analysed, Analyser, weight
from indexer.intake import inspect, mended
from indexer.left_out import leave_one_out
from indexer.loaders import SIDE_FILES, load
from indexer.loaders.front import side_file
from indexer.passages import split
from indexer.search import Index
from indexer.store import Content, Store, clear_litter, new_of, set_meta, swap, write
from indexer.types import Document, Passage

TITLE = 2
OPTIONS = {
    "k1": tfidf.K1,
    "b": tfidf.B,
    "fields": [tfidf.ASKED, tfidf.TOPIC, tfidf.ANSWER, TITLE],
    "target": fitting.TARGET,
}
LIBRARIES = ("numpy", "scipy", "scikit-learn", "PyStemmer", "pyspellchecker")

Thing = TypeVar("Thing")
Track = Callable[[Sequence[Thing], str], Iterable[Thing]]


def silent(things: Sequence[Thing], label: str) -> Iterable[Thing]:
    """Show no progress."""
    return things


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        written: False where nothing had changed.
        problems: Documents left out, each with its reason.
        added, changed, removed: Document ids, against the old index.
    """

    build_id: str
    written: bool
    facts: int = 0
    documents: int = 0
    passages: int = 0
    problems: tuple[KnowledgeError, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    calibration: Calibration = field(default_factory=Calibration)
    intake: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drafts: tuple[str, ...] = ()


def build(
    knowledge: Path,
    index: Path,
    *,
    full: bool = False,
    trial: Path | None = None,
    track: Track[Any] = silent,
) -> Report:
    """Bring an index up to date with a knowledge folder.

    Args:
        full: Read everything anew, whatever the old index holds.
        trial: Write there instead, and swap nothing.
        track: Wraps what is iterated over, to show progress.

    Raises:
        BuildRefusedError: A curated file is wrong; its `__notes__` name each fault.
        BuildBusyError: Another build of this index is running.
        IndexerError: The index cannot be written.
    """
    if not knowledge.is_dir():
        raise IndexerError(f"there is no folder {knowledge}; name one with --knowledge")
    try:
        index.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(index.with_name(f"{index.name}.lock"), timeout=0):
            clear_litter(index)
            return _build(knowledge, index, full=full, trial=trial, track=track)
    except Timeout:
        reason = f"another build of {index} is running; wait for it to end"
        raise BuildBusyError(reason) from None
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        reason = f"the index cannot be written to {index.parent} ({why})"
        raise IndexerError(f"{reason}; the old one is untouched") from None
    except sqlite3.DatabaseError:
        cure = "run `python -m indexer build --full`"
        raise IndexOutdatedError(f"{index} is damaged; {cure}") from None


def _build(
    knowledge: Path, index: Path, *, full: bool, trial: Path | None, track: Track[Any]
) -> Report:
    old = None if full else _open_old(index)
    try:
        stamped = _stamp(knowledge)
        if old and stamped and trial is None and _same_files(old, stamped, knowledge):
            return _known_report(old.meta)
        curated = read_curated(knowledge)
        refuse_if_wrong(curated.problems)
        return _build_on(
            old, curated, knowledge, index, stamped, trial=trial, track=track
        )
    finally:
        if old:
            old.close()


def _build_on(
    old: Store | None,
    curated: Curated,
    knowledge: Path,
    index: Path,
    stamped: str,
    *,
    trial: Path | None,
    track: Track[Any],
) -> Report:
    problems: list[KnowledgeError] = []
    documents, files, intake = _read_documents(knowledge, old, problems, track)
    _check_document_sources(documents, curated, problems)
    build_id = _build_id(knowledge, curated, files)
    if old and _unchanged(old, build_id, knowledge) and trial is None:
        return _report(old.meta, build_id, documents, curated, problems, written=False)
    content = _content(knowledge, curated, documents, files, intake, build_id, old)
    # What is to be said again at every build must not be passed over unread.
    content.meta["stamp"] = "" if problems or curated.drafts else stamped
    target = trial or new_of(index)
    try:
        _calibrate_and_write(target, content, old, track)
        if trial is None:
            swap(target, index)
    finally:
        if trial is None:
            target.unlink(missing_ok=True)
    report = _report(content.meta, build_id, documents, curated, problems, written=True)
    return _compared(report, old, content)


def _stamp(knowledge: Path) -> str:
    """Hash all that a build depends on, as far as bytes tell; "" where they do not."""
    files = stamp(knowledge)
    return files and checksum(files, analysis.VERSION, json.dumps(OPTIONS))


def _same_files(old: Store, stamped: str, knowledge: Path) -> bool:
    known = (old.meta.get("stamp"), old.meta["knowledge"])
    return known == (stamped, folder_hash(knowledge))


def _known_report(meta: dict[str, str]) -> Report:
    """Report that nothing changed, from what the index says of itself."""
    facts, documents, passages = json.loads(meta["counts"])
    return Report(
        build_id=meta["build_id"],
        written=False,
        facts=facts,
        documents=documents,
        passages=passages,
        calibration=Calibration.from_json(meta["calibration"]),
    )


def write_beside(knowledge: Path, curated: Curated, index: Path, target: Path) -> None:
    """Write an index of a folder with other curated files, to try them out.

    Nothing is calibrated anew and nothing swapped: documents and calibration are the
    old index's where there is one; without, confidence follows the fixed rule.
    """
    old = _open_old(index)
    try:
        documents, files, intake = _read_documents(knowledge, old, [], silent)
        build_id = _build_id(knowledge, curated, files)
        content = _content(knowledge, curated, documents, files, intake, build_id, old)
        if old:
            content.meta["calibration"] = old.meta["calibration"]
    finally:
        if old:
            old.close()
    write(target, content)


def refuse_if_wrong(problems: Sequence[KnowledgeError]) -> None:
    """Raise `BuildRefusedError` with a note for each problem, if there is any."""
    if problems:
        error = BuildRefusedError(
            f"{len(problems)} error(s) in curated files; nothing was swapped"
        )
        for problem in problems:
            error.add_note(str(problem))
        raise error


def _open_old(index: Path) -> Store | None:
    try:
        return Store(index)
    except IndexerError:
        return None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document with its passages; `reused` where the old index held it already."""

    document: Document
    passages: tuple[Passage, ...]
    reused: bool


def _read_documents(
    knowledge: Path,
    old: Store | None,
    problems: list[KnowledgeError],
    track: Track[Path],
) -> tuple[list[Loaded], dict[str, str], dict[str, tuple[str, ...]]]:
    """Read the documents whose bytes are new; take the others from the old index.

    Returns:
        The documents, the checksum of each file, and each file's intake report.
    """
    known = old.files() if old else {}
    held = _held_by(old) if old else {}
    documents, files, intake = [], {}, {}
    paths = list(files_below(knowledge / "documents", knowledge, problems))
    sides = {path for path in paths if path.suffix in SIDE_FILES}
    for path in track(_without_side_files(paths), "Reading documents"):
        name = relative(path, knowledge)
        try:
            side = _side_bytes(path, knowledge, sides)
            digest = checksum(read_bytes(path, knowledge), side)
            if known.get(name, ("",))[0] == digest and name in held:
                documents.append(held[name])
                intake[name] = known[name][1]
            else:
                raw = load(path, knowledge)
                intake[name] = inspect(raw)
                document = replace(mended(raw), checksum=digest)
                documents.append(Loaded(document, tuple(split(document)), reused=False))
            files[name] = digest
        except KnowledgeError as error:
            problems.append(error)
    # What the old index could answer from and this one cannot is named first.
    problems.sort(key=lambda problem: (problem.file not in known, problem.file))
    return documents, files, intake


def _without_side_files(paths: list[Path]) -> list[Path]:
    """Leave out `report.yaml` and `report.pdf.yaml`, which belong to `report.pdf`."""
    stems = {path.with_suffix("") for path in paths if path.suffix not in SIDE_FILES}
    names = set(paths)
    return [
        path
        for path in paths
        if path.suffix not in SIDE_FILES
        or (path.with_suffix("") not in stems and path.with_suffix("") not in names)
    ]


def _side_bytes(path: Path, knowledge: Path, sides: set[Path]) -> bytes:
    """Return the bytes of a document's side file; nothing where it has none."""
    if not sides:
        return b""
    side = side_file(path)
    return read_bytes(side, knowledge) if side.is_file() and side != path else b""


def _held_by(old: Store) -> dict[str, Loaded]:
    """Return the old index's documents with their passages, by file."""
    passages: dict[str, list[Passage]] = {}
    for space in json.loads(old.meta["spaces"]):
        if space.startswith("passages:"):
            for passage in old.all_passages(space):
                passages.setdefault(passage.document_id, []).append(passage)
    return {
        document.id: Loaded(document, tuple(passages.get(document.id, ())), reused=True)
        for document in old.documents()
        if document.kind == "document"
    }


def _check_document_sources(
    documents: list[Loaded], curated: Curated, problems: list[KnowledgeError]
) -> None:
    """Leave out documents that name a source nobody described."""
    for loaded in list(documents):
        for source in loaded.document.source_ids:
            if source not in curated.sources:
                cure = "add it there or correct the id"
                reason = f'source "{source}" is not in sources.yaml; {cure}'
                problems.append(
                    KnowledgeError(loaded.document.file, "front matter", reason)
                )
                documents.remove(loaded)
                break


def _build_id(knowledge: Path, curated: Curated, files: dict[str, str]) -> str:
    """Hash what the answers depend on; never library versions or the time of day."""
    parts = [
        analysis.VERSION,
        json.dumps(OPTIONS),
        curated.glossary.to_json(),
        curated.safety_text,
    ]
    parts += [f"{fact.id} {fact.checksum}" for fact in _sorted(curated.facts)]
    parts += [repr(source) for _, source in sorted(curated.sources.items())]
    parts += [f"{name} {digest}" for name, digest in sorted(files.items())]
    return checksum(*parts)[:16]


def _sorted(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.id)


def _facts_hash(curated: Curated) -> str:
    """Hash what gram weights and calibration depend on, library versions included."""
    versions = [importlib.metadata.version(name) for name in LIBRARIES]
    facts = [fact.checksum for fact in _sorted(curated.facts)]
    return checksum(
        analysis.VERSION,
        json.dumps(OPTIONS),
        curated.glossary.to_json(),
        *versions,
        *facts,
    )


def _unchanged(old: Store, build_id: str, knowledge: Path) -> bool:
    before = (old.meta["build_id"], old.meta["knowledge"])
    return before == (build_id, folder_hash(knowledge))


def _content(
    knowledge: Path,
    curated: Curated,
    documents: list[Loaded],
    files: dict[str, str],
    intake: dict[str, tuple[str, ...]],
    build_id: str,
    old: Store | None,
) -> Content:
    """Put together everything that goes into the index file."""
    content = Content(
        documents=[*curated.facts, *(loaded.document for loaded in documents)],
        sources=list(curated.sources.values()),
        files=files,
        intake=intake,
    )
    analyser = Analyser(curated.glossary)
    facts_hash = _facts_hash(curated)
    same_analysis = (
        old is not None and old.meta["glossary"] == curated.glossary.to_json()
    )
    content.meta = {
        "build_id": build_id,
        "knowledge": folder_hash(knowledge),
        "glossary": curated.glossary.to_json(),
        "safety": curated.safety_text,
        "options": json.dumps(OPTIONS),
        "libraries": json.dumps(
            {name: importlib.metadata.version(name) for name in LIBRARIES}
        ),
        "facts_hash": facts_hash,
        "calibration": Calibration().to_json(),
    }
    facts = _sorted(curated.facts)
    if old is not None and old.meta["facts_hash"] == facts_hash:
        _keep_facts(content, old, facts)
    else:
        _add_facts(content, analyser, facts)
    _add_documents(content, analyser, documents, old if same_analysis else None)
    counts = [len(curated.facts), len(documents)]
    counts.append(sum(len(loaded.passages) for loaded in documents))
    content.meta["counts"] = json.dumps(counts)
    content.meta["spaces"] = json.dumps(sorted(content.passages))
    return content


def _keep_facts(content: Content, old: Store, facts: list[Document]) -> None:
    """Take the facts' counts and weights from the old index: nothing they rest on
    has changed.
    """
    content.passages["facts:en"] = [
        passage for fact in facts for passage in split(fact)
    ]
    content.wide |= {"facts:en", "grams:en"}
    for space in ("facts:en", "grams:en", "features:en"):
        content.postings[space] = old.postings(space)
    for name in ("facts:en", "grams:en"):
        content.arrays[name] = old.array(name)
    content.surface = old.surface(least=0)


def _add_facts(content: Content, analyser: Analyser, facts: list[Document]) -> None:
    """Count the facts: one document of all ways of asking, the topic and the answer."""
    passages = [passage for fact in facts for passage in split(fact)]
    asked = [[analyser.analyse(text) for text in fact.variants] for fact in facts]
    topics = [analyser.analyse(fact.topic) for fact in facts]
    answers = [analyser.analyse(passage.text) for passage in passages]
    postings = tfidf.merge(
        [
            (tfidf.count([_joined(texts) for texts in asked]), tfidf.ASKED, 0),
            (tfidf.count([topic.terms for topic in topics]), tfidf.TOPIC, 0),
            (tfidf.count([answer.terms for answer in answers]), tfidf.ANSWER, 0),
        ]
    )
    gram_counts = tfidf.count(
        [
            list(grams(word for text in (*texts, topic, answer) for word in text.words))
            for texts, topic, answer in zip(asked, topics, answers, strict=True)
        ]
    )
    features = [
        contrast.features_of(texts, answer, absent=fact.absent)
        for texts, answer, fact in zip(asked, answers, facts, strict=True)
    ]
    size = len(facts)
    content.passages["facts:en"] = passages
    content.postings |= {
        "facts:en": postings,
        "grams:en": gram_counts,
        "features:en": tfidf.count([list(names) for names in features]),
    }
    content.wide |= {"facts:en", "grams:en"}
    content.arrays |= {
        "facts:en": tfidf.lengths(
            postings, size, [weight(word) for word in postings.words]
        ),
        "grams:en": tfidf.gram_norms(gram_counts, size) if size else tfidf.NO_FLOATS,
    }
    texts = [
        text
        for fact in facts
        for text in (*fact.variants, fact.topic, fact.sections[0].text)
    ]
    counted = Counter(
        token.text
        for text in texts
        for token in tokens(text)
        if token.script == "latin"
    )
    content.surface = {**dict.fromkeys(common_words(), 0), **counted}


def _joined(texts: Iterable[Analysed]) -> list[str]:
    return [term for text in texts for term in text.terms]


def _add_documents(
    content: Content, analyser: Analyser, documents: list[Loaded], old: Store | None
) -> None:
    """Count the passages of documents, one space a language; unchanged as before."""
    documents = sorted(documents, key=lambda loaded: loaded.document.id)
    for language in sorted({loaded.document.language for loaded in documents}):
        space = f"passages:{language}"
        own = [loaded for loaded in documents if loaded.document.language == language]
        passages = [passage for loaded in own for passage in loaded.passages]
        new = [
            passage
            for loaded in own
            if not loaded.reused or not old
            for passage in loaded.passages
        ]
        place = {passage.id: number for number, passage in enumerate(passages)}
        counted = tfidf.count([_passage_terms(analyser, passage) for passage in new])
        parts = [tfidf.renumbered(counted, [place[passage.id] for passage in new])]
        if old:
            fresh = {passage.id for passage in new}
            before = old.all_passages(space)
            numbers = [
                place.get(passage.id, -1) if passage.id not in fresh else -1
                for passage in before
            ]
            parts.append(tfidf.renumbered(old.postings(space), numbers))
        postings = tfidf.merge([(part, 1, 0) for part in parts])
        content.passages[space] = passages
        content.postings[space] = postings
        content.arrays[space] = tfidf.lengths(
            postings, len(passages), [weight(word) for word in postings.words]
        )


def _passage_terms(analyser: Analyser, passage: Passage) -> list[str]:
    title = analyser.analyse(passage.title, language=passage.language).terms
    text = analyser.analyse(passage.text, language=passage.language).terms
    return [*(title * TITLE), *text]


def _calibrate_and_write(
    target: Path, content: Content, old: Store | None, track: Track[int]
) -> None:
    """Write the file, calibrate on it, verify it."""
    if old and old.meta["facts_hash"] == content.meta["facts_hash"]:
        content.meta["calibration"] = old.meta["calibration"]
        write(target, content)
    else:
        write(target, content)
        index = Index(target)
        try:
            samples = leave_one_out(index, content.passages["facts:en"], track)
        finally:
            index.close()
        facts = len(content.passages["facts:en"])
        content.meta["calibration"] = fitting.fit(samples, facts).to_json()
        set_meta(target, "calibration", content.meta["calibration"])
    written = Store(target)
    try:
        written.verify()
    finally:
        written.close()


def _report(
    meta: dict[str, str],
    build_id: str,
    documents: list[Loaded],
    curated: Curated,
    problems: list[KnowledgeError],
    *,
    written: bool,
) -> Report:
    return Report(
        build_id=build_id,
        written=written,
        facts=len(curated.facts),
        documents=len(documents),
        passages=sum(len(loaded.passages) for loaded in documents),
        problems=tuple(problems),
        calibration=Calibration.from_json(meta["calibration"]),
        drafts=tuple(str(draft) for draft in curated.drafts),
    )


def _compared(report: Report, old: Store | None, content: Content) -> Report:
    """Add to a report which documents are new, changed or gone."""
    before = (
        {document.id: document.checksum for document in old.documents()} if old else {}
    )
    after = {document.id: document.checksum for document in content.documents}
    return replace(
        report,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            sorted(id for id in after.keys() & before.keys() if after[id] != before[id])
        ),
        intake={n: tuple(lines) for n, lines in content.intake.items() if lines},
    )
