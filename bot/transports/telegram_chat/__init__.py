"""The bot on Telegram: updates in, the assistant asked, answers sent."""

import os

# python-telegram-bot then gives the waiting time of a 429 as a timedelta, its future
# form; otherwise it warns each time.
os.environ.setdefault("PTB_TIMEDELTA", "true")
