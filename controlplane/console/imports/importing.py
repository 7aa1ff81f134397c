"""One verb for all formats: what importing would do, and doing it."""

from __future__ import annotations

from dataclasses import dataclass

from controlplane.audit.models import Actor, Via
from controlplane.console.imports import apply as documents
from controlplane.console.imports import cataloguing
from controlplane.console.imports.backstage import Catalogue
from controlplane.console.imports.formats import Understood
from controlplane.console.imports.plan import Options, Plan, planned
from controlplane.people.access import Access, Action


@dataclass(frozen=True, slots=True)
class Asked:
    """What is imported, where it belongs, and who asks; ``access`` is None on the command line.

    For a catalogue ``environment`` says where its systems answer; ``options`` is for all others.
    """

    document: Understood
    file: str
    options: Options
    environment: str
    actor: Actor
    via: Via
    access: Access | None = None


def plan_of(asked: Asked) -> Plan:
    """What it would do. :class:`NotAllowed` where the person may not do that, :class:`Invalid` where it cannot be."""
    if isinstance(asked.document, Catalogue):
        if asked.access is not None:
            asked.access.require_everywhere(Action.CONFIGURE)
        return cataloguing.planned(asked.document, asked.environment)
    plan = planned(asked.document, asked.options)
    if asked.access is not None:
        documents.allowed(asked.access, plan)
    return plan


def do(asked: Asked, seen: str = "") -> Plan:
    """All of it or nothing; ``seen`` is the digest of the plan that somebody agreed to."""
    common = {"file": asked.file, "actor": asked.actor, "via": asked.via, "access": asked.access, "seen": seen}
    if isinstance(asked.document, Catalogue):
        return cataloguing.apply(asked.document, asked.environment, **common)  # type: ignore[arg-type]
    return documents.apply(asked.document, asked.options, **common)  # type: ignore[arg-type]
