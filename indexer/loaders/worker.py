"""A file of others, read in a process of its own with limits.

The parent hands the bytes to a fresh interpreter, which sets its limits, reads them
and answers with one line of JSON: the sections, or what is wrong. However that
process ends, the parent gets sections or a `KnowledgeError`. The worker sees no
file, no setting and no token; nothing but JSON text comes back from it.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from indexer.errors import KnowledgeError
from indexer.types import Section

Kind = Literal["pdf", "docx", "html"]

SECONDS = 60.0
MEMORY = 1 << 30
MAX_CHARS = 5_000_000

ROOT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from indexer.loaders.worker import main; main()"
)
CURE = "open it and save it anew, or save its text as .txt or .md"


def read(
    kind: Kind,
    data: bytes,
    file: str,
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> tuple[Section, ...]:
    """Read sections in a worker process, which is gone when this returns.

    Args:
        file: Name for messages.
        seconds: Limit of wall and processor time.
        memory: Limit of address space in bytes; not enforced on Windows and macOS.

    Raises:
        KnowledgeError: The file is wrong, or a limit was reached.
    """
    process = _started(file, kind, f"{seconds:g}", str(memory))
    with process:
        try:
            line, _ = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise _too_slow(file, seconds) from None
        finally:
            _end(process)
    if process.returncode in OUT_OF_TIME:
        raise _too_slow(file, seconds)
    return _understood(line, file, memory)


def read_here(kind: Kind, data: bytes, file: str) -> tuple[Section, ...]:
    """Read sections in this process; for what cannot do harm.

    Raises:
        KnowledgeError: The file is wrong.
    """
    return _understood(json.dumps(answer(kind, data)).encode(), file, MEMORY)


def answer(kind: Kind, data: bytes) -> dict[str, Any]:
    """Read sections; say what is wrong as a place and a reason."""
    try:
        return {"sections": list(_bounded(_reader(kind)(data)))}
    except KnowledgeError as error:
        return {"place": error.place, "reason": error.reason}
    except MemoryError:
        return {"place": "", "reason": f"needs too much memory; {CURE}"}
    except Exception as error:
        # The edge of the worker: parsers fail on broken files in any way they like.
        name = type(error).__name__
        return {"place": "", "reason": f"cannot be read ({name}); {CURE}"}


def main() -> None:
    """Answer for the bytes on standard input; arguments: kind, seconds, bytes."""
    kind, seconds, memory = sys.argv[1:]
    _limit(float(seconds), int(memory))
    known: dict[str, Kind] = {"pdf": "pdf", "docx": "docx", "html": "html"}
    sys.stdout.write(json.dumps(answer(known[kind], sys.stdin.buffer.read())))


def _started(file: str, *arguments: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", START, str(ROOT), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        reason = f"no process could be started to read it ({error.strerror})"
        raise KnowledgeError(file, "", f"{reason}; build again") from None


def _reader(kind: Kind) -> Callable[[bytes], Iterable[Section]]:
    # Each library is loaded only by the process that reads its format.
    if kind == "pdf":
        from indexer.loaders import pdf

        return pdf.sections
    if kind == "docx":
        from indexer.loaders import docx

        return docx.sections
    from indexer.loaders import html

    return html.sections


def _bounded(sections: Iterable[Section]) -> Iterable[tuple[str, str, str]]:
    chars = 0
    for section in sections:
        chars += len(section.text)
        if chars > MAX_CHARS:
            reason = f"holds more than {MAX_CHARS // 1_000_000} million characters"
            raise KnowledgeError("", section.locator, f"{reason}; split it")
        yield section.title, section.text, section.locator


def _understood(line: bytes, file: str, memory: int) -> tuple[Section, ...]:
    try:
        reply = json.loads(line)
        if "sections" in reply:
            return tuple(
                Section(str(title), str(text), str(locator))
                for title, text, locator in reply["sections"]
            )
        place, reason = str(reply["place"]), str(reply["reason"])
    except (ValueError, TypeError, KeyError, RecursionError):
        reason = f"is broken or hostile, or needs more than {memory >> 20} MB of memory"
        place, reason = "", f"{reason}: its reader crashed; {CURE}"
    raise KnowledgeError(file, place, reason)


def _too_slow(file: str, seconds: float) -> KnowledgeError:
    return KnowledgeError(file, "", f"takes more than {seconds:g} s to read; {CURE}")


def _environment() -> dict[str, str]:
    """Return what an interpreter needs to start, and no setting or token."""
    return {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
        if name in os.environ
    }


if sys.platform == "win32":
    OUT_OF_TIME: tuple[int, ...] = ()

    def _limit(seconds: float, memory: int) -> None:
        """Windows has no such limits; the parent's clock is the only one."""

    def _end(process: subprocess.Popen[bytes]) -> None:
        process.kill()

else:
    import resource

    OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGALRM)

    def _limit(seconds: float, memory: int) -> None:
        """Limit this process; a worker whose parent was killed ends by its alarm."""
        cpu = math.ceil(seconds)
        for what, most in (
            (resource.RLIMIT_AS, (memory, memory)),
            (resource.RLIMIT_CPU, (cpu, cpu + 1)),
            (resource.RLIMIT_FSIZE, (0, 0)),
            (resource.RLIMIT_CORE, (0, 0)),
        ):
            # A system may know a limit only by name, or hold a lower one.
            with suppress(ValueError, OSError):
                resource.setrlimit(what, most)
        signal.alarm(cpu + 5)

    def _end(process: subprocess.Popen[bytes]) -> None:
        """Kill the worker and what it may have started, if it still runs."""
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
