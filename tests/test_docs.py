"""Pages hold what the program really says, and name only commands that exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from bot.__main__ import cli as bot
from indexer.__main__ import cli as indexer
from tests import generated

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / name for name in (*generated.PAGES, "CONTRIBUTING.md")]
COMMAND = re.compile(r"python -m (indexer|bot) ([a-z]+)((?: --[a-z-]+)*)")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
GROUPS = {"indexer": indexer, "bot": bot}


@pytest.fixture(scope="module")
def blocks(real_index: Path) -> Mapping[str, str]:
    return generated.blocks(real_index)


@pytest.mark.parametrize("name", generated.PAGES)
def test_generated_blocks_are_up_to_date(name: str, blocks: Mapping[str, str]):
    page = (ROOT / name).read_text(encoding="utf-8")

    assert generated.filled(page, blocks) == page, "run `make docs`"


def test_env_example_is_up_to_date():
    written = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert written == generated.env_example(), "run `make docs`"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_exists_with_its_options(path: Path):
    for package, name, flags in COMMAND.findall(path.read_text(encoding="utf-8")):
        command = GROUPS[package].commands[name]
        known = {
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        assert set(flags.split()) <= known, f"{package} {name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_make_target_exists(path: Path):
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    named = re.findall(r"(?:^|`)make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)

    assert set(named) <= targets


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path):
    # Templates show links that are only examples.
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        assert (path.parent / target).exists(), target


def test_readme_has_the_length_that_people_read():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert 80 <= len(lines) <= 140


def test_a_block_that_nothing_writes_is_an_error():
    page = "<!-- generated: nothing -->\n<!-- end -->"

    with pytest.raises(KeyError):
        generated.filled(page, {})
