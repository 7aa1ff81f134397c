"""The drawing of a graph: from left to right, nothing over anything else, the same each time."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from controlplane.console.map.layout import BOX_HEIGHT, BOX_WIDTH, layout


@st.composite
def drawings(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, str]]]:
    keys = [f"box {number}" for number in range(draw(st.integers(1, 60)))]
    titles = draw(st.lists(st.sampled_from(["Sales", "Billing", "Service"]), min_size=len(keys), max_size=len(keys)))
    links = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=90))
    return dict(zip(keys, titles, strict=True)), links


def test_it_runs_from_left_to_right() -> None:
    zones = dict.fromkeys(("shop", "orders", "ledger", "customers", "desk"), "All")
    links = [("shop", "orders"), ("orders", "ledger"), ("ledger", "customers"), ("customers", "desk")]
    placed = layout(zones, links)
    assert [placed.boxes[key].column for key in ("shop", "orders", "ledger", "customers", "desk")] == [0, 1, 2, 3, 4]
    assert (placed.columns, placed.width) == (5, 4 * 224 + 190)


def test_a_circle_leads_back_once() -> None:
    zones = dict.fromkeys(("crm", "out", "erp", "back"), "All")
    placed = layout(zones, [("crm", "out"), ("out", "erp"), ("erp", "back"), ("back", "crm")])
    assert [placed.boxes[key].column for key in ("back", "crm", "out", "erp")] == [0, 1, 2, 3]


@given(drawings())
def test_every_box_has_a_place_of_its_own_inside_of_its_zone(
    drawing: tuple[dict[str, str], list[tuple[str, str]]],
) -> None:
    zones, links = drawing
    placed = layout(zones, links)
    assert placed.boxes.keys() == zones.keys()
    assert sum(zone.count for zone in placed.zones) == len(zones)
    for one, other in combinations(placed.boxes.values(), 2):
        assert one.column != other.column or abs(one.y - other.y) >= BOX_HEIGHT
    for key, box in placed.boxes.items():
        assert any(
            zone.title == zones[key]
            and zone.x <= box.x
            and box.x + BOX_WIDTH <= zone.x + zone.width
            and zone.y <= box.y
            and box.y + BOX_HEIGHT <= zone.y + zone.height <= placed.height
            for zone in placed.zones
        )


@given(drawings())
def test_it_is_the_same_whatever_the_order_it_is_told_in(
    drawing: tuple[dict[str, str], list[tuple[str, str]]],
) -> None:
    zones, links = drawing
    again = layout(dict(reversed(list(zones.items()))), links[::-1])
    assert again == layout(zones, links)


def test_nothing_is_drawn_of_nothing() -> None:
    placed = layout({}, [])
    assert (placed.boxes, placed.columns, placed.height) == ({}, 0, 0)
