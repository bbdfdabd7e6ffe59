"""The indexer's two settings: where the knowledge is and where the index goes.

Read by click from flags and environment; `.env` fills the environment first.
"""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "COMMIT_BOT_"
KNOWLEDGE = Path("knowledge")
INDEX = Path("state/index.db")


def load_env_file(path: Path = Path(".env")) -> None:
    """Fill the environment with this project's names from a `.env` file.

    Names already in the environment win; names without our prefix are not ours.
    """
    if not path.is_file():
        return
    from dotenv import dotenv_values

    for name, value in dotenv_values(path).items():
        if name.startswith(PREFIX) and value is not None:
            os.environ.setdefault(name, value)
