"""Whether a request is let in and believed, and what is stored of it: the same on both ways through the ingress.

None of it waits for anything. What it refuses it notes, and gives the answer to it.
"""

from __future__ import annotations

import hashlib

from connectors.messages import Request
from connectors.signatures import Reason, SignatureError, Verified, verify
from controlplane.foundation import clock
from controlplane.transactions.ingress import answers
from controlplane.transactions.ingress.answers import Answer, NotReadable
from controlplane.transactions.ingress.batches import Accepted
from controlplane.transactions.ingress.endpoints import KnownEndpoint
from controlplane.transactions.ingress.events import Broken, event_of
from controlplane.transactions.ingress.keys import Keys
from controlplane.transactions.ingress.pace import Pace, address_of
from controlplane.transactions.ingress.pressure import Pressure, Why
from controlplane.transactions.ingress.refusals import Refusals
from controlplane.transactions.ingress.wire import Scope

#: Not the sender's fault: told that they are not believed, some senders give up for good.
OURS_TO_MEND = frozenset({Reason.NO_SECRET, Reason.UNSUPPORTED})


class Judge:
    """What one process lets in."""

    def __init__(self) -> None:
        self.refusals = Refusals()
        self.pace = Pace()
        self.pressure = Pressure()

    def let_in(self, endpoint: KnownEndpoint, scope: Scope) -> Answer | None:
        """The answer to one who has to come back, before anything of the body is looked at."""
        why = self.pressure.refuses(endpoint.importance, endpoint.lane)
        if why is not None:
            return answers.NO_SPACE if why is Why.DISK else answers.BACKLOG
        address = address_of(scope)
        wait = self.pace.wait((endpoint.id, address), endpoint.sender_rate)
        if wait:
            self.refusals.note(endpoint.id, "too-many", "", address)
            return answers.too_many(wait)
        return None

    def believed(self, endpoint: KnownEndpoint, request: Request, keys: Keys) -> Verified | Answer:
        """What the signature proves, where it is right and the endpoint's budget has room for it."""
        try:
            verified = verify(endpoint.scheme, request, keys.secrets, endpoint.scheme_settings, clock.now())
        except SignatureError as error:
            # The key that is missing may be the one that signed.
            if keys.missing and error.reason in {Reason.MISMATCH, Reason.NO_SECRET}:
                return answers.KEYS_AWAY
            return self._turned_away(endpoint, request, error)
        if wait := self.pace.wait(endpoint.id, endpoint.rate):
            self.note(endpoint, "too-many", request)
            return answers.too_many(wait)
        return verified

    def event(self, endpoint: KnownEndpoint, request: Request, verified: Verified) -> Accepted | Answer:
        """What is stored of it."""
        try:
            return event_of(endpoint, request, verified)
        except Broken:
            self.note(endpoint, "broken", request)
            return answers.BROKEN

    def note(self, endpoint: KnownEndpoint, reason: str, request: Request) -> None:
        """Note a refusal of a request whose body is known."""
        self.refusals.note(endpoint.id, reason, hashlib.sha256(request.body).hexdigest(), request.peer)

    def _turned_away(self, endpoint: KnownEndpoint, request: Request, error: SignatureError) -> Answer:
        self.note(endpoint, error.reason.value, request)
        if error.reason in OURS_TO_MEND:
            return answers.ENDPOINT_UNUSABLE
        return answers.NOT_READABLE if error.status == NotReadable.status else answers.NOT_BELIEVED
