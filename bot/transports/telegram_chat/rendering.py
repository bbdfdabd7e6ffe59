"""An answer as Telegram messages: HTML, its plain twin, and a citation to copy."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bot import citations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.languages.en import Phrases
    from bot.types import Answer, Citation

MOST_UNITS = 4096
MOST_COPIED = 256
FACT = re.compile(r"([a-z0-9][a-z0-9-]{0,47})(?:@.*)?")
# After the end of a sentence, with its closing quotes, or at the end of a line.
SENTENCE_END = re.compile(r"(?<=[.!?។។៕။。！？])[\"'”’)\]]*\s+|\n+|(?<=[។៕။。！？])")
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message twice: as HTML, and as plain text should Telegram refuse that."""

    html: str
    plain: str


def clean(text: str) -> str:
    """Return the text without what cannot be sent: controls and lone surrogates."""
    return UNWANTED.sub("", text)


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does.

    Example:
        >>> units("a😀")
        3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fact_id(answer: Answer) -> str:
    """Return the id of the fact an answer comes from, or nothing."""
    if answer.kind != "answer" or not answer.passage_ids:
        return ""
    match = FACT.fullmatch(answer.passage_ids[0])
    return match[1] if match else ""


def deep_link(username: str, fact: str) -> str:
    """Return the address that opens the bot with this fact's answer."""
    return f"https://t.me/{username}?start=fact_{fact}"


def render(answer: Answer, phrases: Phrases, username: str) -> tuple[Rendered, ...]:
    """Turn an answer into messages of at most 4,096 UTF-16 units.

    Text is cut between sentences; a citation or link is never cut.
    """
    parts = list(_sentences(clean(answer.text)))
    parts.extend(_citations(answer, phrases))
    if fact := fact_id(answer):
        link = deep_link(username, fact)
        label = phrases.answer_link
        parts.append(Rendered(f"\n{_anchor(link, label)}", f"\n{label}: {link}"))
    return _pack(parts)


def render_text(text: str) -> tuple[Rendered, ...]:
    """Turn a fixed sentence or a list into messages."""
    return _pack(_sentences(clean(text)))


def citation_to_copy(answer: Answer, phrases: Phrases) -> str:
    """Return the strongest citation as a line of at most 256 characters, or nothing.

    The title gives way where it is too long; the address stays whole or goes.
    """
    if answer.kind != "answer" or not answer.citations:
        return ""
    title, origin = map(clean, citations.parts(answer.citations[0], phrases))
    url = clean(answer.citations[0].url)
    tail = f"{origin}. {url}" if url else origin
    if units(tail) > MOST_COPIED - 20:
        tail = _shorten(origin, MOST_COPIED - 20)
    title = _shorten(title, MOST_COPIED - units(tail) - 2)
    return f"{title}. {tail}" if tail else title


def _shorten(text: str, most: int) -> str:
    if units(text) <= most:
        return text
    return next(_cut(text, most - 1)).rstrip() + "…"


def _anchor(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{escape(label, quote=False)}</a>'


def _line(text: str) -> Rendered:
    return Rendered(f"\n{escape(text, quote=False)}", f"\n{text}")


def _citations(answer: Answer, phrases: Phrases) -> Iterator[Rendered]:
    shown, more = citations.shown(answer)
    for number, citation in enumerate(shown):
        lead = f"\n\n{citations.lead(answer, phrases)}" if number == 0 else ""
        yield _citation(citation, f"{lead}\n• ", phrases)
    if more:
        yield _line(phrases.more_sources.format(count=more))


def _citation(citation: Citation, before: str, phrases: Phrases) -> Rendered:
    title, after = map(clean, citations.parts(citation, phrases))
    title, after = _shorten(title or after, 500), _shorten(after, 500)
    after = f", {after}" if after else ""
    if citation.url and len(citation.url) < MOST_UNITS // 2:
        html = f"{escape(before, quote=False)}{_anchor(clean(citation.url), title)}"
        plain = f"{before}{title}{after}: {clean(citation.url)}"
        return Rendered(html + escape(after, quote=False), plain)
    text = f"{before}{title}{after}"
    return Rendered(escape(text, quote=False), text)


def _sentences(text: str) -> Iterator[Rendered]:
    """Yield sentences with the space after them; over-long ones are cut at spaces."""
    start = 0
    for match in SENTENCE_END.finditer(text):
        if match.end() > start:
            yield from _pieces(text[start : match.end()])
            start = match.end()
    if text[start:]:
        yield from _pieces(text[start:])


def _pieces(sentence: str) -> Iterator[Rendered]:
    # Escaping makes at most six units of one ("&quot;" is not used, "&amp;" is five).
    most = MOST_UNITS if units(escape(sentence)) <= MOST_UNITS else MOST_UNITS // 6
    for piece in _cut(sentence, most):
        yield Rendered(escape(piece, quote=False), piece)


def _cut(text: str, most: int) -> Iterator[str]:
    """Cut text into pieces of at most `most` units, at spaces where there are any."""
    while units(text) > most:
        end = most
        while units(text[:end]) > most:
            end -= 1
        space = text.rfind(" ", end // 2, end)
        if space > 0:
            end = space + 1
        while end > 1 and unicodedata.category(text[end])[0] == "M":
            end -= 1  # a mark stays with its letter
        yield text[:end]
        text = text[end:]
    if text:
        yield text


def _pack(parts: Iterable[Rendered]) -> tuple[Rendered, ...]:
    """Fill messages in order; blank ends are dropped, empty messages never made."""
    messages: list[Rendered] = []
    html = plain = ""
    for part in parts:
        full = max(units(html + part.html), units(plain + part.plain)) > MOST_UNITS
        if full and plain.strip():
            messages.append(Rendered(html.strip(), plain.strip()))
            html = plain = ""
        html, plain = html + part.html, plain + part.plain
    if plain.strip():
        messages.append(Rendered(html.strip(), plain.strip()))
    return tuple(messages)
