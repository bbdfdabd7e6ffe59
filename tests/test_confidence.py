"""Confidence: the fixed rule, the fitted model, and its bands."""

from __future__ import annotations

import math
import random

import pytest

from indexer.confidence import FEATURES, Calibration
from indexer.fitting import CLARIFY_SHARE, LEAST_OFTEN, MIN_FACTS, TARGET, Sample, fit

PERFECT = {
    "margin": 0.5, "coverage": 1.0, "gram": 0.8, "near": 0.9, "both": 1.0,
}  # fmt: skip
NOTHING = dict.fromkeys(FEATURES, 0.0)
NAMED = ("entity", "country", "year", "place", "class")


def features(**changed: float) -> dict[str, float]:
    return {**NOTHING, **PERFECT, **changed}


def samples(facts: int = 60, seed: int = 1) -> list[Sample]:
    """Return ways of asking of which those that cover the question are right."""
    chance = random.Random(seed)
    found = []
    for fact in range(facts):
        for answerable in (True, True, True, False):
            coverage = (
                chance.uniform(0.3, 1.0) if answerable else chance.uniform(0, 0.6)
            )
            seen = features(
                **{name: chance.random() for name in ("margin", "gram", "near", "both")}
            )
            right = answerable and coverage > 0.4
            found.append(
                Sample({**seen, "coverage": coverage}, {}, right, answerable, fact)
            )
    return found


def test_the_fixed_rule_answers_what_agrees_in_everything():
    rule = Calibration()

    assert rule.confidence(features()) >= rule.answer
    assert not rule.calibrated


@pytest.mark.parametrize("name", NAMED)
def test_the_fixed_rule_refuses_what_disagrees_in_anything(name: str):
    assert Calibration().confidence(features(**{name: -1.0})) == 0.0


@pytest.mark.parametrize("name", ["coverage", "gram"])
def test_the_fixed_rule_leans_to_refusing(name: str):
    rule = Calibration()

    less = rule.confidence(features(**{name: 0.0}))

    assert less < rule.confidence(features())
    assert less < rule.answer


def test_the_fixed_rule_is_less_sure_beside_a_rival():
    rule = Calibration()

    assert rule.confidence(features(margin=0.0)) < rule.confidence(features())


def test_the_fixed_rule_stays_between_nothing_and_one():
    assert Calibration().confidence(NOTHING | {"margin": -1.0}) <= 0.0
    assert Calibration().confidence(features(gram=1.0)) <= 1.0


def test_under_forty_facts_nothing_is_fitted():
    assert fit(samples(), MIN_FACTS - 1) == Calibration()


@pytest.mark.parametrize("right", [True, False])
def test_one_class_fits_nothing(right: bool):
    alike = [sample._replace(right=right) for sample in samples()]

    assert fit(alike, 60) == Calibration()


def test_no_samples_fit_nothing():
    assert fit([], 0) == Calibration()


def test_the_fitted_model_tells_right_from_wrong():
    model = fit(samples(), 60)

    fresh = samples(seed=2)
    right = [model.confidence(s.features) for s in fresh if s.right]
    wrong = [model.confidence(s.features) for s in fresh if not s.right]
    assert model.calibrated
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.3
    assert all(0 <= confidence <= 1 for confidence in right + wrong)


def test_the_bands_keep_what_they_promise():
    model = fit(samples(), 60)

    fresh = samples(seed=3)
    answered = [s for s in fresh if model.confidence(s.features) >= model.answer]
    assert model.promised == pytest.approx(1 - TARGET)
    assert model.seen <= 1 - TARGET
    assert model.clarify == pytest.approx(CLARIFY_SHARE * model.answer, abs=1e-6)
    assert 0 < model.kept <= 1
    assert sum(s.right for s in answered) / len(answered) >= TARGET - 0.05


def test_words_that_near_misses_ask_for_speak_against_a_fact():
    asked = [s._replace(marks={"-town": 1.0} if s.right else {}) for s in samples()]
    missed = [
        s._replace(marks={"-town": 1.0, "-cost": 1.0}, right=False, answerable=False)
        for s in asked
    ]

    model = fit(asked, 60, missed)

    assert model.lacking["-cost"] < 0 < model.lacking["-town"]


def test_a_mark_of_very_few_samples_tells_nothing():
    asked = [s._replace(marks={f"-rare{s.fact // 2}": 1.0}) for s in samples()]
    few = [
        s._replace(marks={"-few": 1.0} if s.fact < LEAST_OFTEN - 1 else {})
        for s in samples()[::4]
    ]

    assert "-rare0" in fit(asked, 60).lacking
    assert fit(few + samples(), 60).lacking == {}


def test_near_misses_move_no_threshold_but_by_what_is_lacking():
    missed = [s._replace(marks={}, right=False, answerable=False) for s in samples()]

    assert fit(samples(), 60, missed).kept == pytest.approx(
        fit(samples(), 60).kept, abs=0.05
    )


def test_fitting_twice_gives_the_same_numbers():
    assert fit(samples(), 60) == fit(samples(), 60)


def test_numbers_are_rounded_to_six_decimals():
    model = fit(samples(), 60)

    stored = [n for tree in model.trees for node in tree for n in node]
    numbers = (*stored, model.bias, model.answer)
    assert all(number == round(number, 6) for number in numbers)


def test_a_feature_that_never_varies_does_no_harm():
    flat = [s._replace(features={**s.features, "margin": 0.5}) for s in samples()]

    assert fit(flat, 60).calibrated


def test_parts_add_up_to_the_log_odds():
    model = fit(samples(), 60)
    seen = samples()[0].features

    odds = sum(model.parts(seen).values())

    assert model.confidence(seen) == pytest.approx(1 / (1 + math.exp(-odds)))
    assert set(model.parts(seen)) == {"bias", *FEATURES}


def test_a_stored_way_of_asking_asked_again_is_certain():
    model = fit(samples(), 60)

    assert model.confidence(features(near=1.0, coverage=0.0)) >= model.answer


@pytest.mark.parametrize("fitted", [True, False])
def test_a_stored_calibration_is_read_as_it_was(fitted: bool):
    model = fit(samples(), 60 if fitted else 1)

    assert Calibration.from_json(model.to_json()) == model
