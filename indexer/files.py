"""Reading files of the knowledge folder with bounds, never outside of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from indexer.errors import KnowledgeError

MAX_BYTES = 10_000_000
USUAL_BYTES = 65_536
LEADS_OUT = "the link leads out of the knowledge folder; copy the file instead"


def relative(path: Path | str, knowledge: Path) -> str:
    """Return the path below the knowledge folder, with forward slashes."""
    whole, folder = str(path), f"{knowledge}{os.sep}"
    # As a path it is worked out ten times slower, and there are many.
    if not whole.startswith(folder):
        return Path(path).relative_to(knowledge).as_posix()
    return whole[len(folder) :].replace(os.sep, "/")


def files_below(
    folder: Path, knowledge: Path, problems: list[KnowledgeError]
) -> Iterator[Path]:
    """Yield the files below a folder in sorted order; hidden ones are passed over.

    Links that leave the knowledge folder, folders that cannot be read and names
    that are not UTF-8 are added to `problems` and passed over.
    """
    return map(Path, names_below(folder, knowledge, problems))


def names_below(
    folder: Path, knowledge: Path, problems: list[KnowledgeError]
) -> Iterator[str]:
    """Yield the same as strings: to make 10,000 paths takes a tenth of a second."""
    if not folder.is_dir():
        return
    if folder.is_symlink() and not _stays_inside(folder, knowledge):
        problems.append(KnowledgeError(relative(folder, knowledge), "", LEADS_OUT))
        return
    try:
        # Links are not followed below, so a loop of links ends here.
        with os.scandir(folder) as found:
            children = sorted(found, key=lambda child: child.name)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check its permissions"
        problems.append(KnowledgeError(relative(folder, knowledge), "", reason))
        return
    for child in children:
        if child.name.startswith("."):
            continue
        path = child.path
        if not _is_utf8(child.name):
            shown = os.fsencode(relative(path, knowledge))
            reason = "the file name is not UTF-8; rename it"
            name = shown.decode("utf-8", "backslashreplace")
            problems.append(KnowledgeError(name, "", reason))
            continue
        if child.is_symlink() and not _stays_inside(Path(path), knowledge):
            problems.append(KnowledgeError(relative(path, knowledge), "", LEADS_OUT))
        elif child.is_symlink() and child.is_dir():
            reason = "a link to a folder is not followed; move the folder here"
            problems.append(KnowledgeError(relative(path, knowledge), "", reason))
        elif child.is_dir(follow_symlinks=False):
            yield from names_below(Path(path), knowledge, problems)
        else:
            yield path


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def digests(knowledge: Path) -> dict[str, str]:
    """Hash all files that a build reads, by name, without parsing any.

    Returns:
        Nothing where something must be looked at more closely (a link, a file that
        cannot be read or is too large).
    """
    found = {}
    folders = [str(knowledge)]
    try:
        while folders:
            with os.scandir(folders.pop()) as children:
                seen = [child for child in children if not child.name.startswith(".")]
            for child in seen:
                if child.is_symlink():
                    return {}
                if child.is_dir():
                    if child.path != str(knowledge / "questions"):
                        folders.append(child.path)
                    continue
                data = _read(child.path)
                if len(data) > MAX_BYTES:
                    return {}
                name = child.path[len(str(knowledge)) + 1 :].replace(os.sep, "/")
                found[name] = hashlib.sha256(data).hexdigest()
    except (OSError, ValueError):
        return {}
    return found


def _read(path: str) -> bytes:
    """Return a file's bytes, or more than `MAX_BYTES` of them."""
    # Room is made for all that is asked for, and most files are small.
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (10,000 of them)
        data = file.read(USUAL_BYTES)
        while len(data) <= MAX_BYTES and (more := file.read(4 * len(data))):
            data += more
    return data


def stamp(found: dict[str, str]) -> str:
    """Return one hash for those of all files; "" where they are not known."""
    lines = [f"{name} {digest}" for name, digest in sorted(found.items())]
    return checksum(*lines) if lines else ""


def _stays_inside(path: Path, knowledge: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(knowledge.resolve())
    except (OSError, RuntimeError):
        return False


def read_bytes(path: Path, knowledge: Path) -> bytes:
    """Read a whole file of at most `MAX_BYTES`.

    Raises:
        KnowledgeError: It is too large, no ordinary file, a link that leads out of
            the folder, or cannot be read.
    """
    name, whole = relative(path, knowledge), str(path)
    try:
        # As paths they would be looked at ten times slower, and there are many.
        if os.path.islink(whole) and not _stays_inside(path, knowledge):  # noqa: PTH114
            raise KnowledgeError(name, "", LEADS_OUT)
        if not os.path.isfile(whole):  # noqa: PTH113
            reason = (
                "is not an ordinary file (or it vanished); remove it or build again"
            )
            raise KnowledgeError(name, "", reason)
        if os.path.getsize(whole) > MAX_BYTES:  # noqa: PTH202
            reason = f"is larger than {MAX_BYTES // 1_000_000} MB; split it"
            raise KnowledgeError(name, "", reason)
        return _read(whole)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check its permissions"
        raise KnowledgeError(name, "", reason) from None


def digest_of(path: Path, knowledge: Path) -> str:
    """Hash a file as `digests` does.

    Raises:
        KnowledgeError: As `read_bytes`.
    """
    return hashlib.sha256(read_bytes(path, knowledge)).hexdigest()


def read_text(path: Path, knowledge: Path) -> str:
    """Read a whole UTF-8 file, a byte order mark allowed.

    Raises:
        KnowledgeError: As `read_bytes`; or it is not UTF-8, or empty.
    """
    name = relative(path, knowledge)
    try:
        text = read_bytes(path, knowledge).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise KnowledgeError(name, "", reason) from None
    if not text.strip():
        raise KnowledgeError(name, "", "is empty; fill it or remove it")
    # NUL would end a text early in C libraries further down.
    return text.replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n")


def checksum(*parts: str | bytes) -> str:
    """Return the SHA-256 of the parts as hex, each part's length counted in."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def folder_hash(knowledge: Path) -> str:
    """Return a hash that names a folder: an index says which it was made of."""
    return checksum(str(knowledge.resolve()))[:16]
