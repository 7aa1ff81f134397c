"""Making a first integration: everything from a sender's endpoint to an outgoing webhook, from a short form.

The rows are those that an estate document would make, and it is one that makes them, so what holds there holds here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.utils.text import slugify

from connectors.errors import Refused
from connectors.guard import Guard
from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.console.estate.apply import apply, one_at_a_time
from controlplane.console.welcome.keys import SIGNING, Keys, kept_keys
from controlplane.credentials.models import Credential
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.environments import begins_in
from controlplane.inventory.models import Instance, Integration, Interface, System
from controlplane.people.access import Access, Action
from controlplane.people.models import Team
from controlplane.people.services import By, create_team
from controlplane.transactions.models import Destination, Endpoint, Flow, Route

#: With ``-receiver`` behind it, a slug of 50 characters at most.
LONGEST_SLUG: Final = 40
#: Of a receiver's name within others.
LONGEST_HOST: Final = 30
DEADLINE_SECONDS: Final = 10.0
ALLOWED_SO: Final = "Whoever starts Interlock allows it so: INTERLOCK_PRIVATE_NETWORKS=127.0.0.1/32 make up"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for. ``team`` is None where the first one is to be made, called ``team_name``."""

    sender: str
    url: str
    event_type: str
    team: Team | None = None
    team_name: str = ""

    @property
    def slug(self) -> str:
        """What everything of it is called; empty when the name has nothing that an address could be made of."""
        return slugify(self.sender)[:LONGEST_SLUG].strip("-")

    @property
    def receiver(self) -> str:
        """The slug of what stands on the other side."""
        return f"{self.slug}-receiver"

    @property
    def host(self) -> str:
        """The receiver as people call it, short enough for the names that are made of it."""
        netloc = urlsplit(self.url).netloc
        return netloc if len(netloc) <= LONGEST_HOST else f"{netloc[:LONGEST_HOST]}…"


def connect(access: Access, wanted: Wanted) -> tuple[Integration, Keys | None]:
    """The integration, and its keys when it was made just now; the same asked for again is found as it is.

    Raises :class:`Invalid` with the field, :class:`Conflict` where something else has its name, and
    :class:`NotAllowed`. Nothing is made then, not even a key.
    """
    _check(access, wanted)
    with transaction.atomic():
        one_at_a_time()
        if (found := _found(wanted)) is not None:
            return found, None
        _check_names_are_free(wanted)
        with kept_keys(wanted.slug) as keys:
            return _made(access, wanted, keys), keys


def check_address(url: str) -> None:
    """Complain of an address that nothing would be sent to, and say what the operator can do about it."""
    try:
        Guard(settings.PRIVATE_NETWORKS).check_url(url)
    except Refused as error:
        is_private = "not a public address" in error.reason
        more = f" {ALLOWED_SO}" if is_private else ""
        raise Invalid(f"Nothing would be sent there: {error.reason}.{more}", field="url") from None


def _check(access: Access, wanted: Wanted) -> None:
    if wanted.team is not None:
        access.require(Action.CONFIGURE, wanted.team.pk)
    elif not access.may_everywhere(Action.CONFIGURE):
        raise NotAllowed("A first team is made by whoever may configure the whole company: a platform operator.")
    if not wanted.slug:
        raise Invalid("Use at least one letter from A to Z or a digit; the address is made of them.", field="sender")
    if wanted.team is None and not slugify(wanted.team_name):
        raise Invalid("Use at least one letter from A to Z or a digit.", field="team_name")
    check_address(wanted.url)


def _found(wanted: Wanted) -> Integration | None:
    """What the same form made before."""
    integration = Integration.objects.filter(slug=wanted.slug).first()
    if integration is None:
        return None
    to = Destination.objects.filter(slug=wanted.receiver, instance__base_url=wanted.url)
    by = Route.objects.filter(flow__slug=wanted.slug, event_type=wanted.event_type, active=True)
    if not (to.exists() and by.exists()):
        raise Conflict(
            f"There is an integration {wanted.slug!r} already, which does something else; it was left as it is. "
            "Give the system another name.",
            field="sender",
        )
    return integration


def _check_names_are_free(wanted: Wanted) -> None:
    own: tuple[type[models.Model], ...] = (System, Instance, Endpoint, Flow)
    others: tuple[type[models.Model], ...] = (System, Instance, Credential, Destination)
    taken = [(model, wanted.slug) for model in own] + [(model, wanted.receiver) for model in others]
    taken.append((Interface, _door(wanted)))
    for model, slug in taken:
        if model._default_manager.filter(slug=slug).exists():
            raise Conflict(
                f"There is a {model._meta.verbose_name} {slug!r} already; it was left as it is. "
                "Give the system another name.",
                field="sender",
            )


def _made(access: Access, wanted: Wanted, keys: Keys) -> Integration:
    team = wanted.team or _first_team(access, wanted)
    apply(_document(wanted, team, keys, begins_in(access)), actor=access.actor)
    integration = Integration.objects.get(slug=wanted.slug)
    audit.record(
        "integration.connected",
        actor=access.actor,
        via=Via.PAGE,
        subject=Subject("integration", wanted.slug),
        details={"sender": wanted.sender, "receiver": wanted.host, "type": wanted.event_type},
    )
    return integration


def _first_team(access: Access, wanted: Wanted) -> Team:
    slug = slugify(wanted.team_name)[:LONGEST_SLUG].strip("-")
    known = Team.objects.filter(slug=slug).first()
    return known or create_team(slug, wanted.team_name, by=By(access.actor, Via.PAGE))


def _door(wanted: Wanted) -> str:
    return f"{wanted.slug}-webhooks"


def _document(wanted: Wanted, team: Team, keys: Keys, environment: str) -> Mapping[str, Any]:
    """The estate of it: two systems, and an integration between them."""
    found = {**_systems(wanted), **_integration(wanted, team, keys), **_ways(wanted, keys)}
    for one in (*found["instances"].values(), *found["integrations"].values()):
        one["environment"] = environment
    return found


def _systems(wanted: Wanted) -> Mapping[str, Any]:
    """Who sends and who receives, and the sender's door."""
    slug, receiver = wanted.slug, wanted.receiver
    return {
        "systems": {
            slug: {"connector": "webhook", "name": wanted.sender, "hue": 285},
            receiver: {"connector": "webhook", "name": wanted.host, "hue": 190},
        },
        "instances": {
            slug: {"system": slug, "name": wanted.sender},
            receiver: {"system": receiver, "name": wanted.host, "base_url": wanted.url},
        },
        "interfaces": {_door(wanted): {"instance": slug, "kind": "webhook", "name": "Webhooks"}},
    }


def _integration(wanted: Wanted, team: Team, keys: Keys) -> Mapping[str, Any]:
    """The governed unit, and what proves us to the receiver."""
    return {
        "integrations": {
            wanted.slug: {
                "team": team.slug,
                "source": _door(wanted),
                "name": f"{wanted.sender} to {wanted.host}",
                "purpose": f"Tells {wanted.host} what {wanted.sender} reports.",
            }
        },
        "credentials": {
            wanted.receiver: {
                "instance": wanted.receiver,
                "team": team.slug,
                "name": f"Signs for {wanted.host}",
                "references": {SIGNING: str(keys.receiver_at)},
            }
        },
    }


def _ways(wanted: Wanted, keys: Keys) -> Mapping[str, Any]:
    """Where events come in, where they go, and the flow between."""
    slug, receiver, door = wanted.slug, wanted.receiver, _door(wanted)
    tell = {
        "name": "tell",
        "title": f"Tell {wanted.host}",
        "kind": "deliver",
        "destination": receiver,
        "operation": "send",
        "mapping": {"type": "type", "data": "record"},
    }
    return {
        "endpoints": {
            slug: {
                "integration": slug,
                "interface": door,
                "name": wanted.sender,
                "scheme": "standard_webhooks",
                "secrets": [str(keys.sender_at)],
            }
        },
        "destinations": {
            receiver: {
                "instance": receiver,
                "credential": receiver,
                "name": wanted.host,
                "deadline": DEADLINE_SECONDS,
            }
        },
        "flows": {
            slug: {
                "integration": slug,
                "name": f"Tell {wanted.host}",
                "steps": [tell],
                "routes": [{"event_type": wanted.event_type, "interface": door}],
            }
        },
    }
