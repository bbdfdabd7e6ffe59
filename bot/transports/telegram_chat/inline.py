"""Inline mode: facts offered in any chat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from telegram import (
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.transports.telegram_chat.desk import Context, desk, phrases_for
from bot.transports.telegram_chat.rendering import Rendered, clean, render

if TYPE_CHECKING:
    from bot.types import Suggestion

MOST_OFFERED = 10
CACHE_SECONDS = 60


async def on_inline_query(update: Update, context: Context) -> None:
    """Offer up to ten facts; the chosen one is sent with its sources."""
    query = update.inline_query
    if query is None:
        return
    here = desk(context)
    phrases = phrases_for(update)
    found: list[tuple[Suggestion, Rendered]] = []
    for suggestion in await here.assistant.suggest(query.query, MOST_OFFERED):
        answer = await here.assistant.fact(suggestion.id)
        if answer is not None:
            messages = render(answer, phrases, context.bot.username)
            found.append((suggestion, messages[0]))
    for mode in (ParseMode.HTML, None):
        articles = [_article(one, message, mode) for one, message in found]
        try:
            await here.sender.call(
                partial(query.answer, articles, cache_time=CACHE_SECONDS)
            )
        except BadRequest:  # our HTML refused: once more as plain text; or too old
            continue
        return


def _article(
    suggestion: Suggestion, message: Rendered, mode: str | None
) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        message.html if mode else message.plain,
        parse_mode=mode,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(
        suggestion.id,
        clean(suggestion.title)[:120] or suggestion.id,
        content,
        description=clean(suggestion.first_sentence)[:250],
    )
