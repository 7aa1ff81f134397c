"""A large graph is folded until it can be looked at; nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.inventory.rules.folding import REST, Level, fold
from controlplane.inventory.rules.graph import Edge, Graph, Node, Relation
from tests.inventory.rules.graphs import graphs


@given(graphs(), st.sampled_from(list(Level)), st.integers(2, 12), st.data())
def test_every_object_is_in_one_box_and_every_edge_is_counted_once(
    graph: Graph, level: Level, most: int, data: st.DataObject
) -> None:
    apart = data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), max_size=1))
    folded = fold(graph, level, apart, most)
    assert sorted(node.ref for box in folded.boxes for node in box.members) == sorted(graph.nodes)
    assert folded.edges == len(graph.edges)
    assert len(folded.boxes) <= most
    assert apart <= {box.key for box in folded.boxes}
    assert all(line.of != line.on for line in folded.lines)


@given(graphs(), st.sampled_from(list(Level)))
def test_it_is_folded_the_same_way_whatever_the_order_it_is_read_in(graph: Graph, level: Level) -> None:
    again = Graph(reversed(list(graph.nodes.values())), reversed(graph.edges))
    one, other = fold(graph, level, most=6), fold(again, level, most=6)
    assert [box.key for box in one.boxes] == [box.key for box in other.boxes]
    assert [(line.of, line.on, line.count) for line in one.lines] == [
        (line.of, line.on, line.count) for line in other.lines
    ]


def wide(systems: int, integrations: int) -> Graph:
    """Each integration reads one system; systems in two domains, integrations of three teams."""
    nodes = [Node(f"system:{number}", str(number), domain=f"d{number % 2}") for number in range(systems)]
    nodes += [
        Node(f"integration:{number}", str(number), team=f"t{number % 3}", domain=f"d{number % systems % 2}")
        for number in range(integrations)
    ]
    edges = [
        Edge(f"integration:{number}", f"system:{number % systems}", Relation.READS, observed=number % 2 == 0)
        for number in range(integrations)
    ]
    return Graph(nodes, edges)


@pytest.mark.parametrize(
    ("systems", "integrations", "level", "boxes"),
    [(20, 30, Level.OBJECTS, 50), (20, 41, Level.TEAMS, 23), (100, 100, Level.DOMAINS, 2)],
)
def test_it_is_folded_no_further_than_it_has_to(systems: int, integrations: int, level: Level, boxes: int) -> None:
    folded = fold(wide(systems, integrations), Level.OBJECTS)
    assert (folded.level, len(folded.boxes)) == (level, boxes)


def test_a_line_carries_how_many_edges_it_stands_for_and_how_many_nobody_saw() -> None:
    folded = fold(wide(1, 90), Level.OBJECTS)
    assert [(line.of, line.on, line.count, line.unseen, line.undeclared) for line in folded.lines] == [
        ("team:t0", "system:0", 30, 15, 0),
        ("team:t1", "system:0", 30, 15, 0),
        ("team:t2", "system:0", 30, 15, 0),
    ]


def test_too_many_domains_end_in_one_box_with_those_that_have_the_fewest_edges() -> None:
    nodes = [Node(f"system:{number}", str(number), domain=str(number)) for number in range(80)]
    edges = [Edge("system:79", f"system:{number}", Relation.READS) for number in range(3)]
    folded = fold(Graph(nodes, edges), Level.OBJECTS)
    assert len(folded.boxes) == 60
    (rest,) = [box for box in folded.boxes if box.key == REST]
    assert len(rest.members) == 21
    assert {line.on for line in folded.lines} == {"domain:0", "domain:1", "domain:2"}
