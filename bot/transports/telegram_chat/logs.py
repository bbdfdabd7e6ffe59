"""What keeps message texts and the token out of every log line.

Measured: python-telegram-bot writes texts at DEBUG ("Processing update", API
parameters) and at ERROR and CRITICAL (bodies that do not parse), httpx the token in
every URL, and asyncio the text of exceptions nobody caught. A list of such places
would have holes, so only our own loggers may say what they like.
"""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

OURS = ("bot", "indexer", "__main__")
TOKEN = re.compile(r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
HIDDEN = "[token]"


class Discreet(logging.Filter):
    """Reduce other libraries' records to level and type; take the token out of ours."""

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place and let it pass."""
        kind = record.exc_info[0] if record.exc_info else None
        if record.name.partition(".")[0] in OURS:
            text = self.redact(record.getMessage())
        else:
            text = "(text withheld)"
        # A traceback ends with the exception's text, which may quote a message.
        record.msg = f"{text} [{kind.__name__}]" if kind else text
        record.args = None
        record.exc_info = record.exc_text = record.stack_info = None
        return True

    def redact(self, text: str) -> str:
        """Return the text without the token, known or looking like one."""
        if self._token:
            text = text.replace(self._token, HIDDEN)
        return TOKEN.sub(HIDDEN, text)


def place_of(error: BaseException) -> str:
    """Return an exception's type and where it was raised, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(one.filename).name}:{one.lineno}" for one in frames[-3:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"


def protect(token: str = "") -> Discreet:
    """Put the filter on every handler of the root logger, and quieten HTTP clients."""
    discreet = Discreet(token)
    last = [logging.lastResort] if logging.lastResort else []
    for handler in (*logging.getLogger().handlers, *last):
        for old in [f for f in handler.filters if isinstance(f, Discreet)]:
            handler.removeFilter(old)
        handler.addFilter(discreet)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return discreet
