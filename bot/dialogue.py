"""What is said to a message of a chat: danger first, then the question made whole.

Synchronous; the assistant runs it in its worker thread.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import remarks
from bot.answers import compose, fact_answer
from bot.conversation import Conversations, choice
from bot.danger import Danger
from bot.journal import Unanswered
from bot.languages import phrases
from bot.leaning import subject
from bot.resources import Resources
from bot.safety import Judgement
from bot.smalltalk import Remark, remark
from bot.types import Answer, AnswerKind, Reason, Turn
from bot.understanding import first_question, understand
from bot.why import why
from indexer.analysis import language_of
from indexer.types import Hits

LONG, TOO_LONG = 1000, 4096
LETTER = re.compile(r"\w")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer with what is remembered of it (see `Turn`)."""

    answer: Answer
    why: str
    question: str = ""
    kinds: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


class Dialogue:
    """Answers messages, and remembers the last turns of each chat in memory."""

    def __init__(self, resources: Resources, now: Callable[[], datetime]) -> None:
        self._resources, self._now = resources, now
        self._conversations = Conversations(now)
        self._danger = Danger(resources, now)

    def ask(self, chat: str, text: object) -> Answer:
        """Answer one message; anything but text gets a civil sentence."""
        self._resources.reload()
        if not isinstance(text, str):
            said = _fixed("unknown", phrases("en").bad_input, reason="bad_input")
            return self._remembered(chat, said)
        safety = self._resources.safety
        judgement = safety.judge(text[:TOO_LONG]) if safety else Judgement()
        try:
            said = (
                self._endangered(chat, text, judgement)
                or self._unreadable(text)
                or self._remarked(chat, text)
                or self._chosen(chat, text)
                or self._answered(chat, text)
            )
        except sqlite3.DatabaseError:
            self._resources.drop_index()
            said = _fixed("unknown", phrases("en").no_index, reason="no_index")
        again = self._danger.again(chat, said.answer)
        said = _Said(again, phrases(again.language).why_safety) if again else said
        if judgement.level == "possible" and said.answer.kind != "safety":
            language = language_of(text) or said.answer.language
            said = replace(said, answer=self._danger.hinted(said.answer, language))
        return self._remembered(chat, said)

    def _endangered(self, chat: str, text: str, judgement: Judgement) -> _Said | None:
        language = language_of(text) or self._language(chat)
        answer = self._danger.answer(chat, text, judgement, language)
        return _Said(answer, phrases(language).why_safety) if answer else None

    def _remembered(self, chat: str, said: _Said) -> Answer:
        turn = Turn(
            said.question, said.answer, self._now(), said.kinds, said.context, said.why
        )
        self._conversations.add(chat, turn)
        return said.answer

    # -- what is no question ---------------------------------------------------------

    def _unreadable(self, text: str) -> _Said | None:
        """Answer what has no question's form: empty, emoji, binary, far too long."""
        words = phrases("en")
        if len(text) > TOO_LONG or len(CONTROL.findall(text)) > max(2, len(text) // 10):
            return _fixed("unknown", words.bad_input, reason="bad_input")
        if not LETTER.search(text):
            return _fixed("unknown", words.too_vague, reason="too_vague")
        if len(text) > LONG:
            return _fixed("clarify", words.clarify_long)
        return None

    def _remarked(self, chat: str, text: str) -> _Said | None:
        """Answer greetings, orders to the bot, and remarks about the last answer."""
        words = phrases("en")
        found = remark(text)
        smalltalk = {
            "greeting": words.greeting,
            "thanks": words.thanks_reply,
            "goodbye": words.goodbye,
            "who": words.who_are_you,
        }
        if found in smalltalk:
            return _fixed("smalltalk", smalltalk[found])
        if found in ("order", "advice"):
            said = words.off_topic if found == "order" else words.no_advice
            return _fixed("unknown", said, reason="off_topic")
        return self._about_last(chat, found) if found else None

    def _about_last(self, chat: str, found: Remark) -> _Said:
        """Answer "source?", "are you sure?" and "more" about the last answer."""
        words = phrases("en")
        turns = _since_danger(self._conversations.turns(chat))
        last = remarks.last_answered(turns)
        if last is None:
            return _fixed("unknown", words.nothing_before, reason="too_vague")
        if found == "more":
            index = self._resources.index
            said = self._fact(remarks.next_fact(index, turns, last) or "")
            if said:
                return replace(said, context=last.context)
            answer, why_so = remarks.near(index, turns, last, words), words.why_fixed
        else:
            answer, why_so = remarks.on_sources(found, last, words), last.why
        return _Said(answer, why_so, last.question, last.kinds, last.context)

    # -- questions -------------------------------------------------------------------

    def _chosen(self, chat: str, text: str) -> _Said | None:
        """Answer the choice of a question that was offered the turn before."""
        turns = self._conversations.turns(chat)
        picked = choice(text, turns[-1].answer.offers) if turns else None
        return self._fact(picked.id) if picked else None

    def fact(self, fact_id: str, chat: str | None = None) -> Answer | None:
        """Return the answer of one fact, or None; with a chat, remember the turn."""
        self._resources.reload()
        said = self._fact(fact_id)
        if said is None or chat is None:
            return said.answer if said else None
        return self._remembered(chat, said)

    def _fact(self, fact_id: str) -> _Said | None:
        index = self._resources.index
        document = index.document(fact_id) if index else None
        passage = index.fact(fact_id) if index else None
        if index is None or document is None or passage is None:
            return None
        words = phrases("en")
        answer = fact_answer(document, passage, index, words, confidence=1.0)
        explained = words.why_fact.format(title=passage.title)
        return _Said(
            answer, explained, passage.title, context=subject(index, passage.title)
        )

    def _answered(self, chat: str, text: str) -> _Said:
        words = phrases("en")
        index = self._resources.index
        if index is None:
            return _fixed("unknown", words.no_index, reason="no_index")
        language = language_of(text) or self._language(chat)
        question, rest = first_question(text)
        turns = _since_danger(self._conversations.turns(chat))
        understood = understand(index, question, turns, language)
        hits = understood.hits
        answer = compose(question, hits, index, words)
        if understood.leans and answer.kind == "unknown":
            answer = remarks.unknown_of(answer, turns, index, words)
        explained = why(answer, hits, index, words)
        if understood.leans:
            read = words.why_leaned.format(question=understood.question)
            explained = f"{read} {explained}"
        if rest and answer.kind == "answer":
            answer = replace(answer, text=f"{answer.text}\n{words.first_only}")
        if language != "en":
            answer = self._in_language(answer, language)
        self._count(answer, hits)
        kinds = hits.understanding.kinds
        return _Said(answer, explained, understood.question, kinds, understood.subject)

    def _in_language(self, answer: Answer, language: str) -> Answer:
        """Say "I do not understand" in the language itself, and where numbers are."""
        hotlines = self._resources.hotlines
        if hotlines is None:
            return answer
        text = answer.text
        if answer.kind == "unknown":
            text = f"{hotlines.not_understood(language)}\n\n{text}"
        return replace(answer, text=f"{text}\n{hotlines.hint(language)}")

    def _language(self, chat: str) -> str:
        """Return the language of the chat's last turn, or English."""
        turns = self._conversations.turns(chat)
        return turns[-1].answer.language if turns else "en"

    def _count(self, answer: Answer, hits: Hits) -> None:
        """Count what was asked in vain: never its words, only what it was about."""
        journal = self._resources.journal
        if answer.kind != "unknown" or journal is None:
            return
        asked = hits.understanding
        journal.unanswered(
            Unanswered(
                reason=answer.reason or "",
                entity=str(asked.entities[0]) if asked.entities else "",
                country=asked.countries[0] if asked.countries else "",
                kind=asked.kinds[0] if asked.kinds else "",
                nearest=hits.facts[0].passage.document_id if hits.facts else "",
            )
        )

    def why(self, chat: str) -> str:
        """Explain the last answer of a chat in plain words."""
        turns = self._conversations.turns(chat)
        return turns[-1].why if turns else phrases("en").why_nothing

    def sweep(self) -> None:
        """Drop what is remembered of chats that have been silent for half an hour."""
        self._conversations.sweep()
        self._danger.sweep()

    def forget(self, chat: str) -> None:
        """Drop what is remembered of a chat."""
        self._conversations.forget(chat)
        self._danger.forget(chat)


def _since_danger(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns that a follow-up may lean on: none before the safety reply."""
    safety = [place for place, turn in enumerate(turns) if turn.answer.kind == "safety"]
    return turns[safety[-1] + 1 :] if safety else turns


def _fixed(kind: AnswerKind, text: str, *, reason: Reason | None = None) -> _Said:
    """Return a fixed sentence; confidence is null where nothing was understood."""
    sure = None if kind == "smalltalk" or reason == "bad_input" else 0.0
    answer = Answer(kind, text, reason=reason, confidence=sure)
    return _Said(answer, phrases("en").why_fixed)
