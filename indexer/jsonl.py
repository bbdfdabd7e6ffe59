"""Searching for JSON lines: one question a line in, its hits a line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from indexer.analysis import language_of
from indexer.search import Index


def serve(searcher: Index, limit: int, lines: Iterable[bytes]) -> None:
    """Search for every line; whatever is in it, one line comes out, never a traceback.

    A line is {"id", "text"}; `id` is echoed.
    """
    for line in lines:
        name, text = None, ""
        try:
            fields = json.loads(line)
            name = (
                fields["id"] if not isinstance(fields.get("id"), (dict, list)) else None
            )
            text = fields["text"] if isinstance(fields["text"], str) else ""
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            click.echo(
                "a line is not JSON with an id and a text; it gets no hits", err=True
            )
        hits = [
            {key: value for key, value in hit.items() if key != "text"}
            for hit in hits_of(searcher, text, limit)
        ]
        click.echo(json.dumps({"id": name, "hits": hits}))
        sys.stdout.flush()


def hits_of(searcher: Index, question: str, limit: int) -> Iterator[dict[str, Any]]:
    """Yield the best facts, then the best passages, as plain JSON values."""
    found = searcher.search(
        question, limit=limit, language=language_of(question) or "en"
    )
    for space, hits in (("facts", found.facts), ("passages", found.passages)):
        for hit in hits:
            yield {
                "passage": hit.passage.id,
                "document": hit.passage.document_id,
                "score": hit.score,
                "space": space,
                "text": " ".join(hit.passage.text.split())[:100],
            }
