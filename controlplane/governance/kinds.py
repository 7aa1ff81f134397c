"""Kinds of change: what an app above registers so that its things can be proposed, decided and applied.

::

    subjects.register("promotion", Kind(
        label="Promotion", needs=Action.CONFIGURE,
        describe=…, validate=…, base=…, diff=…, apply=…, undo=…,
    ))

in ``AppConfig.ready``. Everything of a kind gets plain values: the subject as an opaque kind and id, and the
content as JSON. Nothing of it is asked for before a change of that kind is proposed or shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

from controlplane.audit.models import Subject
from controlplane.foundation.documents.lines import NOTHING
from controlplane.foundation.errors import NotFound
from controlplane.foundation.registries import Registry, subjects
from controlplane.governance.models import ChangeRequest, ChangeState, Revision
from controlplane.governance.rules.changed import Changed, Impact
from controlplane.people.access import Access
from controlplane.people.roles import Action

#: What is proposed, as JSON.
Content: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """A subject in words: its name, the team it belongs to, its environment's slug (empty for none), and its page."""

    name: str
    team_id: int | None = None
    environment: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: whether it passed, the sentence that is shown, and more of it where there is more.

    ``evidence`` is kept with the check as JSON, and read by whoever put it there; it is part of the catalogue, so it
    tells places and ids, and no value of a payload.
    """

    passed: bool
    detail: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Documents:
    """What a revision changes line by line: the document before it and the one that it proposes, as JSON.

    ``NOTHING`` (``foundation.documents.lines``) is one that there is none of. ``name`` is what both are called, and
    ``before`` and ``after`` which of them each is: "version 4", "what is proposed".
    """

    name: str
    new: Any
    old: Any = NOTHING
    before: str = "nothing"
    after: str = "what is proposed"


@dataclass(frozen=True, slots=True)
class Decides:
    """Which board decides, and how it is asked: ``propose`` is an address or a command. ``field`` is what is meant."""

    board: str
    propose: str
    field: str = ""


#: Who decides on an entry of an estate document; None where whoever applies it does.
Governs: TypeAlias = Callable[[str, Mapping[str, Any]], Decides | None]


@dataclass(frozen=True, slots=True)
class CheckOf:
    """One check of a revision. What ``run`` raises is shown as "could not run", and counts as failing."""

    name: str
    title: str
    run: Callable[[], Found]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Applying:
    """What ``apply`` is given: the change with its approved revision, who applies it, and who voted for it.

    ``approved_by`` are persons' ids, in the order of their votes. ``words`` is what whoever voted last said.
    """

    change: ChangeRequest
    revision: Revision
    access: Access
    approved_by: tuple[str, ...]
    words: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return self.change.subject

    @property
    def content(self) -> Content:
        """What was approved."""
        content: Content = self.revision.content
        return content


def _no_checks(_subject: Subject, _content: Content) -> Sequence[CheckOf]:
    return ()


def _not_measured(_subject: Subject, _content: Content) -> Impact:
    return Impact()


def _no_documents(_revision: Revision) -> None:
    return None


def _governs_none() -> None:
    return None


def _no_failures(_change: ChangeRequest, _access: Access) -> Sequence[str]:
    return ()


def _no_hindrance(_change: ChangeRequest) -> str:
    return ""


def _nobody_is_asked(_change: ChangeRequest) -> None:
    return None


def _nothing(_change: ChangeRequest, _state: ChangeState, _access: Access, _words: str) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of change.

    - ``needs``: the action in the subject's team that proposing takes (in the whole company without a team).
    - ``describe`` raises :class:`NotFound` for what is not there (any more).
    - ``describe_new``, where it is given, describes what the content is about, which may not be there yet.
    - ``validate`` gives the content as it is kept; :class:`Invalid` names the field.
    - ``base`` is the state, as JSON, that the content stands on. When it is another one at the moment of applying, the
      change is stale and is refused.
    - ``diff`` tells content from that state, in words.
    - ``apply`` does it, in the caller's transaction, with what it records in the audit; it raises a ``Problem`` for
      what is not possible, and then nothing has happened.
    - ``undo`` is the content that takes an applied revision back; None for what cannot be taken back.
    - ``proposed`` hears that a revision has come before the board, in that transaction.
    - ``hinders`` says in words what speaks against applying an approved change at this moment; empty for nothing.
    - ``closed`` hears that a change ended without being applied (rejected, withdrawn, expired), in that transaction,
      with the words of whoever ended it.
    - ``sees``: the action in the team that reading takes; None for the catalogue, open to everybody.
    - ``at_once``: it is applied by the vote, check or condition that was the last thing missing.
    - ``waits_for``: undecided for so long it expires; None waits for good.
    - ``governs``, asked where any board decides on the kind, looks at what there is before an estate document is
      applied, and gives what answers of each entry that would be made or changed (``flows.pay``, and what it says) who
      decides that instead. None: nothing is governed.
    - ``covers`` are other kinds whose decision is in one of this kind: what its board agreed to is not asked again as
      those.
    - ``failures`` names what began failing with an applied change, as far as this person may see it: what its rollback
      answers for.
    - ``documents`` are shown line by line and can be commented on at each line; None where nothing is a document. They
      follow from what a revision has kept (``content``, ``base``) and from nothing else: they never become others.
    - ``form_url`` gives the address of the page, of the app above, on which such a change begins; ``/changes/new/``
      leads there.
    """

    label: str
    needs: Action
    describe: Callable[[Subject], Described]
    validate: Callable[[Subject, Content], Content]
    base: Callable[[Subject], Any]
    diff: Callable[[Subject, Content, Any], Sequence[Changed]]
    apply: Callable[[Applying], None]
    undo: Callable[[Subject, Revision], Content] | None = None
    checks: Callable[[Subject, Content], Sequence[CheckOf]] = _no_checks
    impact: Callable[[Subject, Content], Impact] = _not_measured
    proposed: Callable[[ChangeRequest], None] = _nobody_is_asked
    hinders: Callable[[ChangeRequest], str] = _no_hindrance
    closed: Callable[[ChangeRequest, ChangeState, Access, str], None] = _nothing
    sees: Action | None = None
    at_once: bool = False
    waits_for: timedelta | None = None
    describe_new: Callable[[Subject, Content], Described] | None = None
    governs: Callable[[], Governs | None] = _governs_none
    covers: frozenset[str] = frozenset()
    failures: Callable[[ChangeRequest, Access], Sequence[str]] = _no_failures
    documents: Callable[[Revision], Documents | None] = _no_documents
    form_url: Callable[[], str] | None = None


def described(kind: Kind, subject: Subject, content: Content) -> Described:
    """What a change is about, be it there or be it made by the change."""
    if kind.describe_new is None:
        return kind.describe(subject)
    return kind.describe_new(subject, content)


#: Checks of every change, whatever its kind: policies, say. Given the revision with its change.
common_checks: Registry[Callable[[Revision], Sequence[CheckOf]]] = Registry("common checks")


def kind_called(name: str) -> Kind:
    """The kind of a name; :class:`NotFound` names those that exist."""
    found = subjects.get(name) if name in subjects else None
    if isinstance(found, Kind):
        return found
    known = ", ".join(sorted(known_name for known_name, _ in kinds())) or "none"
    raise NotFound(f"There is no kind of change {name[:40]!r}; there are: {known}.", field="kind")


def kinds() -> Iterator[tuple[str, Kind]]:
    """Every kind with its name, in the order of registration."""
    return ((name, entry) for name, entry in subjects.items() if isinstance(entry, Kind))


def label_of(name: str) -> str:
    """A kind in words; one that no app registers any more is called by its name."""
    found = subjects.get(name) if name in subjects else None
    return found.label if isinstance(found, Kind) else name.replace("_", " ").capitalize()
