"""A small web server: updates by webhook, and the bot's health.

Telegram gets 200 only when an update is finished; otherwise it delivers again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.transports.telegram_chat.updates import parse, take

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.transports.telegram_chat.inbox import Inbox, Ticket

logger = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"
GRACE_SECONDS = 0.02
GAP_SECONDS = 0.3


@dataclass(slots=True)
class Health:
    """When updates last came, and what the knowledge is."""

    about: Callable[[], Awaitable[dict[str, Any]]]
    last: float | None = None

    def touch(self) -> None:
        """Note that a poll or post succeeded just now."""
        self.last = time.monotonic()

    def age(self) -> float | None:
        """Return the seconds since then."""
        return None if self.last is None else round(time.monotonic() - self.last, 1)


@dataclass(slots=True)
class Order:
    """Waits a moment for updates that were sent before and are still on the way.

    Telegram numbers updates in order, so a gap means that some are overtaken.
    """

    last: int | None = None
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, update_id: int) -> None:
        """Return when no earlier update is missing, or after a moment."""
        await asyncio.sleep(GRACE_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GAP_SECONDS):
                while self.last is not None and update_id > self.last + 1:
                    self.moved.clear()
                    await self.moved.wait()
        self.last = max(self.last or 0, update_id)
        self.moved.set()


@dataclass(frozen=True, slots=True)
class Webhook:
    """Takes posts from Telegram at a path nobody can guess.

    Attributes:
        put: Hands an update to the application.
        secret: Sent along by Telegram with each post.
        path: Last part of the address; drawn anew at each start.
    """

    bot: ExtBot[None]
    inbox: Inbox
    put: Callable[[object], Awaitable[None]]
    health: Health
    secret: str
    path: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    order: Order = field(default_factory=lambda: Order())

    def app(self) -> Starlette:
        """Return the web application. A proxy may put any path before ours."""
        return Starlette(
            routes=[
                Route("/healthz", self._healthz),
                Route("/{path:path}", self._post, methods=["POST"]),
            ]
        )

    async def _healthz(self, request: Request) -> Response:
        about = await self.health.about()
        return JSONResponse({"seconds_since_update": self.health.age(), **about})

    async def _post(self, request: Request) -> Response:
        path = request.path_params["path"].rpartition("/")[2]
        if not _same(path, self.path):
            return Response(status_code=404)
        secret = request.headers.get(HEADER)
        if secret is None:
            return Response(status_code=401)
        if not _same(secret, self.secret):
            return Response(status_code=403)
        body = await _read(request)
        if body is None:
            return Response(status_code=413)
        return Response(status_code=await self._take(body))

    async def _take(self, body: bytes) -> int:
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):  # also what is not UTF-8
            return 400
        update = parse(raw, self.bot)
        if update is None:
            return 400
        self.health.touch()
        ticket = take(self.inbox, update)
        if ticket is None:
            ticket = self.inbox.ticket(update.update_id)
        else:
            await self.order.wait(update.update_id)
            await self.put(update)
        return 200 if ticket is None or await self._over(ticket) else 503

    async def _over(self, ticket: Ticket) -> bool:
        """Wait for the end; one that waits long for a 429 is let go before."""
        while not ticket.done.done():
            await asyncio.wait([ticket.done], timeout=1.0)
            if ticket not in self.inbox.holding():
                return not ticket.done.done() or ticket.done.result()
        return ticket.done.result()


async def _read(request: Request) -> bytes | None:
    """Return the body, or None when it is too long or breaks off."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > BODY_LIMIT:
                return None
    except ClientDisconnect:
        return None
    return body


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
