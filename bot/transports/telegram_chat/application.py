"""The application: bot, queue of updates and handlers, wired together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import Application

from bot.transports.telegram_chat import handlers
from bot.transports.telegram_chat.desk import Desk
from bot.transports.telegram_chat.inbox import Inbox
from bot.transports.telegram_chat.memory import Chats
from bot.transports.telegram_chat.processor import ChatProcessor
from bot.transports.telegram_chat.requests import ApiRequest
from bot.transports.telegram_chat.sending import Sender
from bot.transports.telegram_chat.updates import PollingBot

if TYPE_CHECKING:
    from telegram.request import BaseRequest

    from bot.assistant import Assistant
    from bot.settings import Settings

CONNECTIONS = 100
# A send that times out is not repeated, so it gets most of an update's 15 seconds.
READ_SECONDS = 12.0
App = Application[Any, Any, Any, Any, Any, Any]


def build(
    settings: Settings,
    token: str,
    assistant: Assistant,
    *,
    request: BaseRequest | None = None,
    updates_request: BaseRequest | None = None,
) -> tuple[App, ChatProcessor, Inbox]:
    """Wire bot, processor and handlers. Tests bring requests that stay offline."""
    inbox = Inbox()
    bot = PollingBot(
        token,
        inbox,
        base_url=f"{settings.api_url.removesuffix('/').removesuffix('/bot')}/bot",
        request=request
        or ApiRequest(CONNECTIONS, read_timeout=READ_SECONDS, proxy=settings.proxy),
        get_updates_request=updates_request or ApiRequest(2, proxy=settings.proxy),
    )

    async def flooded(update: Update) -> None:
        await handlers.flood_notice(update, app.context_types.context(app))

    async def sorry(update: Update) -> None:
        await handlers.apologise(update, app.context_types.context(app))

    processor = ChatProcessor(inbox, assistant, notice=flooded, apologise=sorry)
    app: App = (
        Application.builder()
        .bot(bot)
        .concurrent_updates(processor)
        .job_queue(None)
        .build()
    )
    sender = Sender(bot, inbox)
    app.bot_data["desk"] = Desk(assistant, sender, Chats(), settings)
    handlers.add_handlers(app)
    return app, processor, inbox
