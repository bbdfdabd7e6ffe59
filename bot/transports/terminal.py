"""A chat in the terminal: colours and links there, plain text in a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from bot import citations
from bot.assistant import Assistant
from bot.languages import phrases
from bot.settings import Settings
from bot.texts import about_text, privacy_text
from bot.types import Answer

CHAT = "terminal"
PROMPT = "> "


async def chat(assistant: Assistant, settings: Settings, console: Console) -> None:
    """Answer lines until /quit, the end of input, or Ctrl-C."""
    interactive = sys.stdin.isatty()
    words = phrases("en")
    if interactive:
        console.print(Text(words.terminal_help))
    for line in _lines(interactive):
        if not line.strip():
            continue
        if line.strip() in ("/quit", "/exit"):
            break
        if line.strip().startswith("/"):
            said = await _command(line.strip(), assistant, settings)
            console.print(Text(_printable(said)), soft_wrap=True)
        else:
            console.print(render(await assistant.ask(CHAT, line)), soft_wrap=True)
        console.print()
    if interactive:
        console.print(Text(words.goodbye))


def _lines(interactive: bool) -> Iterator[str]:
    """Yield lines; on a terminal with a prompt and a history that is not written."""
    if not interactive:
        for raw in sys.stdin.buffer:
            yield raw.decode("utf-8", "replace").rstrip("\r\n")
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (gives input() its history and editing)
    while True:
        try:
            yield input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return


async def _command(line: str, assistant: Assistant, settings: Settings) -> str:
    words = phrases("en")
    if line in ("/start", "/help"):
        return words.terminal_help
    if line == "/why":
        return await assistant.why(CHAT)
    if line == "/hotlines":
        return await assistant.hotlines()
    if line == "/privacy":
        return privacy_text(settings, words)
    if line == "/about":
        return about_text(await assistant.about(), settings, words)
    return words.unknown_command


def render(answer: Answer) -> Text:
    """Return an answer with its citations as terminal text."""
    words = phrases(answer.language)
    text = Text(_printable(answer.text))
    if answer.kind == "unknown" and answer.offers:
        for number, offer in enumerate(answer.offers, start=1):
            text.append(f"\n{number}. {_printable(offer.question)}")
    shown, more = citations.shown(answer)
    if shown and answer.kind == "answer":
        text.append(f"\n{citations.lead(answer, words)}", style="dim")
        for citation in shown:
            title, rest = citations.parts(citation, words)
            url = _printable(citation.url)
            link = f"link {url}" if url else "italic"
            text.append("\n  ").append(_printable(title), style=link)
            text.append(f" ({_printable(rest)})", style="dim")
            if url:
                text.append(f"\n  {url}", style="dim")
        if more:
            text.append(f"\n  {words.more_sources.format(count=more)}", style="dim")
    return text


def _printable(text: str) -> str:
    """Take control characters out: text from documents must not steer a terminal."""
    return "".join(char for char in text if char.isprintable() or char == "\n")


def run(assistant: Assistant, settings: Settings) -> None:
    """Run the chat; Ctrl-C leaves politely."""

    async def talk() -> None:
        async with assistant:
            await chat(assistant, settings, Console(highlight=False))

    try:
        asyncio.run(talk())
    except KeyboardInterrupt:
        sys.stdout.write("\n")
