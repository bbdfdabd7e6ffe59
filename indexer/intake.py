"""What reading may have damaged in a document, one line each, with its places.

Nothing here is certain: each line is worth a look at the original. The measures are
of our own, kept simple, and lean to silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from indexer.analysis import PARTED, STOP_WORDS, VIETNAMESE_WORDS, language_of
from indexer.types import Document, Section

SHOWN = 6
"""Places that a line names; of more it gives the number."""

MANY_LINES = 20
"""From so many lines on, short ones may be columns."""

HYPHEN = "\xad"
# What no ASCII text should hold, but for the ends of lines: they are looked for faster
# than what is printable.
ODD = bytes(code for code in range(128) if not chr(code).isprintable() and code != 10)
LAID_OUT = (".pdf", ".txt")
"""Formats whose line ends are those of a page."""

GLUED_LETTERS = 31
GLUED = re.compile(
    rf"(?<![\w/.@:%#?=&-])[A-Za-z\u00c0-\u024f]{{{GLUED_LETTERS},}}(?![\w/.@:%#?=&-])"
)
LINE_ENDS_IN_HYPHEN = re.compile(r"-[ \t]*\n")
CUT = re.compile(rf"[^\W\d_]{HYPHEN}[^\W\d_]|[^\W\d_]-[ \t]*\n[ \t]*[^\W\d_]")
WORD = re.compile(r"[^\W\d_]+")
GAP = re.compile(r"\S(?: {3,}|\t[ \t]*)\S")
THAI = re.compile("[\u0e01-\u0e2e]")
THAI_TONE = re.compile("[\u0e48-\u0e4b]")
VIETNAMESE_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
BURMESE = re.compile("[\u1000-\u1021]")
# Zawgyi writes what is seen from left to right, and stacked forms as characters of
# their own: a vowel E or a medial without a consonant before it, U+1039 that stacks
# nothing, nga with U+1039 (in Unicode U+103A stands between). No standard Burmese
# spelling has any of these; Mon, Shan and Karen letters are not counted.
ZAWGYI = re.compile(
    "(?<![\u1000-\u102a\u103b-\u103e\u103f\u104e\u200b\u1050-\u1097\uaa60-\uaa7f])\u1031"
    "|(?<![\u1000-\u102a\u1031\u103a-\u103f\u1050-\u1097\uaa60-\uaa7f])[\u103b\u107e-\u1084]"
    "|\u1039(?![\u1000-\u1021\u105c\u1075\u1078])"
    "|\u1004\u1039"
)

Measure = Callable[[Section], str]


def inspect(document: Document, *, usual_words: bool = False) -> tuple[str, ...]:
    """Return what reading may have damaged, with the pages, headings or lines.

    A measure is silent ("") or names an example for a section; the sections of one
    kind of damage become one line.

    Args:
        usual_words: The `signs` of all its words are under 2.
    """
    laid_out = document.file.lower().endswith(LAID_OUT)
    clean = _is_clean(document.sections, laid_out=laid_out)
    if clean and usual_words:
        return ()
    glued = ("words that may be glued together", _glued)
    toneless = ("Vietnamese without tone marks, read it from another copy", _toneless)
    checks: list[tuple[str, Measure]] = [
        ("no text (a scan?), run it through text recognition", _without_text),
        glued,
        ("odd characters, text may be missing", _odd),
        ("looks like old Zawgyi Burmese, convert it to Unicode", _zawgyi),
        toneless,
        ("Thai without tone marks, read it from another copy", _toneless_thai),
        ("words cut by a hyphen at the end of a line", _hyphens),
    ]
    if laid_out:
        checks.append(
            ("wide gaps or very short lines, columns may be read across", _columns)
        )
    if clean:
        checks = [glued, toneless]
    lines = (_line(name, measure, document.sections) for name, measure in checks)
    return tuple(line for line in lines if line)


def signs(word: str) -> int:
    """Return how far a word of an ASCII text is a sign of damage; two tell something.

    >>> [signs(word) for word in ("talk", "khong", "x" * 31)]
    [0, 1, 2]
    """
    if len(word) >= GLUED_LETTERS:
        return 2
    if word.isalpha():
        return int(word in VIETNAMESE_WORDS)
    return sum(part in VIETNAMESE_WORDS for part in word.translate(PARTED).split())


def _is_clean(sections: Sequence[Section], *, laid_out: bool) -> bool:
    """Tell, at little cost, whether no measure can find anything; words apart."""
    text = "\n".join([section.text for section in sections])
    if not text.isascii() or len(text.encode().translate(None, ODD)) < len(text):
        return False
    if LINE_ENDS_IN_HYPHEN.search(text) or (laid_out and "   " in text):
        return False
    # Of all sections together, which is fewer only where none has so many.
    lines = text.count("\n") - len(sections) + 1
    pages = "\np. " in "\n".join(["", *[section.locator for section in sections]])
    return not pages and not (laid_out and lines >= MANY_LINES - 1)


def mended(document: Document) -> Document:
    """Return the document without the soft hyphens by which guessed joins are known."""
    if not any(HYPHEN in section.text for section in document.sections):
        return document
    sections = tuple(
        replace(section, text=section.text.replace(HYPHEN, ""))
        if HYPHEN in section.text
        else section
        for section in document.sections
    )
    return replace(document, sections=sections)


def _line(name: str, measure: Measure, sections: Iterable[Section]) -> str:
    found = [(section.locator, measure(section)) for section in sections]
    marked = [(locator, example) for locator, example in found if example]
    if not marked:
        return ""
    examples = list(dict.fromkeys(filter(None, (e.strip() for _, e in marked))))
    such = f" ({', '.join(examples[:3])})" if examples else ""
    where = _places([locator for locator, _ in marked])
    return f"{where}: {name}{such}" if where else f"{name}{such}"


def _places(locators: list[str]) -> str:
    """Name places, pages as ranges.

    >>> _places(["p. 3", "p. 7", "p. 8", "p. 9"])
    'p. 3, 7-9'
    """
    pages = [int(place[3:]) for place in locators if re.fullmatch(r"p\. \d+", place)]
    if not pages or len(pages) < len(locators):
        names = list(dict.fromkeys(filter(None, locators)))
        return _some([n if n.startswith("line ") else f'"{n}"' for n in names])
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return "p. " + _some(
        [f"{run[0]}-{run[-1]}" if run[1:] else str(run[0]) for run in runs]
    )


def _some(places: list[str]) -> str:
    more = len(places) - SHOWN
    return ", ".join(places[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _without_text(section: Section) -> str:
    """Say " " (damaged, no example) for a page that has no letters."""
    page = section.locator.startswith("p. ")
    return " " if page and not re.search(r"[^\W_]", section.text) else ""


def _glued(section: Section) -> str:
    if max(map(len, section.text.split()), default=0) < GLUED_LETTERS:
        return ""
    word = GLUED.search(section.text)
    return f"{word[0][:40]}..." if word else ""


def _odd(section: Section) -> str:
    """Name the commonest character that no text should hold."""
    text = section.text
    printable = text.isprintable() or "".join(text.split()).isprintable()
    if printable and "\ufffd" not in text:
        return ""
    odd = [
        char
        for char in section.text
        if not (char.isprintable() or char.isspace())
        and unicodedata.category(char) in ("Cc", "Co", "Cs", "Cn")
    ]
    odd += "\ufffd" * section.text.count("\ufffd")
    return f"U+{ord(max(sorted(set(odd)), key=odd.count)):04X}" if odd else ""


def _zawgyi(section: Section) -> str:
    if section.text.isascii():
        return ""
    signs = len(ZAWGYI.findall(section.text))
    letters = len(BURMESE.findall(section.text))
    return " " if signs >= 2 and signs * 40 >= letters else ""


def _toneless(section: Section) -> str:
    """Say " " where under a tenth of the words have a tone; half is usual."""
    if not _maybe_vietnamese(section.text):
        return ""
    words = WORD.findall(unicodedata.normalize("NFC", section.text))
    if len(words) < 30 or language_of(section.text) != "vi":
        return ""
    toned = sum(
        not VIETNAMESE_TONES.isdisjoint(unicodedata.normalize("NFD", word))
        for word in words
    )
    return " " if toned * 10 < len(words) else ""


def _maybe_vietnamese(text: str) -> bool:
    """Tell, at less cost than `language_of`, whether a text may be Vietnamese."""
    if not text.isascii():
        return True
    words = text[:2000].lower().translate(PARTED).split()
    found = sum(word in VIETNAMESE_WORDS for word in words)
    return found >= 2 and found > sum(word in STOP_WORDS for word in words)


def _toneless_thai(section: Section) -> str:
    """Say " " where under 1 in 100 consonants has a tone; 1 in 9 is usual."""
    if section.text.isascii():
        return ""
    letters = len(THAI.findall(section.text))
    tones = len(THAI_TONE.findall(section.text))
    return " " if letters >= 80 and tones * 100 < letters else ""


def _hyphens(section: Section) -> str:
    text = section.text
    if HYPHEN not in text and not ("\n" in text and LINE_ENDS_IN_HYPHEN.search(text)):
        return ""
    cut = CUT.search(section.text)
    if not cut:
        return ""
    words = section.text.replace("\n", " ")
    start = words.rfind(" ", 0, cut.start()) + 1
    end = words.find(" ", cut.end())
    return words[start : end if end > 0 else None].replace(HYPHEN, "-")[:40]


def _columns(section: Section) -> str:
    text = section.text
    # Most blocks are of few lines, without any gap.
    if "   " not in text and "\t" not in text and len(text.splitlines()) < MANY_LINES:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    gaps = sum(GAP.search(line) is not None for line in lines)
    short = sum(len(line) <= 12 for line in lines)
    across = gaps >= 3 and gaps * 3 >= len(lines)
    cut_up = len(lines) >= MANY_LINES and short * 5 >= len(lines) * 3
    return " " if across or cut_up else ""
