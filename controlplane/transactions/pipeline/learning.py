"""Learning that two ids name one thing: from contracts as events are processed, from receipts as they come back.

Scripts (``scripts``) that run inside the transaction of whoever learns. Who learns and who begins to wait take the same
locks, so neither misses what the other is about to commit; who merges identities holds their rows (``inventory``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from controlplane.foundation.ids import digest_uuid, uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import learning_statements as statements
from controlplane.transactions.pipeline.scripts import Script

log = logger(__name__)

_SIGN_BIT = 1 << 63


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``issuer_id`` (an instance) calls ``value``, in kind ``kind_id``: a name, learnt or waited for."""

    kind_id: int
    issuer_id: int
    value: str

    @property
    def text(self) -> str:
        """As ``step_queue.waits_for`` has it."""
        return f"{self.kind_id}/{self.issuer_id}/{self.value}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of one thing: what its issuer calls it, and what the target does; without a target, one name.

    ``learnt_by`` is the integration that tells.
    """

    kind_id: int
    issuer_id: int
    key: str
    target_id: int | None
    value: str
    learnt_by: int

    @property
    def source(self) -> Wanted:
        """What its issuer calls it."""
        return Wanted(self.kind_id, self.issuer_id, self.key)

    @property
    def target(self) -> Wanted | None:
        """What the target calls it."""
        return None if self.target_id is None else Wanted(self.kind_id, self.target_id, self.value)

    @property
    def ends(self) -> tuple[Wanted, ...]:
        """Its names."""
        return (self.source,) if self.target is None else (self.source, self.target)


class Known(NamedTuple):
    """A live alias and whose it is."""

    identity_id: UUID
    alias_id: int


@dataclass(frozen=True, slots=True)
class Woken:
    """Whom to wake: those that wait for one of ``names`` in one of ``instances``."""

    names: tuple[str, ...] = ()
    instances: tuple[int, ...] = ()


def in_order(pairs: Iterable[Pair]) -> list[Pair]:
    """Each once, in one order everywhere."""
    return sorted(set(pairs), key=lambda one: (one.kind_id, one.issuer_id, one.key, one.target_id or 0, one.value))


def unknown(pairs: Sequence[Pair]) -> Script[list[Pair]]:
    """Those that are news: one statement, and most often the only one."""
    columns = [
        [one.kind_id for one in pairs],
        [one.issuer_id for one in pairs],
        [one.key for one in pairs],
        [one.target_id for one in pairs],
        [one.value for one in pairs],
    ]
    rows = yield statements.UNKNOWN, columns
    return [pairs[place - 1] for (place,) in rows]


def lock(wanted: Sequence[Wanted]) -> Script[None]:
    """Nobody else learns these names, or begins to wait for one, until we commit; nobody merges whom they name."""
    keys = {(digest_uuid(b"identity", one.text.encode()).int >> 64) - _SIGN_BIT for one in wanted}
    yield statements.LOCK_NAMES, [sorted(keys)]
    yield statements.LOCK_IDENTITIES, _columns(wanted)


def learn(pairs: Sequence[Pair]) -> Script[Woken]:
    """All of them, under the locks; who is to be woken by it, once everything else is written."""
    ends = [end for pair in pairs for end in pair.ends]
    known = set((yield from live_names(ends)))
    times = Counter(ends)
    new = [pair for pair in pairs if all(end not in known and times[end] == 1 for end in pair.ends)]
    yield from _learn_new(new)
    for pair in pairs:
        if pair not in new:
            yield from _learn(pair)
    names = yield from live_names(ends)
    return Woken(tuple(name.text for name in names), tuple({name.issuer_id for name in names}))


def live_names(of: Sequence[Wanted]) -> Script[list[Wanted]]:
    """All live names of the identities that have one of these."""
    if not of:
        return []
    rows = yield statements.NAMES, _columns(of)
    return [Wanted(*row) for row in rows]


def _columns(wanted: Sequence[Wanted]) -> list[list[object]]:
    return [[one.kind_id for one in wanted], [one.issuer_id for one in wanted], [one.value for one in wanted]]


def _learn_new(pairs: Sequence[Pair]) -> Script[None]:
    """Those whose names nobody has, and no two of them share: together, because a first sync brings many."""
    if not pairs:
        return
    identities = [uuid7() for _ in pairs]
    kinds = [pair.kind_id for pair in pairs]
    yield statements.NEW_IDENTITIES, [identities, kinds]
    told = [pair.learnt_by for pair in pairs]
    sources = _columns([pair.source for pair in pairs])
    rows = yield statements.ADD_NAMES, [identities, *sources, [None] * len(pairs), told]
    beside: dict[UUID, int] = dict(rows)
    linked = [(identity, pair, pair.target) for identity, pair in zip(identities, pairs, strict=True)]
    targets = [(identity, pair, end) for identity, pair, end in linked if end is not None]
    if targets:
        named = _columns([end for _, _, end in targets])
        keys = [beside.get(identity) for identity, _, _ in targets]
        of = [identity for identity, _, _ in targets]
        yield statements.ADD_NAMES, [of, *named, keys, [pair.learnt_by for _, pair, _ in targets]]


def _learn(pair: Pair) -> Script[None]:
    """Both are names of one identity from now on; the target's, which has just been told, decides which."""
    source = yield from _known(pair.source)
    if pair.target is None:
        if source is None:
            yield from _add(pair, (yield from _new_identity(pair.kind_id)), pair.source, None)
        return
    target = yield from _known(pair.target)
    if source is not None and target is not None and source.identity_id != target.identity_id:
        if (yield from _are_kept_apart(source, target)):
            log.info("identity.kept_apart", kind=pair.kind_id, identities=[str(source[0]), str(target[0])])
            return
        yield statements.END_NAME, [source.alias_id]
        source = None
    elif source is not None and target is not None:
        # Known, and overtaken by another id: it is the newest again.
        yield statements.END_NAME, [target.alias_id]
        target = None
    known = target or source
    identity = known.identity_id if known is not None else (yield from _new_identity(pair.kind_id))
    key = source.alias_id if source else (yield from _add(pair, identity, pair.source, target and target.alias_id))
    if target is None:
        yield from _add(pair, identity, pair.target, key)


def _known(name: Wanted) -> Script[Known | None]:
    rows = yield statements.IDENTITY_OF, [name.kind_id, name.issuer_id, name.value]
    return Known(*rows[0]) if rows else None


def _are_kept_apart(some: Known, other: Known) -> Script[bool]:
    """Whether a person took them apart: what traffic says does not overrule it, what a person says does."""
    rows = yield statements.KEPT_APART, [[some.identity_id, other.identity_id]]
    return bool(rows)


def _new_identity(kind_id: int) -> Script[UUID]:
    identity = uuid7()
    yield statements.NEW_IDENTITY, [identity, kind_id]
    return identity


def _add(pair: Pair, identity: UUID, name: Wanted, beside: int | None) -> Script[int | None]:
    values = [identity, name.kind_id, name.issuer_id, name.value, beside, pair.learnt_by]
    rows = yield statements.ADD_NAME, values
    return rows[0][0] if rows else None
