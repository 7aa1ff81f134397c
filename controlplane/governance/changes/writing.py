"""Write one revision with its checks: what proposing and revising have in common."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from controlplane.foundation.documents.objects import holds_unkept
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Invalid
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.kinds import CheckOf, Content, Kind, common_checks
from controlplane.governance.models import ChangeRequest, Check, Revision, RevisionAuthor
from controlplane.governance.rules.changed import as_kept, impact_as_kept, risk_of, worst_first
from controlplane.governance.rules.content import LARGEST, content_hash, hash_of, size_of
from controlplane.people.access import Access
from controlplane.people.models import Person

LONGEST_TITLE = 200
LONGEST_WORDS = 10_000
#: The kind of work that the doorbell rings for.
CHECKS = "checks"


def write_revision(
    access: Access,
    change: ChangeRequest,
    kind: Kind,
    content: Content,
    *,
    title: str,
    why: str,
    authors: Sequence[UUID] = (),
) -> Revision:
    """The next revision, its authors and its waiting checks; ``change`` is read anew. :class:`Invalid` names fields."""
    if holds_unkept(content):
        raise Invalid("The content has a character that cannot be kept: a zero, or half of a pair.", field="content")
    kept = dict(kind.validate(change.subject, content))
    if size_of(kept) > LARGEST:
        raise Invalid(f"The content is larger than {LARGEST:,} bytes.", field="content")
    named, reason = words_of(title, "title", LONGEST_TITLE), words_of(why, "why", LONGEST_WORDS)
    base = kind.base(change.subject)
    base_hash = hash_of(base)
    subject = (change.subject_kind, change.subject_id)
    hashed = content_hash(kind=change.kind, subject=subject, title=named, why=reason, content=kept, base_hash=base_hash)
    changes = worst_first(kind.diff(change.subject, kept, base))
    risk = risk_of(changes)
    before = change.current
    if before is not None and before.content_hash == hashed:
        raise Invalid("This is what the current revision says already; nothing was changed.", field="content")
    with guarded("Nothing was changed; load the change again."):
        revision = Revision.objects.create(
            change=change,
            number=before.number + 1 if before is not None else 1,
            title=named,
            why=reason,
            content=kept,
            base=base,
            diff=[as_kept(one) for one in changes],
            risk=risk.value if risk else "",
            impact=impact_as_kept(kind.impact(change.subject, kept)),
            base_hash=base_hash,
            content_hash=hashed,
            person_id=UUID(access.person_id),
            account=UUID(access.account_id),
        )
        _name_authors(change, revision, access, authors)
    _lay_out_checks(revision, kind)
    # The database has made it the current one, and put an approved change back to proposed.
    change.refresh_from_db()
    return revision


def checks_of(revision: Revision, kind: Kind) -> list[CheckOf]:
    """Every check of a revision: its kind's, then those of all kinds."""
    found = list(kind.checks(revision.change.subject, revision.content))
    return found + [one for common in common_checks.items() for one in common[1](revision)]


def words_of(text: str, field: str, most: int) -> str:
    """A text that has to be there, without what surrounds it."""
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise Invalid("Say why: it is kept with the change." if field != "title" else "Give it a title.", field=field)
    if len(kept) > most:
        raise Invalid(f"It is longer than {most:,} characters.", field=field)
    return kept


def _name_authors(change: ChangeRequest, revision: Revision, access: Access, authors: Sequence[UUID]) -> None:
    others = set(authors) - {UUID(access.person_id)}
    if Person.objects.filter(pk__in=others).count() != len(others):
        raise Invalid("One of the authors is nobody here.", field="authors")
    RevisionAuthor.objects.bulk_create(
        RevisionAuthor(change=change, revision=revision, person_id=person) for person in sorted(others)
    )


def _lay_out_checks(revision: Revision, kind: Kind) -> None:
    checks = [
        Check(revision=revision, name=one.name, title=one.title, required=one.required)
        for one in checks_of(revision, kind)
    ]
    if checks:
        Check.objects.bulk_create(checks)
        ring_on_commit(CHECKS)
