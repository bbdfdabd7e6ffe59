"""Checks outgoing requests against the published Bot API (data/bot_api.json)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

API = json.loads((Path(__file__).parent / "data" / "bot_api.json").read_text("utf-8"))
LENGTH = re.compile(r"\b(\d+)-(\d+) (characters|bytes|Bytes|identifiers)")
TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}
BARE = re.compile(r"<(?!/?[a-z])")
ENTITIES = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")


def problems(method: str, fields: dict[str, Any]) -> list[str]:
    """Return what the Bot API would not accept of a request."""
    if method not in API["methods"]:
        return [f"{method}: not in the schema"]
    found = _record(method, API["methods"][method], fields)
    html = fields.get("parse_mode") == "HTML"
    text = fields.get("text")
    if isinstance(text, str) and method in ("sendMessage", "editMessageText"):
        found += text_problems(method, text, html=html)
    for result in fields.get("results", []) if method == "answerInlineQuery" else []:
        content = result.get("input_message_content", {})
        html = content.get("parse_mode") == "HTML"
        found += text_problems(method, content.get("message_text", ""), html=html)
    if len(fields.get("results", [])) > 50:
        found.append(f"{method}: more than 50 results")
    return found


def text_problems(where: str, text: str, *, html: bool) -> list[str]:
    """Return what is wrong with a message's text, read as Telegram reads HTML."""
    found = []
    if "\x00" in text or re.search("[\ud800-\udfff]", text):
        found.append(f"{where}: NUL or lone surrogate")
    if html:
        reader = _Html()
        reader.feed(text)
        reader.close()
        found += [f"{where}: {fault}" for fault in reader.faults]
        if reader.open:
            found.append(f"{where}: {reader.open[-1]} is not closed")
        if BARE.search(text):
            found.append(f"{where}: a bare <")
        if ENTITIES.search(text):
            found.append(f"{where}: a bare ampersand")
        text = reader.text
    if not len(text.strip()) >= 1 or utf16(text) > 4096:
        found.append(f"{where}: text of {utf16(text)} units")
    return found


def utf16(text: str) -> int:
    """Count UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"tag {tag}")
        if tag == "a" and not str(dict(attrs).get("href", "")).startswith("http"):
            self.faults.append("a link to nowhere")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


def _record(where: str, known: dict[str, Any], given: dict[str, Any]) -> list[str]:
    found = [f"{where}.{name}: unknown" for name in given if name not in known]
    for name, field in known.items():
        if name not in given:
            if field["required"]:
                found.append(f"{where}.{name}: missing")
            continue
        found += _value(f"{where}.{name}", field["type"], given[name])
        found += _length(f"{where}.{name}", field["description"], given[name])
    return found


def _value(where: str, kind: str, value: Any) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: no array"]
        inner = kind.removeprefix("Array of ")
        return [fault for one in value for fault in _value(where, inner, one)]
    if " or " in kind:
        kinds = kind.split(" or ")
        faults = [_value(where, one, value) for one in kinds]
        return [] if not all(faults) else faults[0]
    simple = {"String": str, "Integer": int, "Boolean": bool, "True": bool}
    if kind in simple:
        right = isinstance(value, simple[kind])
        right = right and (kind != "Integer" or not isinstance(value, bool))
        return [] if right else [f"{where}: {value!r} is no {kind}"]
    kind = {
        "InlineQueryResult": "InlineQueryResultArticle",
        "InputMessageContent": "InputTextMessageContent",
    }.get(kind, kind)
    if kind == "ReplyMarkup" or kind.endswith("ForceReply"):
        kind = "InlineKeyboardMarkup"
    if kind not in API["types"]:
        return [f"{where}: {kind} is not in the trimmed schema"]
    if not isinstance(value, dict):
        return [f"{where}: no object"]
    found = _record(where, API["types"][kind], value)
    if kind == "InlineKeyboardButton":
        actions = set(value) - {"text", "icon_custom_emoji_id", "style"}
        if len(actions) != 1:
            found.append(f"{where}: {len(actions)} actions on one button")
    return found


def _length(where: str, description: str, value: Any) -> list[str]:
    match = LENGTH.search(description)
    if not match or "after ent" in description:
        return []
    low, high, unit = int(match[1]), int(match[2]), match[3].lower()
    if isinstance(value, list):
        size = len(value)
    elif unit == "bytes":
        size = len(str(value).encode())
    else:
        size = utf16(str(value))
    return [] if low <= size <= high else [f"{where}: length {size}"]


def decode(method: str, form: dict[str, str]) -> dict[str, Any]:
    """Return the fields of a form as the types the schema gives them.

    A form knows only text, so what does not fit its type stays text and is reported.
    """
    known = API["methods"].get(method, {})
    return {
        name: _typed(known.get(name, {}).get("type", "String"), value)
        for name, value in form.items()
    }


def _typed(kind: str, value: str) -> Any:
    if kind == "String":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
