"""Lists: how long, of what, whether twice, what has to be among them."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.labels import Labelled, pair


def lists(**words: Any) -> dict[str, Any]:
    """A list."""
    return {"type": "array", **words}


S: Final = {"type": "string"}
N: Final = {"type": "number"}

PAIRS: Final[tuple[Labelled, ...]] = (
    pair("more have to be in it", lists(minItems=1), lists(minItems=2), "min-items-raised BS"),
    pair("fewer have to be in it", lists(minItems=2), lists(minItems=1), "min-items-lowered SB"),
    pair("it may not be empty", lists(), lists(minItems=1), "min-items-raised BS"),
    pair("it may be empty", lists(minItems=1), lists(), "min-items-lowered SB"),
    pair("none at least says nothing", lists(), lists(minItems=0)),
    pair("fewer may be in it", lists(maxItems=9), lists(maxItems=8), "max-items-lowered BS"),
    pair("more may be in it", lists(maxItems=8), lists(maxItems=9), "max-items-raised SB"),
    pair("any number may be in it", lists(maxItems=8), lists(), "max-items-raised SB"),
    pair("none may be twice", lists(), lists(uniqueItems=True), "unique-items-required BS"),
    pair("one may be twice", lists(uniqueItems=True), lists(), "unique-items-dropped SB"),
    pair("that one may be twice is said", lists(), lists(uniqueItems=False)),
    pair("its items are another type", lists(items=S), lists(items=N), "type-changed BB"),
    pair("its items are described", lists(), lists(items=S), "type-narrowed BS"),
    pair("its items are anything", lists(items=S), lists(), "type-widened SB"),
    pair("nothing may be in it", lists(items=S), lists(items=False), "schema-refused BS"),
    pair("an item may be null", lists(items=S), lists(items={"type": ["string", "null"]}), "null-allowed SB"),
    pair(
        "a value of its items has come",
        lists(items={"enum": ["a"]}),
        lists(items={"enum": ["a", "b"]}),
        "enum-value-added SR",
    ),
    pair("the first item is described by itself", lists(), lists(prefixItems=[S]), "type-narrowed BS"),
    pair("the first item is described no more", lists(prefixItems=[S]), lists(), "type-widened SB"),
    pair("the second is as all others were", lists(prefixItems=[S], items=N), lists(prefixItems=[S, N], items=N)),
    pair(
        "no more than the described", lists(prefixItems=[S]), lists(prefixItems=[S], items=False), "schema-refused BS"
    ),
    pair("the second item is a number", lists(prefixItems=[S, S]), lists(prefixItems=[S, N]), "type-changed BB"),
    pair("a certain item has to be in it", lists(), lists(contains={"const": 1}), "contains-added BS"),
    pair("a certain item need not be in it", lists(contains={"const": 1}), lists(), "contains-removed SB"),
    pair(
        "two certain items have to be in it", lists(contains=N), lists(contains=N, minContains=2), "contains-counted RR"
    ),
    pair("one at least is what is meant anyway", lists(contains=N), lists(contains=N, minContains=1)),
    pair(
        "the certain item may be a text too",
        lists(contains=N),
        lists(contains={"type": ["number", "string"]}),
        "type-widened SB",
    ),
    pair(
        "at most three: what counts has changed",
        lists(contains=N, maxContains=3),
        lists(contains={"type": ["number", "string"]}, maxContains=3),
        "type-widened RR",
    ),
    pair("lists in lists", lists(items=lists(items=S)), lists(items=lists(items=N)), "type-changed BB"),
    pair(
        "draft-07 told by position: the rest is refused",
        {"$schema": "http://json-schema.org/draft-07/schema#", "items": [S]},
        {"$schema": "http://json-schema.org/draft-07/schema#", "items": [S], "additionalItems": False},
        "schema-refused BS",
    ),
    pair(
        "told by position in both ways",
        {"$schema": "http://json-schema.org/draft-07/schema#", "items": [S], "additionalItems": N},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [S], "items": N},
    ),
)
