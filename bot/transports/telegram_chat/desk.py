"""What every handler works with, and where a message goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import Message, Update
from telegram.ext import CallbackContext

from bot import languages

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.languages.en import Phrases
    from bot.settings import Settings
    from bot.transports.telegram_chat.memory import Chats
    from bot.transports.telegram_chat.sending import Sender

Context = CallbackContext[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """The assistant, the sender, the message ids, and the settings."""

    assistant: Assistant
    sender: Sender
    chats: Chats
    settings: Settings


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, its topic, and the message that is quoted, if any."""

    chat: int
    thread: int | None = None
    quote: int | None = None
    private: bool = True

    @property
    def key(self) -> str:
        """Name the conversation, as the assistant keeps its turns."""
        return str(self.chat) if self.thread is None else f"{self.chat}/{self.thread}"


def desk(context: Context) -> Desk:
    """Return the desk of the application."""
    found: Desk = context.bot_data["desk"]
    return found


def place(message: Message, *, quoting: bool = False) -> Place:
    """Return where a message is answered; groups are always quoted."""
    private = message.chat.type == message.chat.PRIVATE
    return Place(
        message.chat.id,
        message.message_thread_id if message.is_topic_message else None,
        message.message_id if quoting or not private else None,
        private,
    )


def language_of(update: Update) -> str:
    """Return the language of the user's app."""
    user = update.effective_user
    return (user.language_code if user else None) or "en"


def phrases_for(update: Update) -> Phrases:
    """Return the fixed sentences in the language of the user's app."""
    return languages.phrases(language_of(update))
