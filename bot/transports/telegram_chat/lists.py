"""Topics and sources, page by page; nothing is kept, so no page grows old."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.transports.telegram_chat.replies import button, choices, data, short_hash

if TYPE_CHECKING:
    from telegram import InlineKeyboardButton

    from bot.languages.en import Phrases
    from bot.transports.telegram_chat.desk import Desk
    from indexer.types import Source

    Rows = list[list[InlineKeyboardButton]]

T = TypeVar("T")
TOPICS_SHOWN = 10
FACTS_SHOWN = 8
SOURCES_SHOWN = 10


async def topics_page(here: Desk, phrases: Phrases, page: int) -> tuple[str, Rows]:
    """Return one page of topics: its text and buttons."""
    topics = await here.assistant.topics()
    if not topics:
        return phrases.topics_empty, []
    page, some = _page(topics, page, TOPICS_SHOWN)
    rows = [
        [button(f"{one.name} ({len(one.facts)})", data("t", short_hash(one.name), 0))]
        for one in some
    ]
    rows += _turning(phrases, page, len(topics), TOPICS_SHOWN, "T")
    return phrases.topics, rows


async def facts_page(
    here: Desk, phrases: Phrases, key: str, page: int
) -> tuple[str, Rows] | None:
    """Return one page of a topic's questions; None if there is no such topic."""
    for topic in await here.assistant.topics():
        if short_hash(topic.name) == key:
            page, some = _page(topic.facts, page, FACTS_SHOWN)
            rows = choices(some)
            rows += _turning(phrases, page, len(topic.facts), FACTS_SHOWN, "t", key)
            rows.append([button(phrases.back, data("T", 0))])
            return topic.name, rows
    return None


async def sources_page(here: Desk, phrases: Phrases, page: int) -> tuple[str, Rows]:
    """Return one page of sources: its text and buttons."""
    sources = await here.assistant.sources()
    if not sources:
        return phrases.sources_empty, []
    page, some = _page(sources, page, SOURCES_SHOWN)
    lines = [f"{phrases.sources} ({len(sources)})", *map(_line, some)]
    rows = _turning(phrases, page, len(sources), SOURCES_SHOWN, "s")
    return "\n\n".join(lines), rows


def _line(source: Source) -> str:
    parts = ", ".join(part for part in (source.publisher, source.date) if part)
    line = f"{source.title}. {parts}" if parts else source.title
    return f"{line}\n{source.url}" if source.linked and source.url else line


def _page(whole: tuple[T, ...], page: int, size: int) -> tuple[int, tuple[T, ...]]:
    page = max(0, min(page, (len(whole) - 1) // size))
    return page, whole[page * size : (page + 1) * size]


def _turning(
    phrases: Phrases, page: int, count: int, size: int, verb: str, *key: str
) -> Rows:
    row = []
    if page > 0:
        row.append(button(phrases.previous_page, data(verb, *key, page - 1)))
    if (page + 1) * size < count:
        row.append(button(phrases.next_page, data(verb, *key, page + 1)))
    return [row] if row else []
