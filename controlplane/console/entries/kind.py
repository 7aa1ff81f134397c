"""An entry as a kind of change: what it says is checked as a document is, and applying it applies that document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controlplane.audit.models import Subject
from controlplane.console.entries.checks import checks_of
from controlplane.console.entries.foreseen import put_in_place
from controlplane.console.entries.governing import address, governs
from controlplane.console.entries.impact import impact_of
from controlplane.console.entries.rules.judging import judged
from controlplane.console.entries.since import failures
from controlplane.console.entries.sorts import SORTS, Said, Sort
from controlplane.console.entries.standing import in_full, is_word, name_of, place_of, standing, stays
from controlplane.console.estate.apply import one_at_a_time, planned
from controlplane.console.estate.export import event_slug
from controlplane.console.estate.plan import is_empty
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.foundation.pages import page_url
from controlplane.governance.kinds import Applying, CheckOf, Content, Described, Governs, Kind
from controlplane.governance.models import Revision
from controlplane.governance.rules.changed import Changed, Impact
from controlplane.governance.rules.content import hash_of
from controlplane.people.roles import Action

ENTRY: Final = "entry"
_PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "flows": ("console:integration", "integration"),
    "mappings": ("console:integration", "integration"),
    "endpoints": ("console:integration", "integration"),
    "normalisations": ("console:interface", "interface"),
    "instances": ("console:system", "system"),
}


def subject_of(sort: Sort, slug: str) -> Subject:
    """As a change names it."""
    return Subject(sort.name, slug)


@dataclass(frozen=True, slots=True)
class Entries:
    """What the entries of one section do as changes."""

    sort: Sort

    def describe(self, subject: Subject) -> Described:
        """One that is there."""
        now = self._standing(subject)
        if now is None:
            raise NotFound(f"There is no {self.sort.one} {subject.id[:60]!r}.")
        return self._described(subject.id, now)

    def describe_new(self, subject: Subject, content: Content) -> Described:
        """One that is there, or that the content would make: then whose it is, the content says."""
        self._check_subject(subject)
        now = self._standing(subject)
        return self._described(subject.id, now if now is not None else _entry(content))

    def validate(self, subject: Subject, content: Content) -> Content:
        """What an estate document would take. :class:`Invalid` tells every mistake, with the field it is in."""
        if unknown := sorted(set(content) - {ENTRY}):
            raise Invalid(f"A change of a {self.sort.one} has an entry, and no {unknown[0]!r}.", field=ENTRY)
        entry = _entry(content)
        self._check_name(subject.id, entry)
        would = planned(self._document(subject, entry), decided_by=self.sort.name)
        if is_empty(would) or not self.diff(subject, {ENTRY: entry}, self.base(subject)):
            raise Invalid("That is what it says already; nothing would change.", field=ENTRY)
        return {ENTRY: dict(entry)}

    def base(self, subject: Subject) -> dict[str, Any]:
        """What the estate says of it now; None of what is not there."""
        return {ENTRY: self._standing(subject)}

    def diff(self, subject: Subject, content: Content, base: Any) -> Sequence[Changed]:
        """Value by value, with what follows."""
        before: Said = (base or {}).get(ENTRY) or {}
        was = in_full(self.sort, before, before) if before else {}
        becomes = in_full(self.sort, content[ENTRY], before) if before else dict(content[ENTRY])
        return judged(f"{self.sort.one} {subject.id}", self.sort.rules, was, becomes)

    def checks(self, subject: Subject, content: Content) -> Sequence[CheckOf]:
        """What is found before anybody votes."""
        return checks_of(self.sort, subject.id, content[ENTRY])

    def impact(self, subject: Subject, content: Content) -> Impact:
        """What goes through it."""
        return impact_of(self.sort, subject.id, content[ENTRY], self._standing(subject))

    def apply(self, applying: Applying) -> None:
        """Apply just this entry, by the way of all documents."""
        subject, actor = applying.subject, applying.access.actor
        why = f"{applying.change.reference}: {applying.revision.title}"
        # A document could have been applied since the kernel looked; from here on none is.
        one_at_a_time()
        if hash_of(self.base(subject)) != applying.revision.base_hash:
            raise Conflict("Its subject has changed a moment ago. Nothing was applied; revise it on what there is now.")
        self._check_subject(subject)
        put_in_place(self.sort, subject.id, applying.content[ENTRY], actor, why)

    def undo(self, subject: Subject, revision: Revision) -> Content:
        """What it said before. What was new is put to rest, because nothing is deleted."""
        before: Said | None = (revision.base or {}).get(ENTRY)
        if before is not None:
            _refuse_unsayable(self.sort, before, revision.content[ENTRY])
            return {ENTRY: before}
        if self.sort.quiet is None:
            raise Conflict(
                f"The {self.sort.one} {subject.id} was new, and what is new is not deleted. Propose what it shall be "
                "instead."
            )
        return {ENTRY: self.sort.quiet(dict(revision.content[ENTRY]))}

    def governs(self) -> Governs | None:
        """Documents do not change what a board decides."""
        return governs(self.sort)

    def form_url(self) -> str:
        """Where a change of one begins."""
        return address(self.sort)

    def _standing(self, subject: Subject) -> Said | None:
        return standing(self.sort, subject.id) if subject.kind == self.sort.name else None

    def _described(self, slug: str, entry: Mapping[str, Any]) -> Described:
        place = place_of(self.sort, entry)
        return Described(name_of(slug, entry), place.team_id, place.environment, self._page(slug, entry))

    def _page(self, slug: str, entry: Mapping[str, Any]) -> str:
        if self.sort.section == "integrations":
            return page_url("console:integration", slug)
        if self.sort.section == "destinations":
            return page_url("transactions:destination", slug)
        name, field = _PAGES.get(self.sort.section, ("", ""))
        word = entry.get(field)
        return page_url(name, word) if name and is_word(word) else ""

    def _document(self, subject: Subject, entry: Mapping[str, Any]) -> dict[str, dict[str, Said]]:
        self._check_subject(subject)
        return {self.sort.section: {subject.id: dict(entry)}}

    def _check_subject(self, subject: Subject) -> None:
        if subject.kind != self.sort.name:
            raise Invalid(f"What such a change is about is a {self.sort.name}.", field="subject_kind")
        if not is_word(subject.id):
            raise Invalid(f"A {self.sort.one} has a name of letters, digits and hyphens.", field="subject_id")

    def _check_name(self, slug: str, entry: Mapping[str, Any]) -> None:
        """An event has no name of its own: under another one it would be somebody else's change."""
        if self.sort.section != "normalisations":
            return
        now, place = standing(self.sort, slug) or {}, ("interface", "event_type")
        name = event_slug(*(str(entry.get(field, "")) for field in place))
        if slug != name and any(now.get(field) != entry.get(field) for field in place):
            raise Invalid(f"This is the event {name!r}; propose it by that name.", field=ENTRY)


def _entry(content: Content) -> Mapping[str, Any]:
    entry = content.get(ENTRY)
    if not isinstance(entry, Mapping):
        raise Invalid("entry holds the fields, as an estate document writes them.", field=ENTRY)
    return entry


def _refuse_unsayable(sort: Sort, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What a document leaves out may stay as it is; half of a rollback would look like all of it."""
    for name in stays(sort):
        if name in after and name not in before:
            raise Conflict(
                f"It had no {name} before, and a document cannot say so. Propose what it shall be instead, or set it "
                "on the page of the thing."
            )


def kind_of(sort: Sort) -> Kind:
    """What the kernel asks of it."""
    one = Entries(sort)
    return Kind(
        label=sort.label,
        needs=Action.CONFIGURE,
        describe=one.describe,
        describe_new=one.describe_new,
        validate=one.validate,
        base=one.base,
        diff=one.diff,
        apply=one.apply,
        undo=one.undo,
        checks=one.checks,
        impact=one.impact,
        governs=one.governs,
        failures=failures,
        form_url=one.form_url,
    )


KINDS: Final[Mapping[str, Kind]] = {name: kind_of(sort) for name, sort in SORTS.items()}
