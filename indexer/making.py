"""Making an index file: the folder read, counted, weighed, calibrated, written.

Documents are written and counted as they are read: of their texts nothing is kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from pathlib import Path

from indexer import danger_fit, fact_counts
from indexer.confidence import Calibration
from indexer.documents import Library, Loaded
from indexer.fact_counts import FactCounts
from indexer.facts import Curated
from indexer.files import folder_hash
from indexer.glossary import Analyser
from indexer.identity import build_id, facts_hash, versions
from indexer.layout import DocumentRow, Row
from indexer.options import OPTIONS
from indexer.renewing import add_space
from indexer.reports import Track
from indexer.rows import document_row, passage_row, piece_rows, source_row
from indexer.store import Store
from indexer.tally import Tally
from indexer.terms import Terms
from indexer.types import Document
from indexer.writing import Writer, file_rows, set_meta

# So many new documents are counted at once: in arrays, of which few are cheaper.
AT_ONCE = 40


class Maker:
    """Writes one new index file from a folder, and from what an old index knows.

    Attributes:
        documents: Id of each document and fact to its checksum.
        passages: How many passages of documents there are.
    """

    def __init__(
        self, target: Path, knowledge: Path, curated: Curated, old: Store | None
    ) -> None:
        self.documents: dict[str, str] = {}
        self.passages = 0
        self._target, self._knowledge, self._curated = target, knowledge, curated
        self._old = old
        self._glossary = curated.glossary.to_json()
        self._analyser = Analyser(curated.glossary)
        # Terms are cut by the glossary: with another one all is counted anew.
        self._counts_hold = old is not None and old.meta["glossary"] == self._glossary
        self._tallies: dict[str, Tally] = {}
        # Written after all passages, so that these can be copied in long runs.
        self._rows: list[Row] = []
        self._places: dict[str, range] = {}

    def make(self, library: Library, stamped: str, track: Track[str]) -> dict[str, str]:
        """Write the whole file, not yet calibrated; return its `meta`."""
        self._places = _places(library.rows.values())
        facts = sorted(self._curated.facts, key=lambda fact: fact.id)
        counts = self._fact_counts(facts)
        writer = Writer(self._target)
        try:
            writer.begin(self._old)
            sources = sorted(self._curated.sources.values(), key=lambda s: s.id)
            writer.add("source", map(source_row, sources))
            for number, (fact, passage) in enumerate(
                zip(facts, counts.passages, strict=True)
            ):
                rows = [passage_row("facts:en", number, passage)]
                self._add_rows(writer, fact, fact.checksum, rows)
            for (language, _), run in groupby(library.documents(track), _kind):
                tally = self._tally(language)
                while some := list(islice(run, AT_ONCE)):
                    kept = [found for found in some if isinstance(found, DocumentRow)]
                    new = [found for found in some if isinstance(found, Loaded)]
                    self._keep(writer, tally, kept)
                    self._add_new(writer, tally, library, new)
            writer.end_passages()
            writer.add("document", self._rows)
            self._add_counts(writer, counts)
            writer.add("surface", sorted(counts.surface.items()))
            writer.add("way", enumerate(counts.ways))
            writer.add("file", file_rows(library.files, library.intake))
            # What is to be said again at every build must not be passed over unread.
            again = library.problems or self._curated.drafts
            meta = self._meta(library, "" if again else stamped)
            writer.finish(meta)
        finally:
            writer.close()
        return meta

    def _fact_counts(self, facts: list[Document]) -> FactCounts:
        if self._old and self._old.meta["facts_hash"] == facts_hash(self._curated):
            return fact_counts.kept(self._old, facts)
        return fact_counts.counted(self._analyser, facts)

    def _tally(self, language: str) -> Tally:
        if language not in self._tallies:
            self._tallies[language] = Tally(Terms(self._analyser, language))
        return self._tallies[language]

    def _add_new(
        self, writer: Writer, tally: Tally, library: Library, some: Sequence[Loaded]
    ) -> None:
        """Write documents of one language and their passages, and count them."""
        first = number = tally.size
        texts = [(title, text) for one in some for title, text, _ in one.passages]
        signs = iter(tally.add(texts))
        for loaded in some:
            found = sum(islice(signs, len(loaded.passages)))
            library.look_over(loaded, usual_words=found < 2)
            space = f"passages:{loaded.language}"
            rows = piece_rows(space, number, loaded.document, loaded.passages)
            self._add_rows(writer, loaded.document, loaded.checksum, rows)
            number += len(rows)
        self.passages += number - first

    def _add_rows(
        self, writer: Writer, document: Document, checksum: str, rows: list[Row]
    ) -> None:
        writer.add_passages(rows)
        self._rows.append(document_row(document, checksum, rows))
        self.documents[document.id] = checksum

    def _keep(self, writer: Writer, tally: Tally, some: Sequence[DocumentRow]) -> None:
        """Take documents of one language and their passages over from the old index."""
        first = tally.size
        for row in some:
            place = self._places[row.id]
            space = f"passages:{row.language}"
            writer.copy_passages(space, place.start, place.stop, to=tally.size)
            self._rows.append(row)
            self.documents[row.id] = row.checksum
            if self._counts_hold:
                tally.keep(place)
            elif self._old:
                rows = self._old.passage_rows(row.id)
                tally.add([(str(title), str(text)) for *_, title, text, _, _ in rows])
        self.passages += tally.size - first

    def _add_counts(self, writer: Writer, facts: FactCounts) -> None:
        """Write the postings of all spaces, sorted, then lengths and norms."""
        arrays = dict(facts.arrays)
        for space in fact_counts.SPACES:
            wide = space in fact_counts.WEIGHED
            writer.lists.add(space, facts.postings[space], wide=wide)
        old = self._old if self._counts_hold else None
        for language, tally in sorted(self._tallies.items()):
            space = f"passages:{language}"
            arrays[space] = add_space(writer, space, tally, old)
        for name, array in sorted(arrays.items()):
            writer.add_array(name, array)

    def _meta(self, library: Library, stamped: str) -> dict[str, str]:
        curated = self._curated
        documents = len(self.documents) - len(curated.facts)
        spaces = ["facts:en", *(f"passages:{name}" for name in self._tallies)]
        return {
            "build_id": build_id(curated, library.files),
            "knowledge": folder_hash(self._knowledge),
            "glossary": self._glossary,
            "safety": curated.safety_text,
            "danger": danger_fit.stored(curated, self._old.meta if self._old else {}),
            "options": json.dumps(OPTIONS),
            "libraries": json.dumps(versions()),
            "facts_hash": facts_hash(curated),
            # Written in any case, then replaced: the bytes are those of a full build.
            "calibration": Calibration().to_json(),
            "counts": json.dumps([len(curated.facts), documents, self.passages]),
            "spaces": json.dumps(sorted(spaces)),
            "stamp": stamped,
        }


def _places(documents: Iterable[DocumentRow]) -> dict[str, range]:
    """Return the numbers that each document's passages have in their space."""
    found: dict[str, range] = {}
    sizes: Counter[tuple[str, str]] = Counter()
    for row in documents:
        first = sizes[row.kind, row.language]
        sizes[row.kind, row.language] += row.passages
        found[row.id] = range(first, first + row.passages)
    return found


def _kind(found: Loaded | DocumentRow) -> tuple[str, bool]:
    """Return a document's language, and whether the old index holds it."""
    return found.language, isinstance(found, DocumentRow)


def calibrate(
    target: Path,
    meta: dict[str, str],
    questions: Iterable[str],
    old: Store | None,
    track: Track[int],
) -> Calibration:
    """Calibrate a new index, or take what the old one learnt from equal facts."""
    if old and old.meta["facts_hash"] == meta["facts_hash"]:
        calibration = Calibration.from_json(old.meta["calibration"])
    else:
        from indexer.calibrating import leave_one_out, near_misses
        from indexer.fitting import fit
        from indexer.search import Index

        index = Index(target)
        try:
            facts = index.store.all_passages("facts:en")
            samples = leave_one_out(index, facts, track)
            missed = near_misses(index, questions)
        finally:
            index.close()
        calibration = fit(samples, len(facts), missed)
    set_meta(target, "calibration", calibration.to_json())
    return calibration
