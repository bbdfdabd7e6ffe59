"""The safety reply and the list of telephone numbers, as `safety.yaml` has them.

Nothing is made up: every sentence and every number stands in that file.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.safety import Judgement
from indexer.schema import NumberRecord, ReplyRecord, SafetyFile

LINES_A_COUNTRY = 2


class Hotlines:
    """Writes what people in danger are told, in their language and in English."""

    def __init__(self, file: SafetyFile) -> None:
        self.file = file

    def reply(self, judgement: Judgement, language: str) -> str:
        """Return the safety reply, with the numbers of the countries judged.

        In other languages than English the English sentences follow below.
        """
        replies = self._replies(language)
        numbers = "\n".join(self._lines(judgement.countries, replies[0]))
        parts = []
        for reply in replies:
            told = [reply.opening]
            if judgement.level == "self_harm":
                told.append(reply.self_harm)
            parts.append(" ".join([*told, reply.body]))
        return "\n\n".join([parts[0], numbers, *parts[1:]])

    def hint(self, language: str) -> str:
        """Return the one sentence that points to /hotlines."""
        return self._replies(language)[0].hint

    def not_understood(self, language: str) -> str:
        """Return "I do not understand", with the hotline line."""
        return "\n\n".join(reply.not_understood for reply in self._replies(language))

    def hotlines(self, language: str) -> str:
        """Return every number and route, by country."""
        replies = self._replies(language)
        parts = [reply.hotlines for reply in replies]
        for country in self._countries():
            told = [self._shown(country)]
            told += [
                f"- {self._number(number, replies[0], whole=True)}"
                for number in self._numbers(country)
            ]
            told += [f"- {text}" for text in self._routes(country)]
            parts.append("\n".join(told))
        return "\n\n".join(parts)

    def _replies(self, language: str) -> list[ReplyRecord]:
        """Return the sentences of a language, and the English ones below them."""
        replies = self.file.replies
        names = [name for name in dict.fromkeys((language, "en")) if name in replies]
        return [replies[name] for name in names]

    def _countries(self) -> list[str]:
        named = [number.country for number in self.file.numbers]
        named += [route.country for route in self.file.routes]
        order = {name: place for place, name in enumerate(self.file.countries)}
        return sorted(set(named), key=lambda name: (order.get(name, len(order)), name))

    def _shown(self, country: str) -> str:
        names = self.file.countries.get(country, {}).get("en")
        return names[0] if names else country

    def _numbers(self, country: str) -> list[NumberRecord]:
        mine = [number for number in self.file.numbers if number.country == country]
        return sorted(mine, key=lambda number: number.priority)

    def _routes(self, country: str) -> list[str]:
        return [route.text for route in self.file.routes if route.country == country]

    def _lines(self, countries: Sequence[str], reply: ReplyRecord) -> list[str]:
        """Return two lines for each country named, or one for every country."""
        limit = LINES_A_COUNTRY if countries else 1
        lines = []
        for country in countries or self._countries():
            told = [
                self._number(number, reply, whole=False)
                for number in self._numbers(country)
            ] or [reply.no_line, *self._routes(country)]
            lines += [f"{self._shown(country)}: {text}" for text in told[:limit]]
        return lines

    def _number(self, number: NumberRecord, reply: ReplyRecord, *, whole: bool) -> str:
        purpose = number.purpose
        if not whole:
            purpose = purpose.split(";")[0].split(":")[0]
        parts = [
            f"{number.number}: {purpose}",
            f"{reply.run_by} {number.run_by}",
            f"{reply.works_from} {number.works_from}",
        ]
        if whole:
            parts += [
                f"{name} {value}"
                for name, value in (
                    ("languages:", number.languages),
                    ("hours:", number.hours),
                    ("cost:", number.cost),
                    ("recorded:", number.recorded),
                )
            ]
        parts.append(f"{reply.source_dated} {number.dated}")
        if len(number.sources) == 1 and number.publisher_runs_line == "no":
            parts.append(reply.one_source)
        if number.checked_on == "not checked":
            parts.append(reply.not_checked)
        return "; ".join(parts) + "."
