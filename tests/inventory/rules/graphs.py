"""Graphs made up by hypothesis: estates of any size, with edges of every kind between them."""

from __future__ import annotations

from hypothesis import strategies as st

from controlplane.inventory.rules.graph import Edge, Graph, Kind, Node, Relation

WORDS = st.sampled_from(["", "sales", "billing", "service"])


@st.composite
def graphs(draw: st.DrawFn, most: int = 20) -> Graph:
    """Up to ``most`` objects with a tree of parts among them, and edges between any two."""
    count = draw(st.integers(1, most))
    each = st.tuples(st.sampled_from(list(Kind)), st.integers(0, most), WORDS, WORDS)
    drawn = draw(st.lists(each, min_size=count, max_size=count))
    refs = [f"{kind}:{number}" for number, (kind, *_) in enumerate(drawn)]
    wholes = [refs[whole] if whole < place else "" for place, (_, whole, *_) in enumerate(drawn)]
    nodes = [
        Node(ref, ref.upper(), whole=whole, domain=domain, team=team)
        for ref, whole, (_, _, domain, team) in zip(refs, wholes, drawn, strict=True)
    ]
    parts = [Edge(ref, whole, Relation.PART) for ref, whole in zip(refs, wholes, strict=True) if whole]
    relations = st.sampled_from([one for one in Relation if one is not Relation.PART])
    edges = st.builds(Edge, st.sampled_from(refs), st.sampled_from(refs), relations, st.booleans(), st.booleans())
    return Graph(nodes, [*parts, *draw(st.lists(edges, max_size=2 * count))])
