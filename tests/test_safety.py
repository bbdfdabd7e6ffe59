from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from bot.hotlines import Hotlines
from bot.safety import READ_CHARS, Judgement, Safety
from indexer.facts import read_safety

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
FILE = read_safety((KNOWLEDGE / "safety.yaml").read_text(encoding="utf-8"))
SAFETY = Safety(FILE)
HOTLINES = Hotlines(FILE)
LANGUAGES = ("en", "th", "km", "lo", "my", "vi", "zh")
DANGER = "the boss locks us in at nite and nobody gets payed"
SOMEWHERE = Judgement("certain", "held", ("thailand",))
ANYWHERE = Judgement("certain", "held")


@pytest.mark.parametrize("pattern", FILE.patterns, ids=lambda pattern: pattern.id)
def test_examples_are_recognised_and_counter_examples_are_not(pattern):
    levels = {example: SAFETY.judge(example).level for example in pattern.examples}
    silent = {other: SAFETY.judge(other).level for other in pattern.counter_examples}

    assert levels == dict.fromkeys(pattern.examples, pattern.level)
    assert silent == dict.fromkeys(pattern.counter_examples)


def test_every_language_has_examples_of_the_certain_level():
    examples = " ".join(
        example
        for pattern in FILE.patterns
        if pattern.level == "certain"
        for example in pattern.examples
    )

    for script in ("THAI", "LAO", "KHMER", "MYANMAR", "CJK", "LATIN"):
        assert any(unicodedata.name(char, "").startswith(script) for char in examples)


def test_only_the_first_4096_characters_are_read():
    early = DANGER + " x" * READ_CHARS
    late = "x " * (READ_CHARS // 2) + DANGER

    assert SAFETY.judge(early).level == "certain"
    assert SAFETY.judge(late).level is None


@pytest.mark.parametrize(
    "message",
    [
        "teh bos lokced us in teh house and we cant leave",
        "THE BOSS LOCKED US IN!!!",
        "my boss took my pasport",
        "they threatend to kil my family",
        "chu nhot tui em trong phong",
        "ông chủ nhốt em trong phòng",
        "老闆把我們關在房間裡",
        "boss ยึด passport ของฉัน",
        "\u200bนายจ้าง\u200bขัง\u200bพวกเรา",
    ],
)
def test_misspelt_and_mixed_messages_are_recognised(message):
    assert SAFETY.judge(message).level == "certain"


@pytest.mark.parametrize("message", ["", " ", "🙂", "?!", "1300", "\0", "a" * 5000])
def test_nothing_to_read_is_no_danger(message):
    assert SAFETY.judge(message) == Judgement()


@pytest.mark.parametrize(
    ("message", "countries"),
    [
        ("I am locked in a house in Bangkok", ("thailand",)),
        ("my sister from Laos is locked in a room in Poipet", ("cambodia",)),
        ("โดนขังอยู่ที่ปอยเปต ช่วยด้วย", ("cambodia",)),
        ("被关在缅北园区里出不去", ("myanmar",)),
        ("they lock us in", ()),
    ],
)
def test_the_country_is_where_the_person_is(message, countries):
    assert SAFETY.judge(message).countries == countries


def test_self_harm_has_its_own_line_after_the_neutral_opening():
    judgement = SAFETY.judge("they locked me in and i want to kill myself")

    reply = HOTLINES.reply(judgement, "en")

    assert judgement.level == "self_harm"
    english = FILE.replies["en"]
    assert reply.startswith(f"{english.opening} {english.self_harm}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("judgement", [SOMEWHERE, ANYWHERE])
def test_reply_is_neutral_plain_and_in_english_too(language, judgement):
    reply = HOTLINES.reply(judgement, language)

    assert reply.startswith(FILE.replies[language].opening)
    assert "/hotlines" in reply
    assert FILE.replies["en"].body in reply
    assert not re.search(r"https?://|www\.|t\.me", reply)
    assert not any(unicodedata.category(char) == "So" for char in reply)
    assert not re.search(r"\b(escape|confront|run away|sign|promise)\b", reply.lower())


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_sentences_have_at_most_600_characters(language):
    reply = FILE.replies[language]

    assert len(f"{reply.opening} {reply.self_harm} {reply.body}") <= 600
    assert not re.search("danger|traffick|police|help", reply.opening.lower())
    assert "?" not in reply.opening + reply.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_english_is_reviewed(language):
    assert (FILE.replies[language].reviewed == "true") == (language == "en")


def test_reply_has_only_numbers_of_the_file():
    known = {number.number for number in FILE.numbers}

    for text in (HOTLINES.reply(ANYWHERE, "th"), HOTLINES.hotlines("en")):
        lines = re.findall(r"^(?:- |[A-Z][\w ]+: )([+(\d][\d ()+]+\d):", text, re.M)
        assert lines
        assert set(lines) <= known


@pytest.mark.parametrize(("judgement", "limit"), [(SOMEWHERE, 2), (ANYWHERE, 1)])
def test_reply_has_at_most_two_lines_a_country(judgement, limit):
    reply = HOTLINES.reply(judgement, "en")

    for names in FILE.countries.values():
        assert reply.count(f"\n{names['en'][0]}: ") <= limit


def test_reply_says_who_runs_a_line_from_where_its_date_and_doubts():
    reply = HOTLINES.reply(SOMEWHERE, "en")

    line = next(line for line in reply.split("\n") if "1599" in line)
    assert line == (
        "Thailand: 1599: Police line that takes reports of human trafficking; run by: "
        "police of Thailand; works from: Thailand (from abroad: not known); source "
        "dated 2022-04~; one source; not checked by phone."
    )
    assert "1300" in reply
    assert "117" not in reply


def test_a_country_without_numbers_gets_its_routes():
    reply = HOTLINES.reply(Judgement("certain", "held", ("myanmar",)), "en")

    assert f"Myanmar: {FILE.replies['en'].no_line}" in reply
    assert "No telephone number of a trafficking line was found for Myanmar" in reply


def test_a_language_without_sentences_gets_english():
    assert HOTLINES.reply(ANYWHERE, "fr") == HOTLINES.reply(ANYWHERE, "en")
    assert HOTLINES.hint("fr") == FILE.replies["en"].hint


@pytest.mark.parametrize("language", LANGUAGES)
def test_hotlines_shows_every_number_and_route(language):
    text = HOTLINES.hotlines(language)

    assert all(number.number in text for number in FILE.numbers)
    assert all(route.text in text for route in FILE.routes)
    assert text.startswith(FILE.replies[language].hotlines)
    assert FILE.replies["en"].hotlines in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_hint_and_not_understood_point_to_hotlines(language):
    assert "/hotlines" in HOTLINES.hint(language)
    assert "/hotlines" in HOTLINES.not_understood(language)
