"""Taps on the buttons under messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot.transports.telegram_chat.desk import (
    Context,
    Desk,
    Place,
    desk,
    phrases_for,
    place,
)
from bot.transports.telegram_chat.lists import facts_page, sources_page, topics_page
from bot.transports.telegram_chat.rendering import render_text
from bot.transports.telegram_chat.replies import (
    VERSION,
    button,
    choices,
    data,
    say,
    send_answer,
    short_hash,
)

if TYPE_CHECKING:
    from telegram import InlineKeyboardButton

    from bot.languages.en import Phrases
    from bot.transports.telegram_chat.memory import Shown

WRONG = {
    "date": "wrong_date",
    "name": "wrong_name",
    "number": "wrong_number",
    "link": "wrong_link",
    "other": "wrong_other",
}
TOAST_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap: who asked for what, under which message."""

    query: CallbackQuery
    message: Message
    parts: tuple[str, ...]
    here: Desk
    phrases: Phrases
    username: str

    @property
    def spot(self) -> Place:
        """Where the message with the button stands; it is not quoted."""
        return replace(place(self.message), quote=None)

    async def toast(self, text: str | None = None) -> None:
        """Answer the tap; one that waited too long for that is let go."""
        short = text[:TOAST_LENGTH] if text else None
        try:
            await self.here.sender.call(lambda: self.query.answer(short))
        except BadRequest:
            return

    def shown(self) -> Shown | None:
        """Return what the buttons mean, if they are of this answer and not too old."""
        shown = self.here.chats.shown(self.message.chat.id, self.message.message_id)
        key = self.parts[0] if self.parts else ""
        known = shown is not None and short_hash(shown.passage_id) == key
        return shown if known else None


async def on_tap(update: Update, context: Context) -> None:
    """Answer every tap: also old ones, foreign ones and those made up."""
    query = update.callback_query
    if query is None:
        return
    phrases = phrases_for(update)
    version, _, rest = (query.data or "").partition(":")
    verb, *parts = rest.split(":")
    here = desk(context)
    if (
        version != VERSION
        or verb not in VERBS
        or not isinstance(query.message, Message)
    ):
        await here.sender.call(lambda: query.answer(phrases.expired))
        return
    username = context.bot.username
    tap = Tap(query, query.message, tuple(parts), here, phrases, username)
    await VERBS[verb](tap)


async def rate(tap: Tap, verdict: str) -> None:
    """Count a verdict, once a person and answer."""
    shown = tap.shown()
    if shown is None:
        await tap.toast(tap.phrases.expired)
        return
    kind = "wrong" if verdict.startswith("wrong") else "useful"
    voter = (tap.query.from_user.id, kind)
    if voter in shown.rated:
        await tap.toast(tap.phrases.already_counted)
        return
    shown.rated.add(voter)
    known = await tap.here.assistant.rate(tap.spot.key, shown.passage_id, verdict)
    await tap.toast(tap.phrases.thanks if known else tap.phrases.expired)


async def ask_what_is_wrong(tap: Tap) -> None:
    """Offer what may be wrong."""
    shown = tap.shown()
    if shown is None:
        await tap.toast(tap.phrases.expired)
        return
    await tap.toast()
    key = short_hash(shown.passage_id)
    labels = {name: getattr(tap.phrases, phrase) for name, phrase in WRONG.items()}
    rows = [[button(label, data("x", key, name))] for name, label in labels.items()]
    ids = await say(
        tap.here, tap.spot, tap.phrases.what_is_wrong, buttons=_markup(rows)
    )
    tap.here.chats.show(tap.spot.chat, ids[-1], shown, is_answer=False)


async def say_what_is_wrong(tap: Tap) -> None:
    """Count what is wrong, and name whom to write the details to."""
    verdict = WRONG.get(tap.parts[1]) if len(tap.parts) > 1 else None
    if verdict is None:
        await tap.toast(tap.phrases.expired)
        return
    fresh = tap.shown() is not None
    await rate(tap, verdict)
    if fresh:
        text = tap.phrases.wrong_thanks
        if contact := tap.here.settings.contact:
            details = tap.phrases.wrong_details.format(contact=contact)
            text = f"{text} {details}"
        await _rewrite(tap, text, [])


async def why(tap: Tap) -> None:
    """Tell why, for the last answer; what an earlier one rested on is forgotten."""
    spot = tap.spot
    latest = tap.here.chats.is_latest(spot.chat, tap.message.message_id)
    if tap.shown() is None or not latest:
        await tap.toast(tap.phrases.expired)
        return
    await tap.toast()
    await say(tap.here, spot, await tap.here.assistant.why(spot.key))


async def related(tap: Tap) -> None:
    """Offer questions near the answer's."""
    shown = tap.shown()
    offers = await tap.here.assistant.related(shown.fact) if shown else ()
    if not offers:
        missing = tap.phrases.no_related if shown else tap.phrases.expired
        await tap.toast(missing)
        return
    await tap.toast()
    buttons = _markup(choices(offers))
    await say(tap.here, tap.spot, tap.phrases.related, buttons=buttons)


async def choose_offer(tap: Tap) -> None:
    """Answer the question chosen under "did you mean"."""
    shown = tap.here.chats.shown(tap.message.chat.id, tap.message.message_id)
    number = tap.parts[1] if len(tap.parts) > 1 else ""
    offers = shown.offers if shown else ()
    chosen = [one for n, one in enumerate(offers) if str(n) == number]
    if not chosen or short_hash(chosen[0]) != tap.parts[0]:
        await tap.toast(tap.phrases.expired)
        return
    await _show_fact(tap, chosen[0])


async def choose_fact(tap: Tap) -> None:
    """Answer a question chosen from a list."""
    await _show_fact(tap, tap.parts[0] if tap.parts else "")


async def turn_topics(tap: Tap) -> None:
    """Show another page of topics in place."""
    await tap.toast()
    await _rewrite(tap, *await topics_page(tap.here, tap.phrases, _number(tap.parts)))


async def turn_facts(tap: Tap) -> None:
    """Show a page of a topic's questions in place."""
    key = tap.parts[0] if tap.parts else ""
    page = await facts_page(tap.here, tap.phrases, key, _number(tap.parts[1:]))
    if page is None:
        await tap.toast(tap.phrases.expired)
        return
    await tap.toast()
    await _rewrite(tap, *page)


async def turn_sources(tap: Tap) -> None:
    """Show another page of sources in place."""
    await tap.toast()
    await _rewrite(tap, *await sources_page(tap.here, tap.phrases, _number(tap.parts)))


async def delete_messages(tap: Tap) -> None:
    """Delete the chat's messages of the last 48 hours, on both sides."""
    spot = tap.spot
    if not spot.private:
        await tap.toast(tap.phrases.expired)
        return
    ids = {*tap.here.chats.forget(spot.chat), tap.message.message_id}
    await tap.here.sender.delete(spot.chat, sorted(ids))
    await tap.toast(tap.phrases.deleted)


VERBS: dict[str, Callable[[Tap], Awaitable[None]]] = {
    "u": lambda tap: rate(tap, "useful"),
    "n": lambda tap: rate(tap, "not_useful"),
    "w": ask_what_is_wrong,
    "x": say_what_is_wrong,
    "y": why,
    "r": related,
    "o": choose_offer,
    "f": choose_fact,
    "T": turn_topics,
    "t": turn_facts,
    "s": turn_sources,
    "d": delete_messages,
}


async def _show_fact(tap: Tap, fact: str) -> None:
    answer = await tap.here.assistant.fact(fact, tap.spot.key)
    if answer is None:
        await tap.toast(tap.phrases.expired)
        return
    await tap.toast()
    await send_answer(tap.here, tap.spot, answer, tap.phrases, tap.username)


async def _rewrite(tap: Tap, text: str, rows: list[list[InlineKeyboardButton]]) -> None:
    message = render_text(text)[0]
    chat, number = tap.message.chat.id, tap.message.message_id
    await tap.here.sender.edit(chat, number, message, _markup(rows))


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup(rows) if rows else None


def _number(parts: tuple[str, ...]) -> int:
    return int(parts[0]) if parts and parts[0].isdecimal() else 0
