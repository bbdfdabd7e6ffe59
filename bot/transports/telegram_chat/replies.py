"""Answers put into a chat: messages, buttons, edits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.transports.telegram_chat.memory import Shown
from bot.transports.telegram_chat.rendering import (
    Rendered,
    citation_to_copy,
    clean,
    fact_id,
    render,
    render_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.languages.en import Phrases
    from bot.transports.telegram_chat.desk import Desk, Place
    from bot.types import Answer, Offer

VERSION = "1"
LABEL_LENGTH = 120


def data(verb: str, *parts: object) -> str:
    """Return callback data: version, verb and parts, far below 64 bytes."""
    return ":".join((VERSION, verb, *map(str, parts)))


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits that stand for an id."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def button(label: str, callback: str) -> InlineKeyboardButton:
    """Return a button that reports back; a long label is cut."""
    label = clean(label)
    if len(label) > LABEL_LENGTH:
        label = label[: LABEL_LENGTH - 1].rstrip() + "…"
    return InlineKeyboardButton(label or "…", callback_data=callback)


def choices(offers: Iterable[Offer]) -> list[list[InlineKeyboardButton]]:
    """Return one row a stored question, naming its fact: they never grow old."""
    return [[button(offer.question, data("f", offer.id))] for offer in offers]


async def say(
    desk: Desk,
    place: Place,
    text: str,
    *,
    silent: bool = False,
    buttons: InlineKeyboardMarkup | None = None,
) -> list[int]:
    """Send a fixed sentence or a list; return the ids of its messages."""
    return await _send(desk, place, render_text(text), silent=silent, buttons=buttons)


async def send_answer(
    desk: Desk,
    place: Place,
    answer: Answer,
    phrases: Phrases,
    username: str,
    *,
    question: int | None = None,
) -> None:
    """Send an answer; a question that was answered before has that answer edited.

    A safety reply is silent, without quote and buttons; in a group it is only a
    neutral link into the private chat.
    """
    earlier = desk.chats.replies(place.chat, question) if question is not None else ()
    if answer.kind == "safety":
        await _send_safety(desk, place, answer, phrases, username, question)
        return
    messages = render(answer, phrases, username)
    buttons = answer_buttons(answer, phrases)
    ids = await _replace(desk, place, earlier, messages, buttons)
    desk.chats.answered(place.chat, question, ids)
    if ids and answer.kind in ("answer", "clarify", "unknown"):
        passage = answer.passage_ids[0] if answer.passage_ids else ""
        offers = tuple(offer.id for offer in answer.offers)
        desk.chats.show(place.chat, ids[-1], Shown(passage, fact_id(answer), offers))


def answer_buttons(answer: Answer, phrases: Phrases) -> InlineKeyboardMarkup | None:
    """Return the buttons under an answer; none under small talk and safety replies."""
    rows: list[list[InlineKeyboardButton]] = []
    if answer.kind == "answer" and answer.passage_ids:
        key = short_hash(answer.passage_ids[0])
        rows = [
            [
                button(phrases.useful, data("u", key)),
                button(phrases.not_useful, data("n", key)),
            ],
            [
                button(phrases.wrong, data("w", key)),
                button(phrases.why_button, data("y", key)),
            ],
        ]
        last = []
        if fact_id(answer):
            last.append(button(phrases.related_button, data("r", key)))
        if copied := citation_to_copy(answer, phrases):
            copy = CopyTextButton(copied)
            last.append(InlineKeyboardButton(phrases.copy_citation, copy_text=copy))
        rows.extend([last] if last else [])
    elif answer.kind in ("clarify", "unknown"):
        rows = [
            [button(offer.question, data("o", short_hash(offer.id), number))]
            for number, offer in enumerate(answer.offers)
        ]
    return InlineKeyboardMarkup(rows) if rows else None


async def _send_safety(
    desk: Desk,
    place: Place,
    answer: Answer,
    phrases: Phrases,
    username: str,
    question: int | None,
) -> None:
    plain_place = type(place)(place.chat, place.thread, None, place.private)
    if place.private:
        messages = render(answer, phrases, username)
    else:
        link = f"https://t.me/{username}"
        messages = render_text(phrases.private_link.format(link=link))
    ids = await _send(desk, plain_place, messages, silent=True)
    desk.chats.answered(place.chat, question, ids)


async def _send(
    desk: Desk,
    place: Place,
    messages: Sequence[Rendered],
    *,
    silent: bool = False,
    buttons: InlineKeyboardMarkup | None = None,
) -> list[int]:
    ids: list[int] = []
    for number, message in enumerate(messages):
        sent = await desk.sender.send(
            place.chat,
            message,
            silent=silent,
            thread=place.thread,
            reply_to=place.quote if number == 0 else None,
            buttons=buttons if number == len(messages) - 1 else None,
        )
        ids.append(sent.message_id)
    desk.chats.answered(place.chat, None, ids)
    return ids


async def _replace(
    desk: Desk,
    place: Place,
    earlier: Sequence[int],
    messages: Sequence[Rendered],
    buttons: InlineKeyboardMarkup | None,
) -> list[int]:
    """Write messages over earlier ones; send what is left over, delete what is."""
    kept = list(zip(earlier, messages, strict=False))
    try:
        for number, (old, message) in enumerate(kept):
            last = number == len(messages) - 1
            await desk.sender.edit(place.chat, old, message, buttons if last else None)
    except BadRequest:  # deleted meanwhile, or too old to edit
        return await _send(desk, place, messages, buttons=buttons)
    rest = await _send(desk, place, messages[len(kept) :], buttons=buttons)
    if gone := list(earlier[len(kept) :]):
        await desk.sender.delete(place.chat, gone)
    return [old for old, _ in kept] + rest
