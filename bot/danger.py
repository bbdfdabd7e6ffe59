"""Who was in danger lately, and what a chat is told then.

What danger is, `safety` says; what the numbers are, `hotlines`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import MINUTES
from bot.resources import Resources
from bot.safety import Judgement
from bot.types import Answer

# With the numbers just shown, a short message that names a place asks for its numbers.
SHORT = 60


class Danger:
    """Answers people in danger, and for half an hour knows which chats were."""

    def __init__(self, resources: Resources, now: Callable[[], datetime]) -> None:
        self._resources, self._now = resources, now
        self._at: dict[str, datetime] = {}

    def answer(
        self, chat: str, text: str, judgement: Judgement, language: str
    ) -> Answer | None:
        """Answer somebody in danger; for a while after, a place means its numbers."""
        place = judgement.countries and len(text) < SHORT and self.lately(chat)
        if judgement.level not in ("certain", "self_harm") and not place:
            return None
        self._at[chat] = self._now()
        return self._reply(judgement, language)

    def again(self, chat: str, answer: Answer) -> Answer | None:
        """For half an hour after it, an unclear message gets the numbers again."""
        unclear = answer.kind in ("unknown", "clarify")
        if not unclear or not self.lately(chat):
            return None
        return self._reply(Judgement("certain"), answer.language)

    def _reply(self, judgement: Judgement, language: str) -> Answer | None:
        hotlines = self._resources.hotlines
        if hotlines is None:
            return None
        return Answer("safety", hotlines.reply(judgement, language), language=language)

    def hinted(self, answer: Answer, language: str) -> Answer:
        """Add the line that says where numbers are."""
        hotlines = self._resources.hotlines
        if hotlines is None:
            return answer
        return replace(answer, text=f"{answer.text}\n{hotlines.hint(language)}")

    def lately(self, chat: str) -> bool:
        """Tell whether a chat was in danger within the last half hour."""
        since = self._now() - timedelta(minutes=MINUTES)
        self._at = {key: at for key, at in self._at.items() if at >= since}
        return chat in self._at

    def sweep(self) -> None:
        """Drop what is older than half an hour."""
        self.lately("")

    def forget(self, chat: str) -> None:
        """Drop what is remembered of a chat."""
        self._at.pop(chat, None)
