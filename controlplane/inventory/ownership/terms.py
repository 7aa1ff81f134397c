"""What is decided for an attribute, in the words of an estate document, and the rows that these words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Ownership, Right, Survivorship, System
from controlplane.people.models import Account, Person


@dataclass(frozen=True, slots=True)
class Terms:
    """Systems by their slugs, persons by an e-mail address of theirs; empty where nothing is decided."""

    record: str = ""
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    survivorship: str = ""
    trusted: tuple[str, ...] = ()
    steward: str = ""
    deputy: str = ""

    def as_written(self) -> dict[str, Any]:
        """Only what is decided, as a document would say it."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value}

    def check(self, known: Iterable[str]) -> None:
        """:class:`Invalid` names the field that contradicts the others, or a system that there is not."""
        systems = set(known)
        for name, words in (
            ("record", (self.record,)),
            *((n, getattr(self, n)) for n in ("writers", "readers", "trusted")),
        ):
            for slug in filter(None, words):
                if slug not in systems:
                    raise Invalid(f"There is no system {slug!r}.", field=name)
        for name in ("writers", "readers"):
            if self.record and self.record in getattr(self, name):
                raise Invalid(
                    f"{self.record} is the system of record: it is not named among the {name} too.", field=name
                )
        if both := sorted(set(self.writers) & set(self.readers)):
            raise Invalid(f"{both[0]} may write, so it is not named among the readers too.", field="readers")
        self._check_survivorship()

    def _check_survivorship(self) -> None:
        if self.survivorship and self.survivorship not in Survivorship.values:
            raise Invalid(
                f"There is no rule {self.survivorship!r}; there are: {', '.join(Survivorship.values)}.",
                field="survivorship",
            )
        if self.survivorship == Survivorship.RECORD and not self.record:
            raise Invalid("The system of record decides, so name one.", field="record")
        if (self.survivorship == Survivorship.TRUSTED) != bool(self.trusted):
            raise Invalid("The most trusted decides: name the systems in their order, and only then.", field="trusted")
        if len(set(self.trusted)) != len(self.trusted):
            raise Invalid("Each system has one place among the trusted.", field="trusted")


NOTHING = Terms()


def terms_of(row: Ownership, emails: Mapping[Any, str]) -> Terms:
    """What a row says (with its ``rights`` and their systems); ``emails`` are persons' addresses by id."""
    of_right = {
        right: sorted(one.system.slug for one in row.rights.all() if one.right == right) for right in Right.values
    }
    return Terms(
        record=row.record.slug if row.record else "",
        writers=tuple(of_right[Right.WRITES]),
        readers=tuple(of_right[Right.READS]),
        survivorship=row.survivorship,
        trusted=tuple(row.trusted),
        steward=emails.get(row.steward_id, "") if row.steward_id else "",
        deputy=emails.get(row.deputy_id, "") if row.deputy_id else "",
    )


def emails_of(persons: Iterable[Any]) -> dict[Any, str]:
    """The address by which each person is called: of several accounts an open one's, the oldest."""
    found: dict[Any, str] = {}
    accounts = Account.objects.filter(person_id__in=set(persons), kind="human").order_by(
        "-is_active", "created_at", "pk"
    )
    for person_id, email in accounts.values_list("person_id", "email"):
        found.setdefault(person_id, email)
    return found


def person_called(email: str, field: str) -> Person | None:
    """The person of an e-mail address; None for no address."""
    if not email:
        return None
    account = Account.objects.filter(email=email.strip().lower(), kind="human").first()
    if account is None:
        raise Invalid(f"Nobody signs in as {email!r}.", field=field)
    return account.person


def systems_called(slugs: Iterable[str]) -> dict[str, System]:
    """Those systems, by their slugs."""
    return {system.slug: system for system in System.objects.filter(slug__in=set(slugs))}


def with_right(terms: Terms, system: str, right: str) -> Terms:
    """The terms with one system's cell another: ``record``, ``writes``, ``reads``, or "" for none.

    Whoever was the record before a new one goes on reading.
    """
    readers, writers = set(terms.readers) - {system}, set(terms.writers) - {system}
    record = "" if terms.record == system else terms.record
    if right == "record":
        readers |= {record} if record else set()
        record = system
    elif right == "writes":
        writers.add(system)
    elif right == "reads":
        readers.add(system)
    survivorship = terms.survivorship
    if survivorship == Survivorship.RECORD and not record:
        survivorship = ""
    return replace(
        terms, record=record, writers=tuple(sorted(writers)), readers=tuple(sorted(readers)), survivorship=survivorship
    )
