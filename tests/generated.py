"""The generated parts of README, docs and .env.example: `python -m tests.generated`.

A block stands between `<!-- generated: name -->` and `<!-- end -->`. Its text comes
from the real settings, or from real commands, run on the toy corpus of conftest.py.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic_core import PydanticUndefined

from bot.assistant import Assistant
from bot.settings import PREFIX, Settings
from bot.transports.terminal import render
from conftest import TOY
from indexer.build import build

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
PAGES = ("README.md", "docs/knowledge.md", "docs/engine.md")
BLOCK = re.compile(
    r"(?P<open><!-- generated: (?P<name>[\w-]+) -->\n).*?(?P<close><!-- end -->)",
    re.DOTALL,
)
QUESTIONS = ("Where was the 8th Senior Officials' Meeting held?", "When was SOM 23?")

DRAFT = """\
topic: Meetings
facts:
  - id: som9
    as_of: 2013
    sources: [news-2012]
    asked: [Where was the 9th Senior Officials' Meeting?, som9 city, when was SOM IX]
    answer: The ninth Senior Officials' Meeting took place in Bangkok in 2013.
"""
# A report as it comes in: one source misspelt, a telephone number, a link to nowhere.
REPORT = """\
---
title: A visit to the border
sources: [news-2013]
as_of: 2013-05
---

## Reports

Call 1899 for help, or see [the list](list.md).
"""


def commands_on_toy() -> dict[str, str]:
    """Run the maintainers' commands in a folder of their own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in {**TOY, "../draft.yaml": DRAFT}.items():
            file = folder / "knowledge" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        report = folder / "knowledge" / "documents" / "border.md"
        _run(folder, "indexer build")
        blocks = {}
        report.write_text(REPORT, encoding="utf-8")
        blocks["check"] = _run(folder, "indexer check")
        blocks["build-left-out"] = _run(folder, "indexer build")
        report.unlink()
        question = "where was the ninth som"
        blocks["explain"] = _run(folder, f'indexer explain --limit 1 "{question}"')
        command = f'indexer explain --draft draft.yaml --limit 1 "{question}"'
        blocks["draft"] = _run(folder, command)
        draft = folder / "knowledge" / "facts" / "new.yaml"
        draft.write_text(DRAFT, encoding="utf-8")
        blocks["build-again"] = _run(folder, "indexer build")
        blocks["diff"] = _run(folder, "bot diff --fail-on lost")
        blocks["ask"] = _run(folder, f'bot ask "{question}"')
        return blocks


def _run(folder: Path, command: str) -> str:
    """Return a command with its output, as a block of a page."""
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
    ours = {key: value for key, value in os.environ.items() if PREFIX not in key}
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**ours, "PYTHONPATH": str(ROOT), "COLUMNS": "88", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return _fenced(f"$ python -m {command}\n{done.stdout.rstrip()}")


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```\n"


def help_of(package: str) -> str:
    """Return the help of a package's command line."""
    return _run(ROOT, f"{package} --help")


def settings_table() -> str:
    """Return all settings as a table."""
    rows = ["| Setting | Default | What it is |", "|---|---|---|"]
    for name, (default, description) in _settings().items():
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{name}` | {shown} | {description} |")
    return "\n".join(rows) + "\n"


def env_example() -> str:
    """Return the whole of .env.example: every setting, commented out."""
    lines = [
        "# Settings; copy this file to .env and fill in what you need.",
        "# Written by `make docs` from bot/settings.py.",
    ]
    for name, (default, description) in _settings().items():
        lines += ["", f"# {description}", f"# {name}={default}"]
    return "\n".join(lines) + "\n"


def _settings() -> dict[str, tuple[str, str]]:
    """Return default and description of every setting, by its name."""
    found = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default in (None, PydanticUndefined) else _plain(default)
        found[f"{PREFIX}{name.upper()}"] = (shown, field.description or "")
    return found


def _plain(default: object) -> str:
    return default.as_posix() if isinstance(default, Path) else str(default)


def dialogue(index: Path) -> str:
    """Return a short chat on the real knowledge."""
    return _fenced(asyncio.run(_dialogue(index)))


async def _dialogue(index: Path) -> str:
    turns = []
    async with Assistant(index=index, knowledge=KNOWLEDGE) as assistant:
        for question in QUESTIONS:
            answer = await assistant.ask("readme", question)
            turns.append(f"> {question}\n{render(answer).plain}")
    return "\n\n".join(turns)


def blocks(index: Path) -> Mapping[str, str]:
    """Return the text of every block, by name.

    Args:
        index: Of the real knowledge.
    """
    return {
        "settings": settings_table(),
        "dialogue": dialogue(index),
        "help-indexer": help_of("indexer"),
        "help-bot": help_of("bot"),
        **commands_on_toy(),
    }


def filled(page: str, texts: Mapping[str, str]) -> str:
    """Return a page with every block written anew.

    Raises:
        KeyError: The page has a block that nothing writes.
    """

    def fill(block: re.Match[str]) -> str:
        return block["open"] + texts[block["name"]] + block["close"]

    return BLOCK.sub(fill, page)


def main() -> None:
    """Write all pages and .env.example."""
    index = ROOT / "state" / "index.db"
    build(KNOWLEDGE, index)
    texts = blocks(index)
    for name in PAGES:
        path = ROOT / name
        path.write_text(
            filled(path.read_text(encoding="utf-8"), texts), encoding="utf-8"
        )
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
