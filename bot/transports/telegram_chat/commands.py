"""The commands: /start, /help and the others."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)

from bot.texts import about_text, privacy_text
from bot.transports.telegram_chat.desk import (
    Context,
    desk,
    language_of,
    phrases_for,
    place,
)
from bot.transports.telegram_chat.lists import (
    sources_page,
    topics_page,
)
from bot.transports.telegram_chat.replies import (
    button,
    choices,
    data,
    say,
    send_answer,
)

if TYPE_CHECKING:
    from bot.languages.en import Phrases
    from bot.transports.telegram_chat.desk import Desk

NEW_SHOWN = 20
DEEP_LINK = "fact_"


async def start(update: Update, context: Context) -> None:
    """Greet; /start fact_ID shows that fact."""
    message, here, phrases = _setting(update, context)
    payload = context.args[0] if context.args else ""
    if payload.startswith(DEEP_LINK):
        spot = place(message)
        answer = await here.assistant.fact(payload.removeprefix(DEEP_LINK), spot.key)
        if answer is None:
            await say(here, place(message), phrases.unknown_fact)
            return
        username = context.bot.username
        await send_answer(here, place(message), answer, phrases, username)
        return
    await say(here, place(message), phrases.start)


async def help_(update: Update, context: Context) -> None:
    """Tell what the bot can do."""
    message, here, phrases = _setting(update, context)
    await say(here, place(message), phrases.help)


async def topics(update: Update, context: Context) -> None:
    """Offer the topics as buttons, page by page."""
    message, here, phrases = _setting(update, context)
    text, rows = await topics_page(here, phrases, 0)
    await say(here, place(message), text, buttons=_markup(rows))


async def new(update: Update, context: Context) -> None:
    """Offer the facts whose content changed lately."""
    message, here, phrases = _setting(update, context)
    offers = (await here.assistant.new())[:NEW_SHOWN]
    text = phrases.new if offers else phrases.new_empty
    await say(here, place(message), text, buttons=_markup(choices(offers)))


async def sources(update: Update, context: Context) -> None:
    """List the sources, page by page."""
    message, here, phrases = _setting(update, context)
    text, rows = await sources_page(here, phrases, 0)
    await say(here, place(message), text, buttons=_markup(rows))


async def hotlines(update: Update, context: Context) -> None:
    """List the numbers to call; silently, as somebody may look on."""
    message, here, _ = _setting(update, context)
    text = await here.assistant.hotlines(language_of(update))
    await say(here, place(message), text, silent=True)


async def why(update: Update, context: Context) -> None:
    """Tell how the last answer came about."""
    message, here, _ = _setting(update, context)
    spot = place(message)
    await say(here, spot, await here.assistant.why(spot.key))


async def privacy(update: Update, context: Context) -> None:
    """Tell what is kept, who runs the bot and how to reach them."""
    message, here, phrases = _setting(update, context)
    await say(here, place(message), privacy_text(here.settings, phrases))


async def forget(update: Update, context: Context) -> None:
    """Forget the talk; in private, offer to delete its messages on both sides."""
    message, here, phrases = _setting(update, context)
    spot = place(message)
    await here.assistant.forget(spot.key)
    here.chats.expire(spot.chat)
    rows = [[button(phrases.delete_messages, data("d"))]] if spot.private else []
    await say(here, spot, phrases.forgotten, buttons=_markup(rows))


async def about(update: Update, context: Context) -> None:
    """Tell the version, the age of the knowledge, and who runs the bot."""
    message, here, phrases = _setting(update, context)
    text = about_text(await here.assistant.about(), here.settings, phrases)
    await say(here, place(message), text)


COMMANDS: dict[str, Callable[[Update, Context], Coroutine[Any, Any, None]]] = {
    "start": start,
    "help": help_,
    "topics": topics,
    "new": new,
    "sources": sources,
    "hotlines": hotlines,
    "why": why,
    "privacy": privacy,
    "forget": forget,
    "about": about,
}


def _setting(update: Update, context: Context) -> tuple[Message, Desk, Phrases]:
    message = update.message
    if message is None:
        raise TypeError("a command comes in a message")
    return message, desk(context), phrases_for(update)


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup(rows) if rows else None
