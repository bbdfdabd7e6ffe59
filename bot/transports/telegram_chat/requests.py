"""The HTTP layer, with errors that say whether a request reached Telegram."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import httpx
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

# A request that failed in one of these ways never reached Telegram.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class NotSentError(NetworkError):
    """No connection: the request certainly did not arrive."""


class ServerTroubleError(NetworkError):
    """A 5xx, a dropped connection or a body that is no JSON: probably not done."""


class RefusedError(TelegramError):
    """Telegram does not know the token."""


class ApiRequest(HTTPXRequest):
    """PTB's HTTP client with the three errors above.

    PTB itself makes one `NetworkError` of all of them, and writes bodies that do not
    parse, with the messages in them, to the log.
    """

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Send one request and return its status and body."""
        try:
            code, body = await super().do_request(
                url, method, request_data, *timeouts, **more
            )
        except (TimedOut, NetworkError) as error:
            cause = error.__cause__
            if isinstance(cause, NEVER_LEFT):
                raise NotSentError(type(cause).__name__) from None
            if isinstance(error, TimedOut):
                raise
            raise ServerTroubleError(type(cause).__name__) from None
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerTroubleError(f"status {code}")
        return code, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the body as an object, or say that it is none without showing it."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise ServerTroubleError("the body is not JSON") from None
        if not isinstance(parsed, dict) or "ok" not in parsed:
            raise ServerTroubleError("the body is not an answer")
        return parsed
