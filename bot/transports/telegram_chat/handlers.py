"""Every kind of update: answered, hinted at, or left alone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Message, Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import languages
from bot.transports.telegram_chat import logs
from bot.transports.telegram_chat.buttons import on_tap
from bot.transports.telegram_chat.commands import COMMANDS
from bot.transports.telegram_chat.desk import Context, desk, phrases_for, place
from bot.transports.telegram_chat.groups import command_of, question_of, wanted
from bot.transports.telegram_chat.inline import on_inline_query
from bot.transports.telegram_chat.replies import say, send_answer

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=15)
NEW = filters.UpdateType.MESSAGE
EDITED = filters.UpdateType.EDITED_MESSAGE
WORDS = filters.TEXT | filters.CAPTION


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Tell the application who handles what, first match first."""
    application.add_handler(TypeHandler(Update, screen), group=-1)
    for name, callback in COMMANDS.items():
        application.add_handler(CommandHandler(name, callback, filters=NEW))
    application.add_handler(MessageHandler(NEW & filters.COMMAND, unknown_command))
    application.add_handler(MessageHandler((NEW | EDITED) & WORDS, answer_text))
    application.add_handler(MessageHandler(NEW, hint))
    application.add_handler(CallbackQueryHandler(on_tap))
    application.add_handler(InlineQueryHandler(on_inline_query))
    application.add_error_handler(on_error)


async def screen(update: Update, context: Context) -> None:
    """Stop what is not for the bot, and what came while it was away too long."""
    message = update.message or update.edited_message
    if message is None:
        if update.callback_query or update.inline_query:
            return
        raise ApplicationHandlerStop
    if not wanted(update, message, context.bot.username, context.bot.id):
        raise ApplicationHandlerStop
    chats = desk(context).chats
    chats.received(message.chat.id, message.message_id)
    if _age(message) > LATE:
        if chats.once(message.chat.id, "late"):
            await _notice(update, context, "late", silent=True)
        raise ApplicationHandlerStop


async def answer_text(update: Update, context: Context) -> None:
    """Ask the assistant; edit the earlier answer when the question was edited."""
    message = update.effective_message
    if message is None:
        return
    if update.edited_message is not None and command_of(message)[0]:
        return
    here = desk(context)
    known = bool(here.chats.replies(message.chat.id, message.message_id))
    edited_anew = update.edited_message is not None and not known
    spot = place(message, quoting=edited_anew)
    text = question_of(message, context.bot.username)
    answer = await here.assistant.ask(spot.key, text)
    phrases = languages.phrases(answer.language)
    await send_answer(
        here,
        spot,
        answer,
        phrases,
        context.bot.username,
        question=message.message_id,
    )


async def hint(update: Update, context: Context) -> None:
    """Say in private that only text is read, once for an album."""
    message = update.message
    if message is None or message.effective_attachment is None:
        return
    if message.chat.type != message.chat.PRIVATE:
        return
    album = message.media_group_id
    if album and not desk(context).chats.once(message.chat.id, f"album {album}"):
        return
    await _notice(update, context, "not_text")


async def unknown_command(update: Update, context: Context) -> None:
    """Point to /help."""
    await _notice(update, context, "unknown_command")


async def flood_notice(update: Update, context: Context) -> None:
    """Say once that too much came at once; only where the bot was addressed."""
    message = update.message or update.edited_message
    if message is None or not wanted(
        update, message, context.bot.username, context.bot.id
    ):
        return
    await _notice(update, context, "flood")


async def apologise(update: Update, context: Context) -> None:
    """Say sorry where somebody waits for an answer."""
    if update.callback_query is not None:
        phrases = phrases_for(update)
        query = update.callback_query
        await desk(context).sender.call(lambda: query.answer(phrases.apology))
    elif update.message is not None or update.edited_message is not None:
        await _notice(update, context, "apology")


async def on_error(update: object, context: Context) -> None:
    """Log an error by its type and the update's id, and apologise."""
    error = context.error
    number = update.update_id if isinstance(update, Update) else 0
    if isinstance(error, TelegramError):
        logger.error("Update %d failed: %s.", number, type(error).__name__)
    elif error is not None:
        logger.error("Update %d failed: %s.", number, logs.place_of(error))
    # Who blocked the bot, or a group it was thrown out of, hears nothing.
    if isinstance(update, Update) and not isinstance(error, Forbidden):
        await apologise(update, context)


async def _notice(
    update: Update, context: Context, name: str, *, silent: bool = False
) -> None:
    message = update.effective_message
    if message is None:
        return
    spot = place(message)
    if name in ("late", "flood"):
        spot = type(spot)(spot.chat, spot.thread, None, spot.private)
    await say(desk(context), spot, getattr(phrases_for(update), name), silent=silent)


def _age(message: Message) -> timedelta:
    return datetime.now(UTC) - (message.edit_date or message.date)
