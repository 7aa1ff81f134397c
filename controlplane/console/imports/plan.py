"""What importing a document would change: interfaces, their operations, and contracts in new versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.text import slugify

from controlplane.console.imports.described import Described, Document, Door, digest
from controlplane.contracts.models import Contract, ContractVersion, Enforcement
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Instance, Interface, InterfaceKind, Operation
from controlplane.people.models import Team
from controlplane.transactions.flows.publish import content_hash

SIGNS: Final[Mapping[str, str]] = {"created": "+", "changed": "~", "gone": "-", "back": "+"}
WORDS: Final[Mapping[str, str]] = {"created": "new", "changed": "changed", "gone": "gone", "back": "back again"}
LONGEST_SLUG: Final = 50
#: What follows the document in an interface that is there already; the rest is filled where nobody said anything yet.
FOLLOWS, FILLS = ("version",), ("purpose", "documentation")
SAID: Final = ("name", "action", "address", "summary", "deprecated", "request", "responses", "tags")


@dataclass(frozen=True, slots=True)
class Options:
    """Where the document belongs: an instance, an interface if not that of its title, and who owns the contracts."""

    instance: str
    interface: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one thing: ``how`` is a word of :data:`SIGNS`."""

    how: str
    where: str
    title: str
    differences: Sequence[Difference] = ()

    @property
    def sign(self) -> str:
        """As a plan writes it."""
        return SIGNS[self.how]

    @property
    def words(self) -> str:
        """As a page writes it."""
        return WORDS[self.how]


@dataclass(slots=True)
class Plan:
    """All that would be done, and the rows that it would be done with."""

    instance: Instance
    document: Document
    lines: list[Line] = field(default_factory=list)
    same: int = 0
    interfaces: list[Interface] = field(default_factory=list)
    new: list[Operation] = field(default_factory=list)
    changed: list[tuple[Interface | Operation, Line]] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    versions: list[ContractVersion] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether everything is so already."""
        return not self.lines

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        found = Counter(line.how for line in self.lines)
        return {
            "created": found["created"] + found["back"],
            "changed": found["changed"],
            "gone": found["gone"],
            "same": self.same,
        }

    @property
    def digest(self) -> str:
        """Of what it says: two plans that would do the same have the same."""
        return digest([[line.how, line.where, [d.field for d in line.differences]] for line in self.lines])

    def note(self, how: str, where: str, title: str, differences: Sequence[Difference] = ()) -> Line:
        """One line more."""
        line = Line(how, where, title, differences)
        self.lines.append(line)
        return line

    @property
    def summary(self) -> str:
        """``12 to create, 1 to change, 0 gone, 3 as they are``."""
        return "{created} to create, {changed} to change, {gone} gone, {same} as they are".format(**self.counts)


def planned(document: Document, options: Options) -> Plan:
    """Compare a document with what there is; :class:`Invalid` where it cannot belong there, with the option's name."""
    plan = Plan(_instance(options), document)
    for door in document.doors:
        interface = _interface(plan, door, options)
        compare_operations(plan, interface, door.operations)
    if document.schemas:
        _contracts(plan, options)
    return plan


def _instance(options: Options) -> Instance:
    found = Instance.objects.select_related("system").filter(slug=options.instance).first()
    if not options.instance:
        raise Invalid("Say whose interface it is: an instance of the inventory.", field="instance")
    if found is None:
        raise Invalid(f"There is no instance {options.instance[:80]!r} in the inventory.", field="instance")
    return found


def slug_of(door: Door, options: Options) -> str:
    """What an interface of this document is called, unless somebody says otherwise."""
    called = options.interface or slugify(f"{options.instance} {door.name.removesuffix(' webhooks')}")
    return f"{called[: LONGEST_SLUG - len(door.suffix)].strip('-')}{door.suffix}"


def _interface(plan: Plan, door: Door, options: Options) -> Interface:
    slug = slug_of(door, options)
    found = Interface.objects.select_related("instance").filter(slug=slug).first()
    if found is None:
        about = {name: getattr(door, name) for name in ("kind", "name", "purpose", "version", "documentation")}
        made = Interface(slug=slug, instance=plan.instance, **about)
        plan.interfaces.append(made)
        plan.note("created", f"interfaces.{slug}", f"{door.name}, {made.get_kind_display()}")
        return made
    _check_belongs(found, plan.instance, door)
    given = {name: getattr(door, name) for name in FOLLOWS} | {
        name: getattr(door, name) for name in FILLS if not getattr(found, name)
    }
    _change(plan, found, f"interfaces.{slug}", found.name, {name: value for name, value in given.items() if value})
    return found


def _check_belongs(found: Interface, instance: Instance, door: Door) -> None:
    if found.instance_id != instance.pk:
        words = f"The interface {found.slug!r} belongs to {found.instance.slug!r}, not to {instance.slug!r}."
        raise Invalid(f"{words} Nothing was changed; give another name.", field="interface")
    if found.kind != door.kind:
        is_of, wanted = found.get_kind_display(), InterfaceKind(door.kind).label
        words = f"The interface {found.slug!r} is of the kind {is_of}, and the document describes {wanted}."
        raise Invalid(f"{words} Nothing was changed; give another name.", field="interface")


def compare_operations(plan: Plan, interface: Interface, described: Sequence[Described]) -> None:
    """Operations that are new, changed, gone, or back again."""
    known = {} if interface.pk is None else {row.key: row for row in interface.operations.all()}
    for one in described:
        where = f"operations.{interface.slug}.{one.key}"
        row = known.pop(one.key, None)
        if row is None:
            said = {name: getattr(one, name) for name in SAID}
            plan.new.append(Operation(interface=interface, key=one.key, digest=one.digest, **said))
            plan.note("created", where, one.name)
            continue
        said = {name: _plain(getattr(one, name)) for name in SAID} | {"digest": one.digest, "gone_at": None}
        _change(plan, row, where, one.name, said, "back" if row.gone_at else "changed")
    for row in known.values():
        if row.gone_at is None:
            plan.changed.append((row, plan.note("gone", f"operations.{interface.slug}.{row.key}", row.name)))
        else:
            plan.same += 1


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _change(
    plan: Plan, row: Interface | Operation, where: str, title: str, said: Mapping[str, Any], how: str = "changed"
) -> None:
    differences = [
        Difference(name, getattr(row, name), value) for name, value in said.items() if getattr(row, name) != value
    ]
    if not differences:
        plan.same += 1
        return
    for one in differences:
        setattr(row, one.field, one.after)
    plan.changed.append((row, plan.note(how, where, title, differences)))


def _contracts(plan: Plan, options: Options) -> None:
    team = Team.objects.filter(slug=options.team).first()
    if team is None:
        words = (
            "Contracts are owned by a team; say which." if not options.team else f"There is no team {options.team!r}."
        )
        raise Invalid(words, field="team")
    prefix = slug_of(plan.document.doors[0], options)
    slugs = {name: _free(f"{prefix}-{slugify(name)}") for name in plan.document.schemas}
    known = {row.slug: row for row in Contract.objects.filter(slug__in=slugs.values())}
    newest = _newest(known.values())
    for name, schema in plan.document.schemas.items():
        row = known.get(slugs[name])
        if row is None:
            row = Contract(slug=slugs[name], name=name[:120], team=team)
            plan.contracts.append(row)
        _version(plan, row, newest.get(row.pk), schema)


def _free(slug: str) -> str:
    """Fifty characters at most; of a longer one the end stands for the rest."""
    return slug if len(slug) <= LONGEST_SLUG else f"{slug[: LONGEST_SLUG - 7]}-{digest(slug)[:6]}"


def _newest(contracts: Any) -> dict[int | None, ContractVersion]:
    rows = ContractVersion.objects.filter(contract__in=[row.pk for row in contracts]).order_by("number")
    return {row.contract_id: row for row in rows}


def _version(plan: Plan, contract: Contract, last: ContractVersion | None, schema: dict[str, Any]) -> None:
    """A draft where the schema differs: what was said beside it (keys, what is personal) goes along."""
    content: dict[str, Any] = {
        "schema": schema,
        "keys": last.keys if last else [],
        "personal": last.personal if last else [],
        "secret": last.secret if last else [],
        "enforcement": last.enforcement if last else Enforcement.QUARANTINE.value,
    }
    hashed = content_hash(content)
    if last is not None and last.content_hash == hashed:
        plan.same += 1
        return
    number = last.number + 1 if last else 1
    plan.versions.append(ContractVersion(contract=contract, number=number, content_hash=hashed, **content))
    plan.note("changed" if last else "created", f"contracts.{contract.slug}", f"{contract.name} v{number}, a draft")


def lines(plan: Plan) -> Iterator[str]:
    """The plan as a command writes it."""
    for line in plan.lines:
        yield f"{line.sign} {line.where}{'' if line.how == 'changed' else f' ({line.title})'}"
        yield from (f"    {name}: {words}" for name, words in told(line))
    yield plan.summary
    yield from (f"Note: {words}" for words in plan.document.notes)


def told(line: Line) -> Iterator[tuple[str, str]]:
    """What differs in one line, in words."""
    shown = [one for one in line.differences if one.field not in {"digest", "gone_at"}]
    for one in shown:
        if one.field in {"request", "responses"}:
            yield one.field, "another body"
        else:
            yield one.field, f"{_short(one.before)} → {_short(one.after)}"
    if not shown and line.how == "changed" and line.differences:
        yield "description", "details that the inventory does not keep"


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return (text if len(text) <= 60 else f"{text[:59]}…") or "nothing"  # noqa: PLR2004 - a plan is read, not copied from
