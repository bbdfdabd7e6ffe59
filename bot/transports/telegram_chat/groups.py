"""Which messages are meant for the bot, and what of them is the question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import Message, MessageEntity
from telegram.ext import filters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import Update

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s|$)")


def wanted(update: Update, message: Message, username: str, bot_id: int) -> bool:
    """Say whether the bot should read a message at all.

    Not: service messages, other bots, posts forwarded from a channel, what the bot
    itself sent inline, other bots' commands, and group talk that is not addressed.
    """
    by_bot = message.from_user is not None and message.from_user.is_bot
    if by_bot and message.sender_chat is None:
        return False
    if message.is_automatic_forward or message.via_bot is not None:
        return False
    if filters.StatusUpdate.ALL.check_update(update):
        return False
    command, addressee = command_of(message)
    if command and addressee:
        return addressee.lower() == username.lower()
    return message.chat.type == message.chat.PRIVATE or _addressed(
        message, username, bot_id
    )


def command_of(message: Message) -> tuple[str, str]:
    """Return a message's command and the bot it names, both may be empty."""
    match = COMMAND.match(message.text or "")
    return (match[1].lower(), match[2] or "") if match else ("", "")


def question_of(message: Message, username: str) -> str:
    """Return the text or caption without the mention of the bot."""
    text = message.text or message.caption or ""
    mention = re.compile(rf"@{re.escape(username)}\b[ ,:]*", re.IGNORECASE)
    return mention.sub("", text).strip()


def _addressed(message: Message, username: str, bot_id: int) -> bool:
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None:
        # In a topic, the message that opened it counts as "replied to".
        opened = replied.forum_topic_created is not None
        if replied.from_user.id == bot_id and not opened:
            return True
    return any(
        name.lower() == f"@{username}".lower() for name in _mentions(message)
    ) or any(
        entity.type == MessageEntity.TEXT_MENTION
        and entity.user is not None
        and entity.user.id == bot_id
        for entity in (*message.entities, *message.caption_entities)
    )


def _mentions(message: Message) -> Iterator[str]:
    kinds: list[str | None] = [MessageEntity.MENTION]
    if message.text:
        yield from message.parse_entities(kinds).values()
    if message.caption:
        yield from message.parse_caption_entities(kinds).values()
