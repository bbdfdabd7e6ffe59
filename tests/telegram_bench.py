"""A real bot process against an emulator that others wrote, with faults between.

`lo-bot-api-emulator` keeps the queue of updates; the proxy before it injects faults,
checks every request against the schema, and knows the methods the emulator does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Self

import httpx
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web
from lo_bot_api_emulator import LoBotApiEmulator
from telegram_offline import ME, TOKEN, mention, message
from telegram_schema import decode, problems

ROOT = Path(__file__).parent.parent
UNKNOWN_FIELDS = ("link_preview_options", "message_thread_id", "allowed_updates")
QUESTION = "Where was the 8th Senior Officials' Meeting held?"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
READY = "Ready."
# A message arrived where the proxy met its request so.
ARRIVED = (None, "drop_after")


class Proxy:
    """Between bot and emulator.

    Attributes:
        sent: Method and fields of each request, and the fault it met.
        faults: By method, what the next requests meet: a status, "drop" before or
            "drop_after" delivery, "garbled", ("wait", seconds) for a 429.
        replay: Updates delivered once more with the next poll.
        chat_waits: Chats that get a 429 until a time.
    """

    def __init__(self, emulator_url: str) -> None:
        self._emulator = emulator_url
        self.sent: list[tuple[str, dict[str, Any], Any]] = []
        self.faults: dict[str, list[Any]] = {}
        self.replay: list[dict[str, Any]] = []
        self.chat_waits: dict[int, float] = {}
        self.wrong: list[str] = []
        self.webhook: dict[str, Any] = {}
        self.webhook_port = 0
        self.refuse_token = False

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._pass_on)
        app.cleanup_ctx.append(self._client)
        return app

    async def _client(self, _: web.Application) -> Any:
        connections = TCPConnector(limit=100)  # as many as the bot asks for
        async with ClientSession(
            connector=connections, timeout=ClientTimeout(60)
        ) as self.session:
            yield

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = {key: str(value) for key, value in (await request.post()).items()}
        fields = decode(method, form)
        self.wrong += problems(method, fields)
        fault = self.faults[method].pop(0) if self.faults.get(method) else None
        until = self.chat_waits.get(fields.get("chat_id", 0), 0)
        if until > time.monotonic():
            fault = ("wait", max(1, round(until - time.monotonic())))
        if self.refuse_token:
            return _refused(401, "Unauthorized")
        self.sent.append((method, fields, fault))
        if fault is None:
            return await self._forward(request, method, form)
        return await self._fail(request, method, form, fault)

    async def _fail(
        self, request: web.Request, method: str, form: dict[str, str], fault: Any
    ) -> web.StreamResponse:
        if fault == "drop_after":
            await self._forward(request, method, form)
        if fault in ("drop", "drop_after"):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "garbled":
            return web.Response(text="<html>blocked</html>")
        if isinstance(fault, tuple):
            return _refused(429, "Too Many Requests", retry_after=fault[1])
        return _refused(int(fault), "a fault")

    async def _forward(
        self, request: web.Request, method: str, form: dict[str, str]
    ) -> web.StreamResponse:
        if method in ("getMyDescription", "getMyShortDescription"):
            what = "short_description" if "Short" in method else "description"
            return web.json_response({"ok": True, "result": {what: ""}})
        if method.startswith("setMy") or method == "deleteMessages":
            return web.json_response({"ok": True, "result": True})
        if method == "getMe":
            return web.json_response({"ok": True, "result": ME})
        if method == "setWebhook":
            self.webhook = dict(form)
            path = form["url"].partition("//")[2].partition("/")[2]
            form = form | {"url": f"http://127.0.0.1:{self.webhook_port}/{path}"}
            self.webhook["local"] = form["url"]
        kept = {k: v for k, v in form.items() if k not in UNKNOWN_FIELDS}
        url = f"{self._emulator}/bot{TOKEN}/{method}"
        try:
            async with self.session.post(url, data=kept) as answer:
                body = await answer.json()
                if method == "getUpdates" and body["ok"]:
                    body["result"] = self.replay + body["result"]
                    self.replay = []
                return web.json_response(body, status=answer.status)
        except ClientError:  # the test is over
            return _refused(502, "gone")


def _refused(status: int, description: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response(body | {"parameters": parameters}, status=status)


class Bench:
    """Emulator, proxy and bot process of one test."""

    def __init__(
        self, index_folder: Path, state: Path, *, webhook: bool = False
    ) -> None:
        self._folder = index_folder
        self.state = state
        self._is_webhook = webhook
        self.emulator = LoBotApiEmulator(
            allow_insecure_loopback_webhooks=True, max_history=100_000
        )
        self.asked: dict[int, int] = {}
        self.log = state / "bot.log"
        self.process: asyncio.subprocess.Process | None = None
        self._runners: list[web.AppRunner] = []

    async def __aenter__(self) -> Self:
        emulator_url = await self._serve(self.emulator.app())
        self.proxy = Proxy(emulator_url)
        self.url = await self._serve(self.proxy.app())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.proxy.webhook_port = free.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        for runner in reversed(self._runners):
            await runner.cleanup()

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    # -- the bot -------------------------------------------------------------------

    async def start(self, *, wait: bool = True, **settings: str) -> None:
        """Start `python -m bot telegram` and wait until it is ready."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("COMMIT_BOT_")}
        given = {
            "TOKEN": TOKEN,
            "API_URL": self.url,
            "INDEX": str(self._folder / "index.db"),
            "KNOWLEDGE": str(self._folder / "knowledge"),
            "JOURNAL": str(self.state / "journal.db"),
            "LOG_LEVEL": "DEBUG",
        }
        if self._is_webhook:
            given["WEBHOOK_URL"] = "https://bot.example.org/telegram"
            given["WEBHOOK_PORT"] = str(self.proxy.webhook_port)
        environment = {f"COMMIT_BOT_{k}": v for k, v in (given | settings).items()}
        started = self.read_log().count(READY)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "telegram"),
                cwd=self.state,
                env=clean | environment | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        if wait:
            await self.until(lambda: self.read_log().count(READY) > started)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(12):
            return await self.process.wait()

    def read_log(self) -> str:
        """Return all the bot has written."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    async def until(self, condition: Any, seconds: float = 20.0) -> None:
        """Wait until something is so."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s\n{self.tail()}") from None

    def tail(self) -> str:
        """Return the bot's own last lines."""
        lines = [one for one in self.read_log().splitlines() if "withheld" not in one]
        sent = [(method, fault) for method, _, fault in self.proxy.sent]
        return "\n".join([*lines[-15:], str(sent[-15:])])

    # -- its users -----------------------------------------------------------------

    def draw(self, chat: int = 1, text: str = QUESTION) -> dict[str, Any]:
        """Return a group's question; the answer quotes it, and so can be counted."""
        update = mention(text)
        update["message"]["chat"] |= {"id": -1000 - chat}
        self.asked[update["message"]["message_id"]] = chat
        return update

    async def ask(self, chat: int = 1, text: str = QUESTION) -> dict[str, Any]:
        """Put a group's question into Telegram's queue and return the update."""
        body = self.draw(chat, text)["message"]
        return {"update_id": await self.put({"message": body}), "message": body}

    async def deliver(self, update: dict[str, Any]) -> None:
        """Post an update as Telegram does: again, until the answer is 200."""
        for _ in range(200):
            secret = {SECRET_HEADER: self.proxy.webhook["secret_token"]}
            url = self.proxy.webhook["local"]
            status = 0
            with contextlib.suppress(ClientError):
                posted = self.proxy.session.post(url, json=update, headers=secret)
                async with posted as answer:
                    status = answer.status
            if status == 200:
                return
            await asyncio.sleep(0.2)
        raise AssertionError("never acknowledged")

    async def say(self, text: str, chat: int = 7) -> int:
        """Let somebody write something."""
        update = message(text, chat=chat)
        return await self.put({"message": update["message"]})

    async def put(self, update: dict[str, Any]) -> int:
        """Put an update into Telegram's queue."""
        return await self.emulator.enqueue_update(update, token=TOKEN)

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages that arrived."""
        return [
            fields
            for method, fields, fault in self.proxy.sent
            if method == "sendMessage" and fault in ARRIVED
        ]

    def texts(self, chat: int) -> list[str]:
        """Return the texts that arrived in a private chat."""
        return [one["text"] for one in self.messages() if one["chat_id"] == chat]

    def quoted(self, chat: int | None = None) -> list[int]:
        """Return the questions that were answered, in order, by message id."""
        return [
            one["reply_parameters"]["message_id"]
            for one in self.messages()
            if "reply_parameters" in one and chat in (None, -1000 - one["chat_id"])
        ]

    async def all_answered(self, seconds: float = 20.0) -> None:
        """Wait until every question has an answer."""
        await self.until(lambda: set(self.asked) <= set(self.quoted()), seconds)

    def tally(self, fault: str) -> tuple[int, int]:
        """Print and return how many answers were lost and doubled."""
        counted = Counter(self.quoted())
        lost = sum(counted[one] == 0 for one in self.asked)
        doubled = sum(counted[one] > 1 for one in self.asked)
        print(f"| {fault} | {len(self.asked)} | {lost} | {doubled} |")
        return lost, doubled

    async def acknowledged(self, seconds: float = 10.0) -> None:
        """Wait until nothing is left in Telegram's queue."""
        state = self.emulator._update_queues._state(TOKEN)
        await self.until(lambda: not state.updates, seconds)

    async def post(self, body: bytes | str, **headers: str) -> int:
        """Post something to the webhook and return the status."""
        async with httpx.AsyncClient() as client:
            url = self.proxy.webhook["local"]
            return (await client.post(url, content=body, headers=headers)).status_code
