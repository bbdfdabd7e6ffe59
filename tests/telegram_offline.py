"""Telegram without a network: a fake that records, and updates to feed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
from telegram_schema import decode, problems

from bot.transports.telegram_chat.requests import ApiRequest

USERNAME = "commit_test_bot"
BOT_ID = 4242
TOKEN = f"{BOT_ID}42:AAabcdefghijklmnopqrstuvwxyz0123456"  # made up
ME = {
    "id": BOT_ID,
    "is_bot": True,
    "first_name": "Test",
    "username": USERNAME,
    "supports_inline_queries": True,
    "can_join_groups": True,
    "can_read_all_group_messages": False,
}
EMPTY_PROFILE: dict[str, Any] = {
    "getMyCommands": [],
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
}
Fault = tuple[int, bytes] | Exception | None
update_ids = itertools.count(100)
message_ids = itertools.count(1)


class FakeTelegram:
    """Answers as Telegram would, keeps every request, and fails where told to.

    Attributes:
        sent: Method and fields of each request, in order.
        faults: What the next requests to a method meet instead; None lets one pass.
        wrong: What of the requests the published schema does not allow.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.on_request: Callable[[str, dict[str, Any]], Fault] = lambda *_: None
        self.wrong: list[str] = []
        self.settings: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self._ids = itertools.count(5000)

    def request(self) -> ApiRequest:
        """Return our HTTP layer, its network replaced by this object."""
        transport = httpx.MockTransport(self._answer)
        return ApiRequest(httpx_kwargs={"transport": transport})

    def of(self, method: str) -> list[dict[str, Any]]:
        """Return the fields of all requests to a method."""
        return [fields for name, fields in self.sent if name == method]

    def texts(self) -> list[str]:
        """Return the texts of all messages sent."""
        return [fields["text"] for fields in self.of("sendMessage")]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        form = parse_qs(request.content.decode(), keep_blank_values=True)
        fields = decode(name, {key: values[0] for key, values in form.items()})
        self.sent.append((name, fields))
        self.wrong += problems(name, fields)
        fault = self.on_request(name, fields)
        if fault is None and self.faults.get(name):
            fault = self.faults[name].pop(0)
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            return httpx.Response(fault[0], content=fault[1])
        result = self._result(name, fields)
        return httpx.Response(200, json={"ok": True, "result": result})

    def _result(self, name: str, fields: dict[str, Any]) -> Any:
        if name == "getMe":
            return ME
        if name == "getUpdates":
            first = fields.get("offset", 0)
            return [u for u in self.updates if u.get("update_id", 0) >= first][:100]
        if name in ("sendMessage", "editMessageText"):
            chat = {"id": fields.get("chat_id", 1), "type": "private"}
            number = fields.get("message_id") or next(self._ids)
            return {"message_id": number, "date": 1, "chat": chat, "text": "."}
        if name.startswith("getMy"):
            return self.settings.get(name, EMPTY_PROFILE[name])
        return True


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, bytes]:
    """Return an error as Telegram words it."""
    body = {"ok": False, "error_code": code, "description": description}
    return code, json.dumps(body | {"parameters": parameters}).encode()


def user(number: int = 7, **more: Any) -> dict[str, Any]:
    """Return a person."""
    person = {"id": number, "is_bot": False, "first_name": "Xenia"}
    return person | {"language_code": "en"} | more


def message(text: str | None = None, *, chat: int = 7, **more: Any) -> dict[str, Any]:
    """Return an update with a message; a negative chat is a group."""
    kind = "private" if chat > 0 else "supergroup"
    body: dict[str, Any] = {
        "message_id": next(message_ids),
        "date": int(datetime.now(UTC).timestamp()),
        "chat": {"id": chat, "type": kind, "title": "Group", "first_name": "Xenia"},
        "from": user(chat if chat > 0 else 7),
    }
    if text is not None:
        body["text"] = text
        if text.startswith("/"):
            length = len(text.split()[0])
            entity = {"type": "bot_command", "offset": 0, "length": length}
            body["entities"] = [entity]
    return {"update_id": next(update_ids), "message": body | more}


def mention(text: str, *, name: str = USERNAME, **more: Any) -> dict[str, Any]:
    """Return a group message that mentions a bot first."""
    whole = f"@{name} {text}"
    entity = {"type": "mention", "offset": 0, "length": len(name) + 1}
    return message(whole, chat=-100, entities=[entity], **more)


def edited(update: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an update that edits a message's text."""
    now = int(datetime.now(UTC).timestamp())
    body = update["message"] | {"text": text, "edit_date": now}
    return {"update_id": next(update_ids), "edited_message": body}


def tap(data: str, number: int, *, chat: int = 7, by: int = 7) -> dict[str, Any]:
    """Return a tap on a button under one of the bot's messages."""
    kind = "private" if chat > 0 else "supergroup"
    under = {
        "message_id": number,
        "date": int(datetime.now(UTC).timestamp()),
        "chat": {"id": chat, "type": kind, "first_name": "Xenia"},
        "from": ME,
        "text": "an answer",
    }
    query = {
        "id": str(next(update_ids)),
        "from": user(by),
        "chat_instance": "1",
        "message": under,
        "data": data,
    }
    return {"update_id": next(update_ids), "callback_query": query}


def inline(text: str) -> dict[str, Any]:
    """Return an inline query."""
    query = {"id": str(next(update_ids)), "from": user(), "query": text, "offset": ""}
    return {"update_id": next(update_ids), "inline_query": query}
