"""What each role may do: the one table that all access comes from.

Two levels (invariant 10): the catalogue — names, owners, contracts, health — is open to every
signed-in person and needs no action below. Payloads, keys, credentials and acts do.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from django.db import models


class Action(Enum):
    """What can be allowed, in a team or in all of them. The value completes "may …"."""

    SEE_TRANSACTIONS = "see transactions and their keys"
    SEE_PAYLOADS = "see payloads, personal values masked"
    SEE_PERSONAL = "see personal values unmasked"
    REPLAY = "replay"
    EDIT_DEAD_LETTERS = "edit, assign and resolve dead letters"
    CONFIGURE = "configure integrations, flows and endpoints"
    RUN_SYNC = "run, pause and cancel sync jobs"
    MERGE_IDENTITIES = "merge and split identities"
    SEE_AUDIT = "read the audit"
    OPERATE = "operate the platform"
    GOVERN = "write policies and decide on waivers"


class Role(models.TextChoices):
    """What a person is in a team, or in the whole company."""

    SUPPORT = "support", "Support"
    OWNER = "owner", "Integration owner"
    BOARD = "board", "Board member"
    EXECUTIVE = "executive", "Executive"
    OPERATOR = "operator", "Platform operator"
    AUDITOR = "auditor", "Auditor"


#: These make sense only for the whole company; a constraint on the membership says the same.
COMPANY_WIDE = frozenset({Role.OPERATOR, Role.AUDITOR})

ALLOWED = MappingProxyType(
    {
        Role.SUPPORT: frozenset({Action.SEE_TRANSACTIONS, Action.SEE_PAYLOADS, Action.REPLAY}),
        Role.OWNER: frozenset(
            {
                Action.SEE_TRANSACTIONS,
                Action.SEE_PAYLOADS,
                Action.SEE_PERSONAL,
                Action.REPLAY,
                Action.EDIT_DEAD_LETTERS,
                Action.CONFIGURE,
                Action.RUN_SYNC,
                Action.MERGE_IDENTITIES,
            }
        ),
        Role.BOARD: frozenset({Action.SEE_TRANSACTIONS, Action.GOVERN}),
        Role.EXECUTIVE: frozenset({Action.SEE_TRANSACTIONS}),
        # Runs the platform, but reads no customer's personal values.
        Role.OPERATOR: frozenset(Action) - {Action.SEE_PERSONAL},
        # Reads everything, changes nothing.
        Role.AUDITOR: frozenset({Action.SEE_TRANSACTIONS, Action.SEE_PAYLOADS, Action.SEE_PERSONAL, Action.SEE_AUDIT}),
    }
)
