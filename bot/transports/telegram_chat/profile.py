"""Commands and descriptions as Telegram shows them, set where they differ."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import BotCommand
from telegram.error import TelegramError

from bot.languages import LANGUAGES

if TYPE_CHECKING:
    from telegram import Bot

    from bot.languages.en import Phrases

logger = logging.getLogger(__name__)


async def set_profile(bot: Bot) -> None:
    """Bring the bot's profile up to date in every language; a failure is a warning."""
    for code, phrases in LANGUAGES.items():
        # English has no code: it is what everybody else sees.
        language = None if code == "en" else code
        for update in (_commands, _description, _short_description):
            try:
                await update(bot, phrases, language)
            except (TelegramError, TypeError) as error:  # or an odd answer
                what = update.__name__.strip("_").replace("_", " ")
                kind = type(error).__name__
                logger.warning("The bot's %s (%s) was not set: %s.", what, code, kind)


async def _commands(bot: Bot, phrases: Phrases, language: str | None) -> None:
    wanted = tuple(BotCommand(name, text) for name, text in phrases.commands)
    if await bot.get_my_commands(language_code=language) != wanted:
        await bot.set_my_commands(wanted, language_code=language)


async def _description(bot: Bot, phrases: Phrases, language: str | None) -> None:
    current = await bot.get_my_description(language_code=language)
    if current.description != phrases.description:
        await bot.set_my_description(phrases.description, language_code=language)


async def _short_description(bot: Bot, phrases: Phrases, language: str | None) -> None:
    current = await bot.get_my_short_description(language_code=language)
    if current.short_description != phrases.short_description:
        await bot.set_my_short_description(
            phrases.short_description, language_code=language
        )
