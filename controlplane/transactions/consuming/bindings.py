"""Which queues feed which endpoints: the setting ``queues`` of an AMQP instance, read strictly.

::

    instances:
      rabbit:
        system: rabbit            # of connector amqp
        base_url: amqps://rabbit.example/sales
        settings:
          user: interlock
          queues:
            orders: {endpoint: orders, prefetch: 100, rejected_to: dead-letters/orders}

A queue feeds an endpoint of an interface of its own instance, and no other: who may change one instance must not
be able to write into another's traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from controlplane.credentials.models import Credential
from controlplane.inventory.models import Instance
from controlplane.transactions.models import Endpoint

CONNECTOR = "amqp"
PREFETCH = 100
MOST_PREFETCH = 1000
LONGEST_QUEUE = 255
_KNOWN = frozenset({"account", "endpoint", "prefetch", "rejected_to"})


@dataclass(frozen=True, slots=True)
class Binding:
    """One queue of one broker, and the endpoint that it feeds. Equal as long as a consumer may go on.

    ``rejected_to`` is ``exchange/routing.key`` for messages that cannot be taken, "" to leave that to the broker.
    """

    instance: str
    base_url: str
    user: str
    authority: str
    reference: str = field(repr=False)
    queue: str
    endpoint: str
    prefetch: int = PREFETCH
    rejected_to: str = ""

    @property
    def name(self) -> str:
        """``rabbit/orders``."""
        return f"{self.instance}/{self.queue}"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A queue whose setting cannot be used, and why; the others do not suffer from it."""

    name: str
    reason: str


def read() -> list[Binding | Unusable]:
    """Every queue of every AMQP instance, sorted by name."""
    found: list[Binding | Unusable] = []
    for instance in Instance.objects.filter(system__connector=CONNECTOR).order_by("slug"):
        found += _queues(instance)
    return found


def _queues(instance: Instance) -> Iterator[Binding | Unusable]:
    queues = instance.settings.get("queues", {})
    if not isinstance(queues, Mapping):
        yield Unusable(instance.slug, "queues must be names of queues with their endpoints")
        return
    for queue, about in sorted(queues.items()):
        try:
            yield _binding(instance, str(queue), about)
        except ValueError as error:
            yield Unusable(f"{instance.slug}/{queue}", str(error))


def _binding(instance: Instance, queue: str, about: Any) -> Binding:
    if not isinstance(about, Mapping) or set(about) - _KNOWN:
        raise ValueError(f"a queue has {', '.join(sorted(_KNOWN))} and nothing else")
    prefetch = about.get("prefetch", PREFETCH)
    if isinstance(prefetch, bool) or not isinstance(prefetch, int) or not 1 <= prefetch <= MOST_PREFETCH:
        raise ValueError(f"prefetch is a number from 1 to {MOST_PREFETCH}")
    rejected_to = about.get("rejected_to", "")
    if not isinstance(rejected_to, str) or (rejected_to and "/" not in rejected_to):
        raise ValueError("rejected_to is written as exchange/routing.key")
    if not 0 < len(queue.encode()) <= LONGEST_QUEUE:
        raise ValueError(f"a queue's name has up to {LONGEST_QUEUE} bytes")
    return Binding(
        instance=instance.slug,
        base_url=instance.base_url,
        user=str(instance.settings.get("user", "")),
        authority=str(instance.settings.get("tls_authority", "")),
        reference=_reference(instance, about.get("account")),
        queue=queue,
        endpoint=_endpoint(instance, about.get("endpoint")).slug,
        prefetch=prefetch,
        rejected_to=rejected_to,
    )


def _endpoint(instance: Instance, slug: Any) -> Endpoint:
    found = Endpoint.objects.filter(slug=str(slug), interface__instance=instance).first()
    if found is None:
        raise ValueError(f"there is no endpoint {str(slug)[:80]!r} at an interface of this instance")
    return found


def _reference(instance: Instance, named: Any) -> str:
    """The reference to the password, by the named credential of the instance or by its only one; "" for none."""
    credentials = Credential.objects.filter(instance=instance)
    if named is not None:
        credentials = credentials.filter(slug=str(named))
    found = list(credentials[:2])
    if len(found) > 1:
        raise ValueError("the instance has several credentials: name one")
    if named is not None and not found:
        raise ValueError(f"the instance has no credential {str(named)[:80]!r}")
    return str(found[0].references.get("password", "")) if found else ""
