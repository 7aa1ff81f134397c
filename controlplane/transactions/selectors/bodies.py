"""Bodies as a person may see them: whole, with personal values masked, or not at all, and always why.

A body is kept for a time and then dropped with its week; a dead letter pins its own. What is not there
any more says until when it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.ids import moment
from controlplane.foundation.pointers import escaped
from controlplane.people.access import Access, Action, who_may
from controlplane.transactions.masking import EVERYTHING, Everything, Mask
from controlplane.transactions.models import Normalisation, Payload, ReleaseItem, Transaction
from controlplane.transactions.rules.questions import LookUp
from controlplane.transactions.rules.retention import KEEP, Retention
from controlplane.transactions.rules.states import QUESTIONS
from controlplane.transactions.selectors.facts import Facts
from controlplane.transactions.selectors.mapping import Sight
from controlplane.transactions.selectors.sentences import Seen, seen_by, sentence_for


@dataclass(frozen=True, slots=True)
class Body:
    """A body on a page: ``document`` is parsed JSON, or text that is none. When not ``there``, ``why``."""

    title: str
    there: bool
    document: Any = None
    why: str = ""
    size: int = 0
    at: datetime | None = None
    is_json: bool = True


class Bodies:
    """The bodies of one transaction, for one person."""

    def __init__(self, access: Access, facts: Facts) -> None:
        self.facts = facts
        self.seen = seen_by(access, facts.team_id)
        # Loaded for those who see none of it, too: reasons may repeat what is personal in it.
        self._payloads: dict[UUID, Payload] = {}
        self._asked: set[UUID] = set()
        self._fetch(facts.transaction.event_id, facts.transaction.canonical_id)
        self.envelope = self._parsed(facts.transaction.canonical_id)
        self.mask = self._mask()

    @property
    def why_hidden(self) -> str:
        """Why nothing is shown at all, and who could change that; empty when something is."""
        if self.seen is not Seen.NOTHING:
            return ""
        roles = " or ".join(who_may(Action.SEE_PAYLOADS))
        return f"You see steps and times. Payloads need the role {roles} in this team; an operator can give it."

    @property
    def note(self) -> str:
        """What is not as it was sent."""
        if self.seen is not Seen.MASKED:
            return ""
        if self.mask is EVERYTHING:
            return "No contract says which fields are personal, so every text is masked."
        if isinstance(self.mask, Everything):
            return "What came in cannot be read any more, by which personal values were told: every text is masked."
        return f"Personal values are masked; {' or '.join(who_may(Action.SEE_PERSONAL))} see them."

    @property
    def sight(self) -> Sight:
        """How values of a mapping are seen."""
        return Sight(self.mask.document, self.mask.hides)

    def text(self, text: str) -> str:
        """A reason or an answer's sentence, with what is personal in it masked; without payloads no value is seen."""
        return sentence_for(self.seen, self.mask.text(text))

    def received(self) -> Body:
        """What came in, byte for byte but for what the endpoint drops."""
        return self._body("As received", self.facts.transaction.event_id, self.facts.transaction.retention)

    def edited(self) -> Body | None:
        """What somebody made of it before it was released, by which it was judged; None where nobody did."""
        event_id = self.facts.transaction.event_id
        found = (
            ReleaseItem.objects.filter(transaction_id=event_id, body_id__isnull=False).order_by("-release_id").first()
        )
        return self._body("As edited", found.body_id, self.facts.transaction.retention) if found is not None else None

    def canonical(self) -> Body:
        """What it was understood as; empty-handed when it never got so far."""
        transaction = self.facts.transaction
        if transaction.canonical_id is None:
            return Body("Canonical event", there=False, why="It did not become a canonical event.")
        return self._body("Canonical event", transaction.canonical_id, transaction.retention)

    def sent(self, run_name: str) -> Body:
        """What the step last sent, or asked; of a dead letter, its pinned copy once the first is gone."""
        run = self.facts.runs.get(run_name)
        if run is None or run.request_id is None:
            return Body("Sent", there=False, why="Nothing has been sent.")
        letter = self.facts.letter(run)
        pinned = letter.payload_id if letter else None
        self._fetch(run.request_id, pinned)
        if run.request_id not in self._payloads and pinned in self._payloads:
            return self._body("Sent (kept with its dead letter)", pinned, Retention.PINNED)
        return self._body("Asked" if run.kind in QUESTIONS else "Sent", run.request_id, run.retention)

    def answered(self, run_name: str) -> Body:
        """What the destination last answered; of a question, what was kept of it, or what its fall-back gave."""
        run = self.facts.runs.get(run_name)
        if run is not None and run.kind in QUESTIONS and run.result is not None and self.seen is not Seen.NOTHING:
            shown = self.mask.document({"steps": {run.name: run.result}})["steps"][run.name]
            return Body("What later steps read", there=True, document=shown, at=run.finished_at)
        if run is None or run.response_id is None:
            return Body("Answer", there=False, why="No answer with a body has come.")
        return self._body("Answer", run.response_id, run.retention)

    def document(self, identifier: UUID | None) -> Any:
        """A body unmasked, for working out what a mapping did; None where it is not JSON, or gone."""
        return self._parsed(identifier)

    def _body(self, title: str, identifier: UUID | None, retention: int) -> Body:
        if self.seen is Seen.NOTHING:
            return Body(title, there=False, why=self.why_hidden)
        payload = self._payload(identifier)
        if payload is None or identifier is None:
            return Body(title, there=False, why=_gone(identifier, Retention(retention)))
        size, at = len(payload.body), moment(identifier)
        document = self._parsed(identifier)
        if document is not None:
            return Body(title, there=True, document=self.mask.document(document), size=size, at=at)
        text = bytes(payload.body).decode("utf-8", "replace")
        if self.seen is Seen.MASKED and identifier == self.facts.transaction.event_id:
            why = "It is not JSON, so personal fields in it cannot be told from others. Who may see them sees it."
            return Body(title, there=False, why=why, size=size, at=at)
        return Body(title, there=True, document=self.mask.text(text), size=size, at=at, is_json=False)

    def _payload(self, identifier: UUID | None) -> Payload | None:
        self._fetch(identifier)
        return self._payloads.get(identifier) if identifier else None

    def _fetch(self, *identifiers: UUID | None) -> None:
        """Read bodies when they are first looked at: of twenty thousand steps, one is looked at."""
        wanted = {identifier for identifier in identifiers if identifier} - self._asked
        if wanted:
            self._asked |= wanted
            self._payloads |= {payload.id: payload for payload in Payload.objects.filter(id__in=wanted)}

    def _parsed(self, identifier: UUID | None) -> Any:
        payload = self._payload(identifier)
        try:
            return orjson.loads(payload.body) if payload else None
        except orjson.JSONDecodeError:
            return None

    def _mask(self) -> Mask:
        """Secret fields are masked for everybody: what should have been dropped before keeping, and was not."""
        version = _contract_version(self.facts)
        if version is None:
            return Mask([]) if self.seen is Seen.ALL else EVERYTHING
        paths = list(version.secret) + ([] if self.seen is Seen.ALL else list(version.personal))
        envelope = self.envelope if isinstance(self.envelope, Mapping) else {}
        record = envelope.get("record")
        known = record if record is not None else self._parsed(self.facts.transaction.event_id)
        looked_up = {} if self.seen is Seen.ALL else _personal_answers(self.facts)
        results = {name: run.result for name, run in self.facts.runs.items() if name in looked_up}
        paths += [path for of_step in looked_up.values() for path in of_step]
        if known is None and self.seen is not Seen.ALL and version.personal:
            # Dead letters outlive what came in: what a mapping put elsewhere could not be recognised there.
            return Everything(paths)
        return Mask(paths, [known, {"steps": results}])


def _personal_answers(facts: Facts) -> dict[str, list[str]]:
    """Of what was looked up the fields that are personal, by step, as pointers below ``steps``."""
    found = {}
    for step in facts.steps:
        if isinstance(step.question, LookUp) and step.question.personal:
            paths = [("steps", step.name, *path.split(".")) for path in step.question.personal]
            found[step.name] = ["".join(f"/{escaped(name)}" for name in path) for path in paths]
    return found


def _contract_version(facts: Facts) -> ContractVersion | None:
    """The version it was judged by: the trace says it; before that stage, what its source and type say."""
    span = facts.span("contract")
    if span is not None and (pk := span.get("contract_version")) is not None:
        return ContractVersion.objects.filter(pk=pk).select_related("contract").first()
    found = normalisations_of(facts.transaction, facts)
    return found[0].contract_version if found else None


def normalisations_of(transaction: Transaction, facts: Facts) -> Sequence[Normalisation]:
    """How events of this type become canonical at the integration's source, as configured now."""
    source_id = facts.integration.source_id if facts.integration else None
    if source_id is None:
        return []
    types = [transaction.event_type, "*"]
    rows = Normalisation.objects.filter(interface_id=source_id).select_related("contract_version__contract")
    matching = [row for row in rows if row.event_type in types or row.canonical_type in types]
    return [row for row in matching if row.contract_version is not None]


def _gone(identifier: UUID | None, retention: Retention) -> str:
    if identifier is None:
        return "It is not kept."
    until = (moment(identifier) + KEEP[retention]).astimezone(clock.zone())
    if until > clock.now():
        return f"It would be kept until {until:%-d %b %Y}, but it is not there: it was erased."
    return f"Payloads of this kind are kept {retention.label}; this one is gone since {until:%-d %b %Y}."


def words_of(documents: Iterable[Any]) -> frozenset[str]:
    """The words in texts and answers, lower case: to see which field a refusal speaks of."""
    found: set[str] = set()
    for document in documents:
        if isinstance(document, Mapping):
            found |= words_of(document.values())
        elif isinstance(document, list):
            found |= words_of(document)
        elif isinstance(document, str):
            found |= {word.strip(".,:;'\"()[]`“”").lower() for word in document.replace("/", " ").split()}
    return frozenset(found)
