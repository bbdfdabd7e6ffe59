"""Signs of life: towards systemd, and the end of a process that is deaf."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable

logger = logging.getLogger(__name__)

DEAF_SECONDS = 300.0
LOOK_SECONDS = 10.0


def tell_systemd(state: str) -> None:
    """Send "READY=1" and the like where systemd asked for it (see sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        try:
            connection.sendto(state.encode(), address)
        except OSError as error:
            logger.warning("systemd was not told: %s.", type(error).__name__)


async def watch(
    age: Callable[[], float | None],
    *,
    deaf_seconds: float = DEAF_SECONDS,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Return when polling has been dead too long; until then, say that all is well."""
    while True:
        seconds = age()
        if seconds is not None and seconds > deaf_seconds:
            logger.critical("No poll has succeeded for %.0f seconds; ending.", seconds)
            return
        tell_systemd("WATCHDOG=1")
        await asyncio.sleep(look_seconds)
