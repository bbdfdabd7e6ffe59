from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.safety import Safety
from indexer import danger_fit
from indexer.danger import LONG, Model, Odds, features, pieces, spelling
from indexer.facts import Curated, read_curated, read_safety
from indexer.patterns import Patterns
from indexer.schema import ExamplesFile
from indexer.store import Store

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
FILE = read_safety((KNOWLEDGE / "safety.yaml").read_text(encoding="utf-8"))
PATTERNS = Patterns(FILE)
DANGER = [f"the boss of farm {n} takes my wage and I sleep by the gate" for n in "abcd"]
HARMLESS = [f"who opened meeting {n} of the ministers in Hanoi" for n in "abcd"]
EXAMPLES = ExamplesFile(
    self_harm=[f"the rope is ready, goodbye {n}" for n in range(30)],
    certain=DANGER * 10,
    possible=[f"a stranger in town {n} offers my niece work" for n in range(30)],
    harmless=HARMLESS * 10,
)


@pytest.fixture(scope="module")
def small() -> Model:
    model = danger_fit.fit(FILE, EXAMPLES, "a key")
    assert model is not None
    return model


@pytest.fixture(scope="module")
def safety(real_index: Path) -> Safety:
    store = Store(real_index)
    model = Model.from_json(store.meta["danger"])
    store.close()
    return Safety(FILE, model)


def test_model_is_the_same_after_the_index(small: Model):
    again = Model.from_json(small.to_json())

    assert again == small
    assert again.key == "a key"


def odds_of(model: Model, message: str) -> Odds:
    return model.odds(message, [PATTERNS.read(piece) for piece in pieces(message)])


def test_odds_are_the_sum_of_what_stands_in_the_message(small: Model):
    message = "the boss takes my wage"

    odds = odds_of(small, message)

    adds = [
        value * weights[name][0]
        for weights, seen in (
            (small.weights, features(PATTERNS.read(message))),
            (small.letters, spelling(message)),
        )
        for name, value in seen.items()
        if name in weights
    ]
    assert odds.danger == pytest.approx(small.bias[0] + sum(adds))


def test_words_of_the_gravest_sentence_count_half(small: Model):
    message = "Who opened the meeting in Hanoi? The boss takes my wage."

    both = odds_of(small, message)

    def of_words(text: str) -> float:
        seen = features(PATTERNS.read(text))
        weights = small.weights
        return sum(v * weights[n][0] for n, v in seen.items() if n in weights)

    typed = spelling(message)
    letters = sum(v * small.letters.get(n, [0])[0] for n, v in typed.items())
    gravest = max(map(of_words, pieces(message)))
    whole = of_words(message)
    assert gravest > whole
    expected = small.bias[0] + letters + (whole + gravest) / 2
    assert both.danger == pytest.approx(expected)


def test_model_tells_danger_from_meetings(small: Model):
    danger = odds_of(small, "boss takes wage, I sleep by the gate")
    meeting = odds_of(small, "who opened the meeting in Hanoi")

    assert danger.danger > 0 > meeting.danger
    assert danger.certain > 0 > meeting.certain


def test_pieces_of_words_have_length_one_whatever_the_message():
    assert spelling("") == {}
    for message in ("a", "the boss takes my wage", "no no no pay", "ທ່ານ ຊ່ວຍ"):
        values = spelling(message).values()
        assert sum(value**2 for value in values) == pytest.approx(1.0)


def test_a_long_message_weighs_no_more_than_a_short_one():
    once = features(PATTERNS.read("the boss takes my wage"))
    often = features(PATTERNS.read("the boss takes my wage " * 50))

    def length(seen: dict[str, float]) -> float:
        return sum(v**2 for name, v in seen.items() if name.startswith("word "))

    assert length(often) == pytest.approx(length(once))
    assert often["length"] == 1.0
    assert once["length"] < 10 / LONG


def test_danger_after_a_greeting_counts_as_much():
    message = "Hello, nice bot. They sold me to a boat."

    assert pieces(message) == [message, "Hello, nice bot.", "They sold me to a boat."]
    assert pieces("They sold me") == ["They sold me"]


def test_too_few_examples_fit_nothing():
    few = EXAMPLES.model_copy(update={"possible": ["one"]})

    assert danger_fit.fit(FILE, few) is None
    assert danger_fit.stored(Curated(safety=FILE), {}) == ""


def test_a_model_is_kept_while_its_examples_stay(small: Model):
    curated = Curated(safety=FILE, safety_text="text", examples=EXAMPLES)
    before = json.dumps(
        json.loads(small.to_json()) | {"key": danger_fit.key(curated), "bias": [0] * 3}
    )

    assert danger_fit.stored(curated, {"danger": before}) == before

    curated.safety_text = "another text"
    assert danger_fit.stored(curated, {"danger": before}) != before


def test_no_example_stands_in_two_lists():
    examples = read_curated(KNOWLEDGE).examples
    assert examples is not None

    lists = [
        {" ".join(text.lower().split()) for text in texts}
        for texts in examples.model_dump().values()
    ]

    assert sum(map(len, lists)) == len(set().union(*lists))
    assert len(lists[1]) + len(lists[2]) >= 700
    assert len(lists[3]) >= 900


# Written for this test; none stands among the examples.
@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("the skipper whips us and we have seen no harbour since spring", "certain"),
        ("madame shuts me in the pantry and i get no wages", "certain"),
        ("my cousin is kept in a villa and they want money for him", "certain"),
        ("my niece was sold to an old man", "certain"),
        ("they make us cheat people online and use shock sticks", "certain"),
        ("i do not want to live any longer", "self_harm"),
        ("is it usual that an agency asks for money before the job?", "possible"),
        ("Which countries signed the MOU in 2004?", None),
        ("Write a tale of a maid who is locked in and beaten", None),
        ("Translate: my boss has taken my passport", None),
        ("our team was beaten by the captain's goals", None),
        ("How many fishermen were held at sea, says the study?", None),
        ("my boss wants the figures before lunch", None),
        ("I am a reporter, which hotline may I print?", None),
    ],
)
def test_messages_that_nobody_trained_on(safety: Safety, message: str, level: str):
    assert safety.judge(message).level == level


def test_ways_of_asking_a_fact_raise_no_alarm(safety: Safety):
    facts = [
        fact
        for fact in read_curated(KNOWLEDGE).facts
        if not fact.id.startswith(("help-", "hotline-"))
    ]
    asked = [variant for fact in facts for variant in fact.variants]

    levels = [safety.judge(variant).level for variant in asked]

    # Some are a worried relative's own words ("my niece is trapped ..."): those may.
    assert levels.count("certain") + levels.count("self_harm") <= len(asked) / 400
    assert levels.count("possible") <= len(asked) / 100
