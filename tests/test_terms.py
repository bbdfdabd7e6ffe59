"""Terms looked up word by word are those of the whole analysis."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.facts import read_curated
from indexer.glossary import Analyser, Glossary
from indexer.search import Index
from indexer.terms import Terms

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
ANALYSER = Analyser(read_curated(KNOWLEDGE).glossary)
PLAIN = Analyser(Glossary())
TERMS = {
    (analyser, language): Terms(analyser, language)
    for analyser in (ANALYSER, PLAIN)
    for language in ("en", "vi", "km")
}
WORD = st.sampled_from(
    "the of commit gms coordinated 8 th 8th 8 third first second twentieth no. number "
    "senior officials' meeting SOM som8 imm IMM II xx 12 march Mar 2012 1,130 viet nam "
    "Vietnam's Hanoi Phnom Penh lao pdr memorandum understanding ministerial meetings "
    "it's O'Neill it\u2019s \u0111\u1ed5i \u6e44\u516c\u6cb3 \u0e04\u0e13\u0e30 2555 "
    "\u1780\u1798\u17d2\u1796\u17bb\u1787\u17b6 human trafficking in persons victims "
    "x_8th _th'x 8_th x86 'st 's ' \x01 "
    "- , . ( ) / \u2013 \u00b2 \u00bd \u00df \u0130 a b c rescued plan of "
    "action".split()
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(WORD, max_size=40).map(" ".join),
    st.lists(WORD, max_size=12).map("".join),
)


def names(terms: Terms, text: str) -> list[str]:
    return [terms.names[number] for number in terms.of(text)]


@pytest.mark.parametrize("analyser", [ANALYSER, PLAIN])
@given(text=TEXT, language=st.sampled_from(["en", "vi", "km"]))
def test_any_text_has_the_terms_of_its_analysis(
    analyser: Analyser, text: str, language: str
):
    terms = TERMS[analyser, language]

    found = names(terms, text)

    assert found == list(analyser.analyse(text, language=language).terms)


@pytest.mark.parametrize("analyser", [ANALYSER, PLAIN])
@given(texts=st.lists(TEXT, max_size=30), language=st.sampled_from(["en", "vi", "km"]))
def test_texts_cut_together_have_the_terms_of_each(
    analyser: Analyser, texts: list[str], language: str
):
    terms = TERMS[analyser, language]

    found = [
        [terms.names[number] for number in numbers]
        for numbers in terms.of_all(texts).numbers
    ]

    assert found == [
        list(analyser.analyse(text, language=language).terms) for text in texts
    ]


def test_real_passages_have_the_terms_of_their_analysis(real_index: Path):
    index = Index(real_index)
    terms = Terms(index.analyser, "en")

    passages = index.store.all_passages("passages:en")
    passages += index.store.all_passages("facts:en")

    for passage in passages:
        for text in (passage.title, passage.text, *passage.variants):
            assert names(terms, text) == list(index.analyser.analyse(text).terms)
    index.close()


def test_a_long_chain_between_number_and_name_is_followed():
    text = "the 8th " + "of the " * 30 + "SOM in Hanoi, and much more besides of it"

    assert names(TERMS[ANALYSER, "en"], text) == list(ANALYSER.analyse(text).terms)


def test_a_term_has_one_number():
    terms = Terms(PLAIN, "en")

    assert terms.of("meetings, a meeting") == [0, 1, 0]
    assert terms.number("a") == 1
    assert terms.names == ["meet", "a"]
