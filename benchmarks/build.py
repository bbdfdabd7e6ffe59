"""Builds of many documents: full, one changed, none changed; time and memory.

python -m benchmarks.build [DOCUMENTS ...]      (1000 and 10000, unless told)
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.apart import Cost, command
from benchmarks.synthetic import write_folder

SIZES = (1_000, 10_000)


def measure(documents: int) -> dict[str, Cost]:
    """Build a folder in whole, with one document changed, and with none."""
    with TemporaryDirectory() as name:
        knowledge, index = Path(name, "knowledge"), Path(name, "index.db")
        write_folder(knowledge, documents)
        build = ("indexer", "build", "--knowledge", knowledge, "--index", index)
        costs = {"full": command(*build)}
        changed = knowledge / "documents" / f"{documents // 2:06}.md"
        changed.write_text(changed.read_text("utf-8") + "\nMore.\n", encoding="utf-8")
        costs["one changed"] = command(*build)
        costs["none changed"] = command(*build)
        return costs


def main() -> None:
    """Print a table; the ratios are to the full build of the same run."""
    print(f"{'documents':>9}  {'build':<13}{'seconds':>8}{'ratio':>7}{'MB':>7}")
    for size in [int(size) for size in sys.argv[1:]] or SIZES:
        costs = measure(size)
        for name, cost in costs.items():
            ratio = cost.seconds / costs["full"].seconds
            print(
                f"{size:>9}  {name:<13}{cost.seconds:>8.2f}{ratio:>7.3f}"
                f"{cost.megabytes:>7.0f}"
            )


if __name__ == "__main__":
    main()
