"""What a version consists of, checked before anybody is asked to decide on it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import orjson

from controlplane.contracts.canary import asked
from controlplane.contracts.canary.asked import CANARY
from controlplane.contracts.documents import check_document
from controlplane.contracts.models import Contract, ContractVersion, Enforcement, Format
from controlplane.contracts.selectors import newest_published
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import expression
from controlplane.governance.kinds import Content
from controlplane.inventory.models import EntityKind, Instance

#: Of a version, as it is kept and proposed.
FIELDS: Final = ("schema", "keys", "links", "personal", "secret", "examples", "downgrade", "enforcement")
#: Said with a proposal, and not part of the version: why it breaks what others rely on, where it does.
BREAKS: Final = "breaks"
MOST_EXAMPLES: Final = 50
#: Of a published message, besides its data.
_OF_MESSAGE: Final = ("type", "topic", "subject", "dataschema")
LONGEST: Final = 1000


def content_of(version: ContractVersion) -> dict[str, Any]:
    """What a version consists of."""
    return {name: getattr(version, name) for name in FIELDS}


def checked(contract: Contract, given: Content) -> dict[str, Any]:
    """A whole content: what is left out is as it is in the version that holds now. :class:`Invalid` names the field."""
    known = (*FIELDS, BREAKS, CANARY)
    if unknown := sorted(set(given) - set(known)):
        raise Invalid(f"A version has no {unknown[0]!r}; it has: {', '.join(known)}.", field=unknown[0])
    last = newest_published(contract)
    content = {
        **(inherited(content_of(last)) if last else empty()),
        **{name: given[name] for name in FIELDS if name in given},
    }
    _check_schema(contract, content["schema"])
    _check_keys(content["keys"])
    _check_links(content["links"])
    for name in ("personal", "secret"):
        _check_pointers(name, content[name])
    _check_examples(content["examples"])
    _check_downgrade(content["downgrade"], stands=last is not None)
    if not _is_one_of(content["enforcement"], Enforcement.values):
        raise Invalid(f"enforcement is one of {', '.join(Enforcement.values)}.", field="enforcement")
    canary = asked.read(given.get(CANARY), content["keys"], stands=last is not None)
    # One that is not asked for is left out: a decision of before has the hash that it had.
    return content | {BREAKS: _reason(given.get(BREAKS, ""))} | ({CANARY: canary} if canary else {})


def inherited(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a version has of one before it where nothing else is said.

    How a message becomes one of the version before is of just one pair of versions. What was kept before there was
    such a thing does not have it.
    """
    return empty() | {name: content[name] for name in FIELDS if name in content and name != "downgrade"}


def empty() -> dict[str, Any]:
    """The content of a version that says nothing."""
    return {name: [] for name in FIELDS} | {"schema": {}, "enforcement": Enforcement.QUARANTINE.value}


def _reason(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST:
        raise Invalid(
            f"{BREAKS} is text of {LONGEST} characters at most: why it breaks what others rely on.", field=BREAKS
        )
    return " ".join(text.split())


def _check_schema(contract: Contract, schema: Any) -> None:
    if not isinstance(schema, Mapping):
        raise Invalid("The schema of a contract is an object.", field="schema")
    try:
        check_document(Format(contract.format), schema)
    except Invalid as error:
        raise Invalid(error.detail, field="schema") from error


def _objects(name: str, listed: Any) -> list[Mapping[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise Invalid(f"{name} is a list of objects.", field=name)
    return listed


def _check_keys(listed: Any) -> None:
    known = set(EntityKind.objects.values_list("slug", flat=True))
    for number, key in enumerate(_objects("keys", listed), 1):
        with _row("keys", number):
            if not _is_one_of(key.get("kind"), known):
                raise Invalid(f"There is no entity {key.get('kind')!r} that a key could be of.")
            _check_expression(key.get("value"))


def _check_links(listed: Any) -> None:
    if not (links := _objects("links", listed)):
        return
    kinds = set(EntityKind.objects.values_list("slug", flat=True))
    instances = set(Instance.objects.values_list("slug", flat=True))
    for number, link in enumerate(links, 1):
        with _row("links", number):
            _check_link(link, kinds, instances)


def _check_link(link: Mapping[str, Any], kinds: Collection[str], instances: Collection[str]) -> None:
    if not _is_one_of(link.get("kind"), kinds):
        raise Invalid(f"There is no entity {link.get('kind')!r} that a link could be of.")
    for name in ("issuer", "target"):
        if link.get(name) and not _is_one_of(link[name], instances):
            raise Invalid(f"There is no instance {link[name]!r}.")
    if bool(link.get("target")) != bool(link.get("value")):
        raise Invalid("A link has a target and what the target calls it, or neither.")
    for name in ("key", *(["value"] if link.get("value") else [])):
        _check_expression(link.get(name))


@contextmanager
def _row(name: str, number: int) -> Iterator[None]:
    """What is refused of one of several says which: people count rows from one."""
    try:
        yield
    except Invalid as error:
        raise Invalid(f"{name}, row {number}: {error.detail}", field=name) from error


def _check_expression(source: Any) -> None:
    if not isinstance(source, str) or not source:
        raise Invalid("an expression is text, such as record.id.")
    expression(source)


def _check_pointers(name: str, listed: Any) -> None:
    if not isinstance(listed, list) or not all(_is_text(one) and one.startswith("/") for one in listed):
        raise Invalid(f"{name} is a list of JSON Pointers such as /customer/email.", field=name)


def _check_examples(listed: Any) -> None:
    examples = _objects("examples", listed)
    if len(examples) > MOST_EXAMPLES:
        raise Invalid(f"{len(examples)} examples; {MOST_EXAMPLES} at most are kept.", field="examples")
    for number, one in enumerate(examples, 1):
        with _row("examples", number):
            if not (isinstance(one.get("value"), Mapping) and _is_text(one.get("name"))):
                raise Invalid("An example has a name, and a value that is a record.")


def _check_downgrade(listed: Any, *, stands: bool) -> None:
    """Lines that make a message of the version before; receivers have to be able to tell the two apart."""
    if not (lines := _objects("downgrade", listed)):
        return
    if not stands:
        raise Invalid("The first version has none before it that a message could be made into.", field="downgrade")
    for number, line in enumerate(lines, 1):
        with _row("downgrade", number):
            target = str(line.get("target"))
            if target not in {*_OF_MESSAGE, "data"} and not target.startswith("data."):
                raise Invalid(f"a target is data, below data, or one of {', '.join(_OF_MESSAGE)}.")
            _check_expression(line.get("expression"))
    if not {"type", "topic"} & {line["target"] for line in lines}:
        raise Invalid(
            "downgrade: say another type or topic, so that receivers can tell the two forms apart.", field="downgrade"
        )


def _is_one_of(value: Any, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def digest(content: Mapping[str, Any]) -> str:
    """What tells one content from another; what contracts did not always have counts where it is said."""
    later = {name for name in ("links", "examples", "downgrade") if not content.get(name)}
    said = {name: content[name] for name in FIELDS if name not in later}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
