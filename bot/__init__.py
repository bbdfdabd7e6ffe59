"""Answers to questions, from an index, over a terminal, a pipe or Telegram."""
