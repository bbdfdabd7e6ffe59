"""Every setting of the bot, from flags, environment and `.env`, in this order."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "COMMIT_BOT_"
ENV_FILE = Path(".env")
TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{20,100}")


class SettingsError(Exception):
    """The settings are wrong; the message names every fault, and never a value."""


class Settings(BaseSettings):
    """The bot's settings; README and .env.example show each one's description."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        # A line of .env.example that was copied and left empty sets nothing.
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    knowledge: Annotated[Path, Field(description="Folder of facts and documents.")] = (
        Path("knowledge")
    )
    index: Annotated[
        Path, Field(description="The index file, made by `indexer build`.")
    ] = Path("state/index.db")
    journal: Annotated[
        Path, Field(description="Finished update ids and counts; nothing private.")
    ] = Path("state/journal.db")
    token: Annotated[
        SecretStr | None,
        Field(description="From BotFather; only `bot telegram` needs it."),
    ] = None
    api_url: Annotated[
        str, Field(pattern=r"^https?://\S+$", description="Root of the Bot API.")
    ] = "https://api.telegram.org"
    proxy: Annotated[
        str | None,
        Field(description="Proxy to reach Telegram by, where it is blocked."),
    ] = None
    webhook_url: Annotated[
        str | None,
        Field(
            pattern=r"^https://\S+$",
            description="Public address; set: webhook, not polling.",
        ),
    ] = None
    webhook_host: Annotated[
        str, Field(description="Address the webhook listens on.")
    ] = "127.0.0.1"
    webhook_port: Annotated[
        int, Field(ge=1, le=65535, description="Port the webhook listens on.")
    ] = 8443
    webhook_secret: Annotated[
        SecretStr | None,
        Field(description="Sent along by Telegram; made up at each start when absent."),
    ] = None
    operator: Annotated[
        str | None,
        Field(description="Who runs this bot; shown in /privacy and /about."),
    ] = None
    contact: Annotated[
        str | None, Field(description="How to reach the operator; shown there too.")
    ] = None
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(description="How much is logged."),
    ] = "INFO"

    @field_validator("token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None or not token.get_secret_value():
            return None
        if not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(
                "is not a bot token; BotFather's look like 123456789:AbC..."
            )
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _secret_has_its_shape(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not re.fullmatch(
            r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()
        ):
            raise ValueError("may hold A-Z a-z 0-9 _ - only, at most 256 of them")
        return secret

    @field_validator("api_url")
    @classmethod
    def _root_of_the_api(cls, url: str) -> str:
        return url.rstrip("/").removesuffix("/bot")


def load(**flags: object) -> Settings:
    """Read all settings; flags that are None are left to the environment.

    Raises:
        SettingsError: One line a fault, all at once, without any value.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    if not _is_text(ENV_FILE):
        raise SettingsError(f"{ENV_FILE}: is not UTF-8 text; save it as UTF-8")
    faults = [_unknown(name) for name in _named() if name not in Settings.model_fields]
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        # include_input=False alone leaks nothing; `from None` drops the original.
        faults += [
            f"{_name(fault['loc'][0])}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(
                include_input=False, include_url=False, include_context=False
            )
        ]
    if faults:
        raise SettingsError("\n".join(faults)) from None
    return settings


def _is_text(path: Path) -> bool:
    """Tell whether a file is UTF-8; one that is not there does no harm."""
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    except OSError:
        return True
    return True


def _named() -> list[str]:
    """Return the names with our prefix in the environment and in `.env`."""
    from dotenv import dotenv_values

    names = {*os.environ, *dotenv_values(ENV_FILE)}
    return sorted(
        name.removeprefix(PREFIX).lower() for name in names if name.startswith(PREFIX)
    )


def _name(field: object) -> str:
    return f"{PREFIX}{str(field).upper()}"


def _unknown(name: str) -> str:
    known = ", ".join(f"{PREFIX}{field.upper()}" for field in Settings.model_fields)
    return f"{PREFIX}{name.upper()}: is no setting; known are {known}"
