"""JSON lines: one question a line in, one answer a line out, in order, flushed."""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO, TextIO

from bot.assistant import Assistant
from bot.types import Answer


async def serve(assistant: Assistant, lines: BinaryIO, out: TextIO) -> None:
    """Answer every line; whatever is in it, one line comes out, never a traceback.

    A line is {"id", "chat", "text"}: `id` any JSON scalar, echoed; without `chat` a
    line is a conversation of its own.
    """
    for number, line in enumerate(lines):
        fields = _fields(line)
        chat = fields.get("chat")
        named = isinstance(chat, (str, int)) and not isinstance(chat, bool)
        key = f"chat {chat}" if named else f"line {number}"
        answer = await assistant.ask(key, fields.get("text"))
        if not named:
            await assistant.forget(key)
        out.write(json.dumps(_row(fields, chat if named else None, answer)) + "\n")
        out.flush()


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _no_json(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # Python reads NaN, other readers do not


def _row(
    fields: dict[str, Any], chat: str | int | None, answer: Answer
) -> dict[str, Any]:
    name = fields.get("id")
    # A number too large for JSON's readers became infinite.
    scalar = isinstance(name, (str, int, float)) and name not in (math.inf, -math.inf)
    return {"id": name if scalar else None, "chat": chat, **answer_fields(answer)}


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain JSON values."""
    return {
        "kind": answer.kind,
        "text": answer.text,
        "citations": [
            {
                "title": citation.title,
                "publisher": citation.publisher,
                "url": citation.url or None,
                "date": citation.date or None,
                "locator": citation.locator or None,
            }
            for citation in answer.citations
        ],
        "confidence": None
        if answer.confidence is None
        else round(answer.confidence, 4),
        "language": answer.language,
        "reason": answer.reason,
        "offers": [
            {"id": offer.id, "question": offer.question} for offer in answer.offers
        ],
        "passages": list(answer.passage_ids),
        "as_of": answer.as_of or None,
    }
