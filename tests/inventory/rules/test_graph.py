"""What stands on what: how far around an object one looks, and what breaks when it stops."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controlplane.inventory.rules.graph import Edge, Graph, Hit, Node, Relation
from tests.inventory.rules.graphs import graphs


def estate() -> Graph:
    """The shop's orders go to the ledger; its customers, from the ledger, to the help desk."""
    doors = {"shop": ("out",), "ledger": ("in", "out"), "desk": ("in",)}
    nodes = [Node(f"system:{system}", system) for system in doors]
    nodes += [Node(f"instance:{system}", system, whole=f"system:{system}") for system in doors]
    nodes += [
        Node(f"interface:{system}-{door}", door, whole=f"system:{system}")
        for system, those in doors.items()
        for door in those
    ]
    nodes += [Node("integration:orders", "Orders"), Node("integration:customers", "Customers")]
    nodes += [Node("process:sales", "Sales"), Node("step:sales/book", "Book", whole="process:sales")]
    nodes += [Node("credential:ledger", "Ledger key")]
    edges = [Edge(f"instance:{system}", f"system:{system}", Relation.PART) for system in doors]
    edges += [
        Edge(f"interface:{system}-{door}", f"instance:{system}", Relation.PART)
        for system, those in doors.items()
        for door in those
    ]
    edges += [
        Edge("integration:orders", "interface:shop-out", Relation.READS),
        Edge("integration:orders", "interface:ledger-in", Relation.WRITES),
        Edge("integration:orders", "credential:ledger", Relation.PROVES),
        Edge("integration:customers", "interface:ledger-out", Relation.READS),
        Edge("integration:customers", "interface:desk-in", Relation.WRITES),
        Edge("step:sales/book", "integration:orders", Relation.CARRIES),
        Edge("process:sales", "step:sales/book", Relation.STEP),
    ]
    return Graph(nodes, edges)


def test_one_hop_from_a_system_are_its_doors_and_whoever_uses_them() -> None:
    assert set(estate().around("system:shop", 1).nodes) == {
        "system:shop",
        "instance:shop",
        "interface:shop-out",
        "integration:orders",
    }


def test_two_hops_reach_what_these_touch_with_the_whole_it_belongs_to() -> None:
    found = set(estate().around("system:shop", 2).nodes)
    assert {"interface:ledger-in", "instance:ledger", "system:ledger", "credential:ledger"} <= found
    assert {"step:sales/book", "process:sales"} <= found
    assert not {"interface:ledger-out", "integration:customers", "system:desk"} & found


def test_what_stands_on_a_system_is_found_to_the_end_and_says_by_what() -> None:
    hit = estate().hit("system:ledger")
    assert hit["integration:orders"] == Hit(1, frozenset({Relation.WRITES}))
    assert hit["integration:customers"] == Hit(1, frozenset({Relation.READS}))
    assert hit["process:sales"] == Hit(2, frozenset({Relation.STEP}))
    assert "system:shop" not in hit
    assert "system:ledger" not in hit


def test_what_stands_on_a_credential_is_who_is_proved_by_it() -> None:
    assert set(estate().hit("credential:ledger")) == {"integration:orders", "step:sales/book", "process:sales"}


@given(graphs(), st.data(), st.integers(0, 3))
def test_looking_further_shows_more_and_every_edge_between_what_is_shown(
    graph: Graph, data: st.DataObject, hops: int
) -> None:
    ref = data.draw(st.sampled_from(sorted(graph.nodes)))
    near, far = graph.around(ref, hops), graph.around(ref, hops + 1)
    assert ref in near
    assert near.nodes.keys() <= far.nodes.keys()
    between = [edge for edge in graph.edges if edge.of in near and edge.on in near]
    assert list(near.edges) == between


@given(graphs(), st.data())
def test_what_breaks_is_exactly_what_has_a_way_to_what_stops(graph: Graph, data: st.DataObject) -> None:
    ref = data.draw(st.sampled_from(sorted(graph.nodes)))
    broken = {ref}
    while more := {edge.of for edge in graph.edges if edge.on in broken} - broken:
        broken |= more
    assert graph.hit(ref).keys() == broken - {ref}


@given(graphs(), st.data())
def test_what_stands_on_what_stands_on_it_is_hit_as_well(graph: Graph, data: st.DataObject) -> None:
    ref = data.draw(st.sampled_from(sorted(graph.nodes)))
    hit = graph.hit(ref)
    for one in hit:
        assert graph.hit(one).keys() - {ref} <= hit.keys()
