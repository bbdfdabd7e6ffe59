"""What is said to a message of a chat: danger first, then the question made whole.

Synchronous; the assistant runs it in its worker thread.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import catalogue
from bot.answers import compose, fact_answer
from bot.conversation import MINUTES, Conversations, choice
from bot.dates import in_words
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
# With the numbers just shown, a short message that names a place asks for its numbers.
SHORT = 60


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
        self._danger: dict[str, datetime] = {}

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
                self._in_danger(chat, text, judgement)
                or self._unreadable(text)
                or self._remarked(chat, text)
                or self._chosen(chat, text)
                or self._answered(chat, text)
            )
        except sqlite3.DatabaseError:
            self._resources.drop_index()
            said = _fixed("unknown", phrases("en").no_index, reason="no_index")
        said = self._still_in_danger(chat, said)
        if judgement.level == "possible" and said.answer.kind != "safety":
            said = self._hinted(said, language_of(text) or said.answer.language)
        return self._remembered(chat, said)

    def _remembered(self, chat: str, said: _Said) -> Answer:
        turn = Turn(
            said.question, said.answer, self._now(), said.kinds, said.context, said.why
        )
        self._conversations.add(chat, turn)
        return said.answer

    # -- danger ----------------------------------------------------------------------

    def _in_danger(self, chat: str, text: str, judgement: Judgement) -> _Said | None:
        """Answer somebody in danger; for a while after, a place means its numbers."""
        place = judgement.countries and len(text) < SHORT and self._was_in_danger(chat)
        if judgement.level not in ("certain", "self_harm") and not place:
            return None
        self._danger[chat] = self._now()
        return self._safety_reply(judgement, language_of(text) or self._language(chat))

    def _safety_reply(self, judgement: Judgement, language: str) -> _Said | None:
        hotlines = self._resources.hotlines
        if hotlines is None:
            return None
        reply = hotlines.reply(judgement, language)
        answer = Answer("safety", reply, language=language)
        return _Said(answer, phrases(language).why_safety)

    def _was_in_danger(self, chat: str) -> bool:
        since = self._now() - timedelta(minutes=MINUTES)
        self._danger = {key: at for key, at in self._danger.items() if at >= since}
        return chat in self._danger

    def _still_in_danger(self, chat: str, said: _Said) -> _Said:
        """For half an hour after it, an unclear message gets the numbers again."""
        unclear = said.answer.kind in ("unknown", "clarify")
        if not unclear or not self._was_in_danger(chat):
            return said
        return self._safety_reply(Judgement("certain"), said.answer.language) or said

    def _hinted(self, said: _Said, language: str) -> _Said:
        hotlines = self._resources.hotlines
        if hotlines is None:
            return said
        text = f"{said.answer.text}\n{hotlines.hint(language)}"
        return replace(said, answer=replace(said.answer, text=text))

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
        turns = self._conversations.turns(chat)
        last = next((turn for turn in reversed(turns) if turn.answer.citations), None)
        if last is None:
            return _fixed("unknown", words.nothing_before, reason="too_vague")
        if found == "more":
            return self._more(last)
        citations = last.answer.citations
        names = "; ".join(dict.fromkeys(c.publisher or c.title for c in citations))
        as_of = in_words(last.answer.as_of)
        dated = words.as_of.format(as_of=as_of) if as_of else ""
        sure = words.sure.format(sources=names, as_of=dated)
        text = f"{words.sources_of} {names}." if found == "sources" else sure
        answer = replace(last.answer, text=text, offers=())
        return _Said(answer, last.why, last.question, last.kinds, last.context)

    def _more(self, last: Turn) -> _Said:
        """Offer the nearest other questions about what was answered last."""
        words = phrases("en")
        fact_id = last.answer.passage_ids[0].partition("@")[0]
        offers = catalogue.related(self._resources.index, fact_id, 3)
        if not offers:
            return _fixed("unknown", words.no_more, reason="aspect_unknown")
        lines = [f"{n}. {offer.question}" for n, offer in enumerate(offers, start=1)]
        text = "\n".join([words.related, *lines])
        answer = Answer("clarify", text, confidence=0.0, offers=offers)
        return _Said(answer, words.why_fixed, last.question, last.kinds, last.context)

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
        turns = self._conversations.turns(chat)
        understood = understand(index, question, turns, language)
        hits = understood.hits
        answer = compose(question, hits, index, words)
        explained = why(answer, hits, index, words)
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
        self._was_in_danger("")

    def forget(self, chat: str) -> None:
        """Drop what is remembered of a chat."""
        self._conversations.forget(chat)
        self._danger.pop(chat, None)


def _fixed(kind: AnswerKind, text: str, *, reason: Reason | None = None) -> _Said:
    """Return a fixed sentence; confidence is null where nothing was understood."""
    sure = None if kind == "smalltalk" or reason == "bad_input" else 0.0
    answer = Answer(kind, text, reason=reason, confidence=sure)
    return _Said(answer, phrases("en").why_fixed)
