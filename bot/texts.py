"""The longer fixed texts, filled with what the operator has set."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from bot.languages.en import Phrases
from bot.settings import Settings
from bot.types import About


def privacy_text(settings: Settings, phrases: Phrases) -> str:
    """Return what is kept, where, and by whom."""
    operator, contact = operator_lines(settings, phrases)
    return phrases.privacy.format(operator=operator, contact=contact)


def operator_lines(settings: Settings, phrases: Phrases) -> tuple[str, str]:
    """Return who runs the bot and how to reach them, or that this was not stated."""
    operator = (
        phrases.operator.format(operator=settings.operator)
        if settings.operator
        else phrases.operator_missing
    )
    contact = (
        phrases.contact.format(contact=settings.contact)
        if settings.contact
        else phrases.contact_missing
    )
    return operator, contact


def about_text(about: About, settings: Settings, phrases: Phrases) -> str:
    """Return version, knowledge, operator, and what is overdue or stale."""
    operator, contact = operator_lines(settings, phrases)
    fields = {
        "version": program_version(),
        "facts": about.facts,
        "documents": about.documents,
        "newest": about.newest,
        "build": about.build_id,
        "operator": operator,
        "contact": contact,
    }
    text = phrases.about if about.build_id else phrases.about_empty
    lines = [text.format(**fields)]
    if about.overdue:
        lines.append(phrases.about_overdue.format(count=len(about.overdue)))
    if about.stale and about.build_id:
        lines.append(phrases.about_stale)
    return "\n".join(lines)


def program_version() -> str:
    """Return the installed version, or that it runs from a checkout."""
    try:
        return version("commit-question-bot")
    except PackageNotFoundError:
        return "(not installed)"
