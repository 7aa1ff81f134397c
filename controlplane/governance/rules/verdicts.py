"""The words of policies: how severe one is, how far it reaches, and what was found."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Severity(TextChoices):
    """What a policy does about what breaks it."""

    INFORM = "inform", "Inform"
    WARN = "warn", "Warn"
    BLOCK = "block", "Block"


class Verdict(TextChoices):
    """What was found of one subject by one policy. What could not be judged is never taken for a pass."""

    PASS = "pass", "Passes"
    FAIL = "fail", "Fails"
    WAIVED = "waived", "Waived"
    UNJUDGED = "unjudged", "Could not be judged"


class Reach(TextChoices):
    """For what a policy, or an exception to one, holds; the later the narrower, and the narrower wins."""

    COMPANY = "company", "The whole company"
    DOMAIN = "domain", "A domain"
    TEAM = "team", "A team"
    INTEGRATION = "integration", "An integration"


#: From the mildest.
SEVERITIES: Final = tuple(Severity)
#: How much a policy counts in a score.
WEIGHT: Final = {Severity.INFORM: 1, Severity.WARN: 3, Severity.BLOCK: 5}


def is_stricter(one: str, than: str) -> bool:
    """Whether one severity asks for more than another."""
    return SEVERITIES.index(Severity(one)) > SEVERITIES.index(Severity(than))
