"""The measured choices that an index depends on; another value asks for a new one."""

from __future__ import annotations

from indexer import fitting, tfidf

# What a way of asking, a topic and an answer count for a fact, in tenths; how often a
# title counts for its passages.
ASKED, TOPIC, ANSWER = 10, 5, 3
TITLE = 2
OPTIONS = {
    "k1": tfidf.K1,
    "b": tfidf.B,
    "fields": [ASKED, TOPIC, ANSWER, TITLE],
    "target": fitting.TARGET,
}
