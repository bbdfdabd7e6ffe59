"""What the assistant answers from: index, safety file and journal, opened and renewed.

Opened, used and closed in one thread. A running bot picks up a replaced index by
itself; a broken safety file never takes the numbers away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.hotlines import Hotlines
from bot.journal import Journal
from bot.safety import Safety
from indexer.danger import Model
from indexer.errors import IndexerError, KnowledgeError
from indexer.facts import SAFETY, read_safety
from indexer.files import folder_hash, read_text
from indexer.search import Index

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=1)


class Resources:
    """Index, safety and journal; each may be absent.

    Args:
        journal: None keeps nothing on disk.

    Raises:
        KnowledgeError: `safety.yaml` is broken and the index holds no copy.
    """

    def __init__(
        self,
        *,
        index: Path,
        knowledge: Path,
        journal: Path | None,
        now: Callable[[], datetime],
    ) -> None:
        self.index_path, self.knowledge, self._now = index, knowledge, now
        self.index: Index | None = None
        self.safety: Safety | None = None
        self.hotlines: Hotlines | None = None
        self._seen: tuple[int, int] | None = None
        self._looked: datetime | None = None
        if not self.reload(force=True):
            self._read_safety()
        self.journal = Journal(journal) if journal is not None else None

    def close(self) -> None:
        """Close index and journal."""
        if self.index is not None:
            self.index.close()
        if self.journal is not None:
            self.journal.close()
        self.index = self.journal = None

    def reload(self, *, force: bool = False) -> bool:
        """Swap in the index if its file was replaced; tell whether there is one.

        Looks at most once a second. A file that cannot be opened changes nothing.
        """
        now = self._now()
        if not force and self._looked and now - self._looked < LOOK_EVERY:
            return self.index is not None
        self._looked = now
        seen = _identity(self.index_path)
        if seen == self._seen and not force:
            return self.index is not None
        self._seen = seen
        try:
            fresh = self._opened()
        except IndexerError as error:
            logger.warning("%s", error)
            return self.index is not None
        old, self.index = self.index, fresh
        if old is not None:
            old.close()
            logger.info("index reloaded, build %s", fresh.build_id)
        self._read_safety()
        return True

    def _opened(self) -> Index:
        """Open the index; one that replaces another is read through before."""
        fresh = Index(self.index_path)
        if self.index is not None:
            try:
                fresh.store.verify()
            except IndexerError:
                fresh.close()
                raise
        return fresh

    def drop_index(self) -> None:
        """Go on without an index that turned out damaged, until it is replaced."""
        logger.error("the index is damaged; run `python -m indexer build --full`")
        if self.index is not None:
            self.index.close()
        self.index = None

    def _read_safety(self) -> None:
        """Read safety.yaml; if it is broken or missing, the index's checked copy.

        An index that was made of another folder has its own copy.
        """
        meta = self.index.store.meta if self.index else {}
        copy = meta.get("safety", "")
        path = self.knowledge / SAFETY
        ours = meta.get("knowledge", "") in ("", folder_hash(self.knowledge))
        try:
            text = read_text(path, self.knowledge) if ours and path.exists() else copy
            if text:
                self._take(text)
            elif self.safety is None:
                logger.warning("there is no %s: no safety replies, no numbers", SAFETY)
        except KnowledgeError as error:
            if not copy and self.safety is None:
                raise
            logger.warning("%s; the index's copy is used", error)
            if copy:
                self._take(copy)

    def _take(self, text: str) -> None:
        file = read_safety(text)
        learnt = self.index.store.meta["danger"] if self.index else ""
        model = Model.from_json(learnt) if learnt else None
        self.safety, self.hotlines = Safety(file, model), Hotlines(file)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
