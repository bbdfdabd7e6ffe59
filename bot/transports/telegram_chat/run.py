"""`python -m bot telegram`: wiring, start, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import uvicorn
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.assistant import Assistant
from bot.transports.telegram_chat import logs
from bot.transports.telegram_chat.application import CONNECTIONS, App, build
from bot.transports.telegram_chat.inbox import Inbox
from bot.transports.telegram_chat.processor import ChatProcessor
from bot.transports.telegram_chat.profile import set_profile
from bot.transports.telegram_chat.sending import Sender
from bot.transports.telegram_chat.updates import (
    ALLOWED,
    STOP_SECONDS,
)
from bot.transports.telegram_chat.watchdog import tell_systemd, watch
from bot.transports.telegram_chat.webhook import Health, Webhook
from indexer.errors import IndexerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from bot.settings import Settings

logger = logging.getLogger(__name__)

FAILED, REFUSED = 1, 2
POLL_SECONDS = 25
LONGEST_WAIT = 30.0


def run(settings: Settings) -> int:
    """Serve until told to stop; return 0, 1 on failure, 2 for a refused token."""
    token = settings.token.get_secret_value() if settings.token else ""
    logging.getLogger().setLevel(settings.log_level)
    logs.protect(token)
    if not settings.operator or not settings.contact:
        logger.warning("OPERATOR or CONTACT is not set; /privacy and /about say so.")
    try:
        return asyncio.run(Service(settings, token).serve())
    except InvalidToken:
        logger.critical("Telegram refuses the token; get a new one from BotFather.")
        return REFUSED
    except IndexerError:
        raise  # the command line says what is wrong with the knowledge
    except OSError as error:
        logger.critical("Cannot serve: %s.", error.strerror or type(error).__name__)
        return FAILED
    except Exception as error:  # a traceback would end in words that may be private
        logger.critical("Ended by %s.", logs.place_of(error))
        return FAILED


class WebServer(uvicorn.Server):
    """A web server that leaves the signals to us."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Capture nothing."""
        return contextlib.nullcontext()


class Service:
    """One run of the bot: everything that is started and must be ended."""

    def __init__(self, settings: Settings, token: str) -> None:
        self._settings = settings
        self._token = token
        self._stop = asyncio.Event()
        self._code = 0
        self._trouble = ""

    async def serve(self) -> int:
        """Start, serve until a signal or the watchdog ends it, and stop in order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        settings = self._settings
        assistant = Assistant(
            index=settings.index,
            knowledge=settings.knowledge,
            journal=settings.journal,
        )
        async with assistant:
            reload = self._in_background(assistant.reload)
            loop.add_signal_handler(signal.SIGHUP, reload)
            app, processor, inbox = build(settings, self._token, assistant)
            if not await self._reach(app):
                return self._code
            try:
                await self._serve(app, processor, inbox, assistant)
            finally:
                await processor.cancel()
                if app.running:
                    await app.stop()
                await app.shutdown()
        return self._code

    async def _reach(self, app: App) -> bool:
        """Try until Telegram answers; False when told to stop before."""
        seconds = 1.0
        while not self._stop.is_set():
            try:
                await app.initialize()
            except InvalidToken:
                raise
            except TelegramError as error:
                kind = type(error).__name__
                logger.warning("Telegram cannot be reached (%s); trying again.", kind)
                await _either(self._stop.wait(), asyncio.sleep(seconds))
                seconds = min(seconds * 2, LONGEST_WAIT)
            else:
                return True
        return False

    async def _serve(
        self, app: App, processor: ChatProcessor, inbox: Inbox, assistant: Assistant
    ) -> None:
        health = Health(lambda: _state(assistant))
        await app.start()
        profile = asyncio.create_task(set_profile(app.bot))
        way = self._webhook if self._settings.webhook_url else self._polling
        try:
            async with way(app, inbox, health):
                logger.info("Ready.")
                tell_systemd("READY=1")
                age = health.age if way == self._polling else lambda: None
                if await _either(self._stop.wait(), watch(age)) == 1:
                    self._code = FAILED
                tell_systemd("STOPPING=1")
        finally:
            profile.cancel()
            await asyncio.gather(profile, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def _polling(
        self, app: App, inbox: Inbox, health: Health
    ) -> AsyncIterator[None]:
        bot, updater = app.bot, app.updater
        if updater is None:
            raise TypeError("polling needs an updater")

        def polled() -> None:
            health.touch()
            if self._trouble:
                logger.warning("Telegram can be reached again.")
            self._trouble = ""

        bot.polling.succeeded, bot.polling.refused = polled, self._stop.set
        health.touch()
        try:
            await self._unless_stopped(
                updater.start_polling(
                    timeout=timedelta(seconds=POLL_SECONDS),
                    bootstrap_retries=-1,
                    allowed_updates=ALLOWED,
                    error_callback=self._tell,
                )
            )
            yield
        finally:
            bot.polling.stopping = True
            if updater.running:
                await updater.stop()

    @contextlib.asynccontextmanager
    async def _webhook(
        self, app: App, inbox: Inbox, health: Health
    ) -> AsyncIterator[None]:
        settings = self._settings
        given = settings.webhook_secret
        secret = given.get_secret_value() if given else secrets.token_urlsafe(32)
        hook = Webhook(app.bot, inbox, app.update_queue.put, health, secret)
        address = (settings.webhook_host, settings.webhook_port)
        with socket.create_server(address, reuse_port=False) as listener:
            server = WebServer(
                uvicorn.Config(
                    hook.app(),
                    log_config=None,
                    access_log=False,
                    timeout_graceful_shutdown=int(STOP_SECONDS),
                )
            )
            serving = asyncio.create_task(server.serve([listener]))
            try:
                url = f"{(settings.webhook_url or '').rstrip('/')}/{hook.path}"
                await self._unless_stopped(self._register(app, url, secret))
                yield
            finally:
                server.should_exit = True  # open posts are answered first
                await serving

    async def _register(self, app: App, url: str, secret: str) -> None:
        sender: Sender = app.bot_data["desk"].sender
        await sender.call(
            lambda: app.bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=ALLOWED,
                max_connections=CONNECTIONS,
            )
        )

    async def _unless_stopped(self, body: Coroutine[Any, Any, Any]) -> None:
        """Do something that may take for ever; a signal ends it."""
        task = asyncio.create_task(body)
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            task.result()
        task.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)

    def _tell(self, error: TelegramError) -> None:
        """Say what is wrong with polling: once, not at every try."""
        kind = type(error).__name__
        if kind == self._trouble:
            return
        self._trouble = kind
        if isinstance(error, Conflict):
            logger.error(
                "Another process polls with this token; only one may. Stop it, or give "
                "this bot a token of its own."
            )
        else:
            logger.warning("Telegram cannot be reached (%s); trying again.", kind)

    def _in_background(self, body: Any) -> Any:
        tasks: set[asyncio.Task[Any]] = set()

        def start() -> None:
            task = asyncio.create_task(body())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        return start


async def _state(assistant: Assistant) -> dict[str, Any]:
    about = await assistant.about()
    return {"build": about.build_id, "overdue_reviews": len(about.overdue)}


async def _either(*bodies: Coroutine[Any, Any, Any]) -> int:
    """Wait for the first to end, cancel the others, and return its number."""
    tasks = [asyncio.create_task(body) for body in bodies]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    first = next(number for number, task in enumerate(tasks) if task.done())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return first
