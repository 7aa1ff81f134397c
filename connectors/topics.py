"""Which topics a destination may write to: patterns that its owner lists, asked before anything is sent.

A pattern is a topic with wildcards: ``*`` stands for characters within one word, ``#`` for anything. Words are
parted by ``.``, ``/`` and ``:``, which covers routing keys, subjects and stream names alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from connectors.errors import Refused

LONGEST_TOPIC = 255
LONGEST_PATTERN = 255
SEPARATORS = "./:"
_UNFIT = re.compile(r"[\x00-\x20\x7f]")


def allowed_topic(topic: object, settings: Mapping[str, Any]) -> str:
    """``topic``, or the one topic that the settings name, when a pattern of ``settings["topics"]`` allows it.

    Raises ``Refused``: nothing is sent to a topic that was not listed, and nothing at all where none is.
    """
    wanted = topic if topic is not None else settings.get("topic")
    if not isinstance(wanted, str) or not wanted:
        raise Refused("the message names no topic, and the destination has none of its own")
    if len(wanted.encode()) > LONGEST_TOPIC or _UNFIT.search(wanted):
        raise Refused(f"a topic has up to {LONGEST_TOPIC} bytes, without spaces and control characters")
    if not any(_matches(pattern, wanted) for pattern in patterns(settings)):
        raise Refused(f"this destination may not write to the topic {wanted!r}", detail="topic_not_allowed")
    return wanted


def patterns(settings: Mapping[str, Any]) -> list[str]:
    """The patterns of the settings; raises ``Refused`` for a list that is none."""
    listed = settings.get("topics")
    if not isinstance(listed, list) or not listed or not all(_is_pattern(pattern) for pattern in listed):
        raise Refused("the setting topics must list the topics that this destination may write to")
    return listed


def _is_pattern(pattern: object) -> bool:
    return isinstance(pattern, str) and 0 < len(pattern) <= LONGEST_PATTERN and not _UNFIT.search(pattern)


@lru_cache(maxsize=4096)
def _matches(pattern: str, topic: str) -> bool:
    """Whether the whole topic is as the pattern says.

    By a table of ends rather than by a regular expression, which could be made to try for hours: ``ends`` holds the
    places in the topic that the pattern so far can have reached.
    """
    ends = {0}
    for character in pattern:
        if character == "#":
            ends = set(range(min(ends), len(topic) + 1)) if ends else ends
        elif character == "*":
            ends = {further for end in ends for further in _within_word(topic, end)}
        else:
            ends = {end + 1 for end in ends if topic[end : end + 1] == character}
    return len(topic) in ends


def _within_word(topic: str, start: int) -> range:
    """The places that can be reached from ``start`` without leaving the word."""
    end = start
    while end < len(topic) and topic[end] not in SEPARATORS:
        end += 1
    return range(start, end + 1)
