"""The floors of DESIGN.md, section 3: a module imports only from lower ones."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Lowest first. A name stands for all modules below it; the longest name decides.
FLOORS = (
    "indexer indexer.types indexer.errors indexer.settings indexer.trees",
    "indexer.analysis indexer.contacts indexer.files indexer.crew",
    "indexer.glossary indexer.schema indexer.intake indexer.typos indexer.english"
    " indexer.lines",
    "indexer.csv_facts indexer.passages indexer.tfidf indexer.confidence"
    " indexer.contradictions indexer.phrases indexer.cutting",
    "indexer.fitting indexer.shares indexer.wordtable",
    "indexer.facts indexer.contrast indexer.extracts indexer.maxscore indexer.terms"
    " indexer.counting indexer.options indexer.layout indexer.reports indexer.patterns"
    " indexer.likeness indexer.rows",
    "indexer.tally indexer.lists indexer.danger indexer.danger_trees indexer.verifying"
    " indexer.listing",
    "indexer.danger_fit",
    "indexer.loaders.headings indexer.loaders.worker",
    "indexer.loaders.front indexer.loaders.docx indexer.loaders.html"
    " indexer.loaders.pdf",
    "indexer.loaders.apart indexer.loaders.markdown indexer.loaders.plain",
    "indexer.loaders",
    "indexer.store",
    "indexer.writing indexer.swapping indexer.fact_counts indexer.documents",
    "indexer.ranking",
    "indexer.signals",
    "indexer.lacking",
    "indexer.search indexer.status",
    "indexer.jsonl",
    "indexer.findings",
    "indexer.document_checks",
    "indexer.checks",
    "indexer.calibrating indexer.renewing indexer.identity",
    "indexer.making",
    "indexer.build",
    "indexer.explain indexer.phrasings indexer.watch",
    "indexer.printing",
    "indexer.__main__ bot bot.settings bot.languages.en bot.dates",
    "bot.types bot.languages",
    "bot.texts bot.smalltalk bot.citations bot.safety bot.conversation"
    " bot.refusals bot.counting"
    " bot.journal bot.why",
    "bot.hotlines bot.answers bot.rewriting",
    "bot.resources bot.leaning",
    "bot.judging",
    "bot.understanding",
    "bot.catalogue bot.danger",
    "bot.remarks",
    "bot.dialogue",
    "bot.assistant",
    "bot.evaluation",
    "bot.diff",
    "bot.report bot.transports",
    "bot.__main__",
)
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names.split()}

# What reads a format is loaded by the worker that stands below it, when it runs;
# the folder of loaders holds a table of its files.
LATE = {
    ("indexer.loaders.worker", "indexer.loaders.docx"),
    ("indexer.loaders.worker", "indexer.loaders.html"),
    ("indexer.loaders.worker", "indexer.loaders.pdf"),
}
WRITERS = {"indexer.store", "bot.journal"}
FITTERS = {
    "indexer.counting",
    "indexer.fitting",
    "indexer.danger_fit",
    "indexer.danger_trees",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_of(path): path
    for package in ("indexer", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
}


def floor_of(module: str) -> int | None:
    """Return a module's floor: its own, or that of a folder of `transports`."""
    if module.startswith("bot.transports."):
        module = "bot.transports"
    return FLOOR.get(module)


def imports_of(module: str, *, top_only: bool = False) -> set[str]:
    """Return the modules that a module imports, anywhere or at its top level."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                found.add(below if below in MODULES else str(node.module))
    return found


def importers_of(library: str, *, top_only: bool = False) -> set[str]:
    return {
        module
        for module in MODULES
        for name in imports_of(module, top_only=top_only)
        if name.partition(".")[0] == library
    }


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_floor(module: str):
    assert floor_of(module) is not None


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_upward(module: str):
    ours = {name for name in imports_of(module) if name in MODULES}

    upward = {
        name
        for name in ours
        if (floor_of(name) or 0) > (floor_of(module) or 0)
        and (module, name) not in LATE
    }

    assert upward == set()


def test_no_modules_import_each_other():
    ours = {module: imports_of(module) & MODULES.keys() for module in MODULES}

    both = {
        (module, name)
        for module, names in ours.items()
        for name in names
        if module < name and module in ours[name] and (name, module) not in LATE
    }

    assert both == set()


def test_indexer_knows_nothing_of_the_bot():
    importers = importers_of("bot")

    assert {module for module in importers if module.startswith("indexer")} == set()


def test_only_the_telegram_chat_imports_telegram():
    allowed = "bot.transports.telegram_chat"

    strangers = {m for m in importers_of("telegram") if not m.startswith(allowed)}

    assert strangers == set()


def test_scikit_learn_is_imported_only_by_what_fits_and_inside_functions():
    assert importers_of("sklearn") == FITTERS
    assert importers_of("scipy") <= FITTERS
    assert importers_of("sklearn", top_only=True) == set()
    assert importers_of("scipy", top_only=True) == set()


def test_sqlite_utils_is_imported_only_by_what_writes():
    assert importers_of("sqlite_utils") <= WRITERS
    assert "indexer.store" not in importers_of("sqlite_utils", top_only=True)


def test_indexer_settings_need_no_pydantic():
    assert not {"pydantic", "pydantic_settings"} & imports_of("indexer.settings")


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return the top-level libraries that a fresh process holds after some code."""
    report = "import sys; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_a_process_that_searches_loads_nothing_that_fits_or_writes(toy: Path):
    code = (
        "import sys; from pathlib import Path; from indexer.search import Index\n"
        "index = Index(Path(sys.argv[1]))\n"
        "hits = index.search('Where was SOM 8? The ofitsials?')\n"
        "assert hits.facts[0].passage.document_id == 'som8', hits"
    )

    loaded = loaded_by(code, str(toy / "index.db"))

    assert "numpy" in loaded
    assert not loaded & {"sklearn", "scipy", "sqlite_utils", "yaml", "pydantic"}
    assert not loaded & {"bot", "telegram", "pandas", "joblib"}


def test_a_process_that_answers_loads_nothing_that_fits(
    toy: Path, knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COMMIT_BOT_KNOWLEDGE", str(knowledge))
    monkeypatch.setenv("COMMIT_BOT_JOURNAL", str(tmp_path / "journal.db"))
    code = (
        "import contextlib, sys; from bot.__main__ import main\n"
        "sys.argv = ['bot', 'ask', '--index', sys.argv[1], 'Where was SOM 8?']\n"
        "with contextlib.suppress(SystemExit): main()"
    )

    loaded = loaded_by(code, str(toy / "index.db"))

    assert {"bot", "numpy"} <= loaded
    assert not loaded & {"sklearn", "scipy", "telegram", "trafilatura", "docx"}


def test_a_search_loads_no_edit_distances_unless_a_word_is_unknown(toy: Path):
    code = (
        "import sys; from pathlib import Path; from indexer.search import Index\n"
        "Index(Path(sys.argv[1])).search('Where was SOM 8?')"
    )

    assert "rapidfuzz" not in loaded_by(code, str(toy / "index.db"))
