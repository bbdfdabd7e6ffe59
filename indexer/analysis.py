"""Text to terms and character grams, by script; sentences; the language of a text.

One function serves passages and questions, so both are cut alike. `VERSION` is
stored in the index and must rise with any change here that alters a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import Stemmer

VERSION = "2"

Script = Literal["latin", "number", "ordinal", "han", "sea"]

# Deleted before NFKC: inside decomposed text they would change its composition.
INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u17b4\u17b5]"
)
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'"))
# Pairs that look alike and are typed either way (Khmer, Thai, Burmese).
SAME_LOOK = (
    ("\u17c1\u17b8", "\u17be"), ("\u17c1\u17b6", "\u17c4"), ("\u17a3", "\u17a2"),
    ("\u17dd", "\u17d1"), ("\u17d2\u178a", "\u17d2\u178f"), ("\u0e40\u0e40", "\u0e41"),
    ("\u1025\u103a", "\u1009\u103a"), ("\u1044\u1004\u103a", "\u104e\u1004\u103a"),
    ("\u0111", "d"),
)  # fmt: skip
SEA = (
    "\u0e00-\u0e3e\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u1049\u104e\u1050-\u109f"
    "\u1780-\u17d3\u17d7\u17dc-\u17df\ua9e0-\ua9ff\uaa60-\uaa7f"
)
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
RUN = re.compile(
    rf"(?P<ordinal>[0-9]+)\s?(?:st|nd|rd|th)\b|(?P<number>[0-9]+)"
    rf"|(?P<han>[{HAN}]+)|(?P<sea>[{SEA}]+)"
    rf"|(?P<latin>[^\W\d_{SEA}{HAN}]+(?:'[^\W\d_{SEA}{HAN}]+)*)"
)
BUDDHIST = re.compile("[\u0e00-\u0eff\u1780-\u17ff]")
# What parts words in ASCII, but for digits and apostrophes, to blanks.
PARTED = str.maketrans({chr(n): " " for n in range(128) if not chr(n).isalpha()})
# It begins with its comma: that is looked for faster than a digit before one.
THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
MARKS = re.compile(
    "(?:[\u17d2\u1039].|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u1038\u103a-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    "\u1071-\u1074\u1082-\u108d\u108f\u17b6-\u17d1\u17d3\u17dd]){2,}"
)
MARK = re.compile("[\u17d2\u1039].|.")

ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
        "twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
        "nineteenth twentieth".split(),
        start=1,
    )
}
CARDINALS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(),
        start=1,
    )
}
ROMAN = {
    word: number
    for number, word in enumerate(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix "
        "xx".split(),
        start=1,
    )
}

# Soft stop words: half weight. Question words are kept among them, never dropped;
# what they ask for is used as the kind of question.
STOP_WORDS = frozenset(
    "a an the of to in on at by for from with about into as is are was were be been "
    "being am do does did done have has had having will would can could should may "
    "might shall must it its this that these those there here i me my we us our you "
    "your he him his she her they them their and or but if so than then too very just "
    "also not no what which who whom whose when where why how any some all please tell "
    "know give get s t re ve ll dont im whats "
    "isnt arent wasnt werent doesnt didnt hasnt havent hadnt wont wouldnt cant couldnt "
    "shouldnt ive id youre theyre weve thats wheres whos hows whens lets cannot "
    "u ur r pls plz thx wen wher wat wich abt btw ok oh lol umm hmm".split()
)


class Token(NamedTuple):
    """A run of one script: its normalised text, and which script."""

    text: str
    script: Script


def normalise(text: str) -> str:
    """Bring spellings that look alike to one form; a key, never shown to anybody.

    In this order: invisible characters out, NFKC, lower case, digits to ASCII,
    apostrophes straight, look-alikes to one code, marks of a syllable sorted.
    """
    if text.isascii():
        text = text.lower()
        return THOUSANDS.sub("", text) if "," in text else text
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower()
    if not text.isascii():
        text = "".join(
            str(unicodedata.digit(char)) if char.isdigit() and char > "9" else char
            for char in text
        ).translate(APOSTROPHES)
        for typed, kept in SAME_LOOK:
            text = text.replace(typed, kept)
        text = MARKS.sub(_sorted_marks, text)
    return THOUSANDS.sub("", text)


def _sorted_marks(run: re.Match[str]) -> str:
    return "".join(sorted(MARK.findall(run[0])))


def tokens(text: str) -> list[Token]:
    """Cut text into runs of one script, normalised; punctuation only separates.

    >>> [token.text for token in tokens("The 8 th SOM's 1,130 officials\u2019 talk")]
    ['the', '8', 'som', '1130', 'officials', 'talk']
    """
    text = normalise(text)
    buddhist = not text.isascii() and BUDDHIST.search(text) is not None
    found = []
    for run in RUN.finditer(text):
        script = run.lastgroup
        word = run[script] if script else ""
        if script == "latin":
            if "'" in word or not word.isascii():
                word = fold(word.removesuffix("'s")).replace("'", "")
            if not word:
                continue
        elif script == "number" and buddhist and len(word) == 4:
            # Years of the Buddhist era, as Thai, Lao and Khmer texts write them.
            word = str(int(word) - 543) if 2400 <= int(word) <= 2643 else word
        elif script in ("number", "ordinal"):
            word = word.lstrip("0") or "0"
        found.append(Token(word, script))  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Drop the marks from a Latin word: "đổi" and "doi" are one.

    >>> fold("việt")
    'viet'
    """
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(char for char in parts if unicodedata.category(char) != "Mn")


_stemmer = Stemmer.Stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the English Snowball stem of a folded word.

    >>> stem("meetings")
    'meet'
    """
    return str(_stemmer.stemWord(word))


def number_of(token: Token, *, roman: bool = False) -> int | None:
    """Read a token as a number up to 99: digits, words, and Roman where asked.

    >>> number_of(Token("eighth", "latin"))
    8
    """
    word = token.text
    if token.script in ("number", "ordinal"):
        return int(word) if len(word) <= 2 else None
    if token.script != "latin":
        return None
    if roman and word in ROMAN:
        return ROMAN[word]
    return ORDINALS.get(word) or CARDINALS.get(word)


def script_terms(token: Token) -> list[str]:
    """Cut a run without spaces: Han to characters and pairs, others to 3-grams.

    >>> script_terms(Token("人口", "han"))
    ['人', '口', '人口']
    """
    text = token.text
    if token.script == "han":
        return [*text, *(text[i : i + 2] for i in range(len(text) - 1))]
    padded = f" {text} "
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


def grams(words: Iterable[str]) -> Iterator[str]:
    """Yield character grams within words, padded with blanks.

    Three to five characters as scikit-learn's `char_wb` cuts them; two to four in
    scripts without spaces.

    >>> list(grams(["mou"]))
    [' mo', 'mou', 'ou ', ' mou', 'mou ', ' mou ']
    """
    for word in words:
        shortest, longest = (3, 5) if word[:1] < "\u0e00" else (2, 4)
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            last = len(padded) - size
            for start in range(max(last, 0) + 1):
                yield padded[start : start + size]
            # A word shorter than the gram is counted once, as scikit-learn does.
            if last <= 0:
                break


ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|lt|gen|col|sen|no|art|vs|st|etc|e\.g|i\.e|u\.s|u\.n)|\b[A-Z])\.$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(
    r"(?<=[.!?\u3002\uff01\uff1f\u17d4\u104b])[\"'\u201d\u2019)]*\s+|(?<=[\u3002\uff01\uff1f])"
)


def sentences(text: str) -> list[str]:
    """Cut text between sentences; joined with blanks they give the text again.

    >>> sentences("Ms. Mehta spoke. So did Lt. Gen. Ngo.")
    ['Ms. Mehta spoke.', 'So did Lt. Gen. Ngo.']
    """
    found: list[str] = []
    start = 0
    for end in SENTENCE_END.finditer(text):
        piece = text[start : end.end()].strip()
        if not piece or ABBREVIATION.search(text[start : end.start()]):
            continue
        found.append(piece)
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


SCRIPTS = (
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
)
VIETNAMESE_LETTER = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
VIETNAMESE_WORDS = frozenset(
    "la gi cua va o dau khi nao ai co khong cho toi duoc nhung cac mot trong nguoi nam "
    "ve tai voi den nay bao nhieu quoc gia nuoc hop ban cuoc buon viet thanh vien bi "
    "giup toi".split()
)
VIETNAMESE_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|kh|gh|gi|ch|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    "[aeiouy]{1,3}(?:ng|nh|ch|[cmnptiouy])?"
)


def language_of(text: str) -> str:
    """Guess the language of a message: en km lo my th vi zh, or "" without evidence.

    By script; Latin text is Vietnamese where its letters or function words say so.

    >>> [language_of(text) for text in ("what is 湄公河", "COMMIT là gì?", "1300?")]
    ['en', 'vi', '']
    """
    text = unicodedata.normalize("NFC", text[:2000]).lower()
    words = [
        run[0] for run in re.finditer(r"[^\W\d_\u0e00-\u1dff\u2c00-\uffff]+", text)
    ]
    english = sum(word in STOP_WORDS for word in words)
    letters = {language: len(script.findall(text)) for language, script in SCRIPTS}
    best = max(letters, key=lambda language: letters[language])
    if letters[best] and not (english >= 2 and letters[best] < 3 * len(words)):
        return best
    marked = sum(bool(VIETNAMESE_LETTER.search(word)) for word in words)
    if marked > english:
        return "vi"
    folded = [fold(word.replace("đ", "d")) for word in words]
    function = sum(word in VIETNAMESE_WORDS for word in folded)
    shaped = sum(bool(VIETNAMESE_SYLLABLE.fullmatch(word)) for word in folded)
    if function > english and function >= 2 and shaped >= 0.3 * len(words):
        return "vi"
    return "en" if english or len(words) >= 3 else ""
