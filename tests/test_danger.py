from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.safety import Safety
from indexer import danger_fit
from indexer.danger import (
    LONG,
    RUNS,
    Model,
    Odds,
    Opinion,
    features,
    pieces,
    runs,
    signals,
    spelling,
)
from indexer.danger_trees import boosted, grow
from indexer.facts import Curated, read_curated, read_safety
from indexer.patterns import Patterns
from indexer.schema import ExamplesFile
from indexer.store import Store
from indexer.trees import Forest

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


def test_an_opinion_adds_what_it_knows_of_a_message():
    opinion = Opinion([1.0, 0.0, -1.0], {"boss": [0.5, 0.25, 0.0]})

    assert opinion.of({"boss": 2.0, "hut": 9.0}) == (2.0, 0.5, -1.0)


def test_certain_danger_is_the_mean_with_any(small: Model):
    message = "the boss takes my wage"
    reading = PATTERNS.read(message)
    words = small.words.of(features(reading))
    said = {
        "words": words,
        "gravest": words,
        "runs": small.runs.of(runs(message)),
        "letters": small.letters.of(spelling(message)),
    }
    seen = signals([reading], said)
    row = [seen.get(name, 0.0) for name in small.signals]

    odds = odds_of(small, message)

    danger, certain, self_harm = (
        start + Forest.of(trees).added(row)
        for start, trees in zip(small.start, small.trees, strict=True)
    )
    assert odds == pytest.approx((danger, (danger + certain) / 2, self_harm))


def test_the_gravest_sentence_is_a_signal_of_its_own(small: Model):
    message = "Who opened the meeting in Hanoi? The boss takes my wage."

    def of_words(text: str) -> float:
        return small.words.of(features(PATTERNS.read(text))).danger

    assert max(map(of_words, pieces(message))) > of_words(message)
    assert "gravest danger" in small.signals
    assert odds_of(small, message) > odds_of(small, "Who opened the meeting in Hanoi?")


def test_trees_add_up_to_what_scikit_learn_says():
    numbers = np.random.default_rng(0)
    rows = numbers.normal(size=(400, 6))
    wanted = rows[:, 0] + rows[:, 1] * rows[:, 2] > 0
    folds = [
        (np.arange(200), np.arange(200, 400)),
        (np.arange(200, 400), np.arange(200)),
    ]

    grown = grow(rows, [wanted], folds)

    forest = Forest.of(grown.trees[0])
    ours = [grown.start[0] + forest.added(row) for row in rows.tolist()]
    fitted = boosted().fit(rows, wanted)
    assert ours == pytest.approx(fitted.decision_function(rows), abs=1e-3)
    unseen = boosted().fit(rows[:200], wanted[:200]).decision_function(rows[200:])
    assert grown.unseen[200:, 0] == pytest.approx(unseen)


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


def test_runs_as_typed_are_of_one_length_together():
    seen = runs("Boss nite")

    assert set(seen) == {
        "^", "boss", "nite", "$",
        "^ boss", "boss nite", "nite $",
        "^ boss nite", "boss nite $",
    }  # fmt: skip
    assert sum(value**2 for value in seen.values()) == pytest.approx(RUNS**2)
    assert len(runs("word " * 5_000)) < 20
    assert runs("") != {}


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
        json.loads(small.to_json()) | {"key": danger_fit.key(curated), "start": [0] * 3}
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
