"""What contracts link, in the estate document: what is kept of it, and what is refused with where it stands."""

from __future__ import annotations

import pytest

from controlplane.console.estate.export import export
from controlplane.contracts.models import ContractVersion
from tests.console.estate.conftest import ApplyIt, Document, changed, complaint, small

OWN = {"kind": "customer", "key": "record.customer"}
OTHER = OWN | {"value": "record.number", "target": "listener", "issuer": "billing"}


def linking(*links: dict[str, str]) -> Document:
    """A document whose contract links these."""
    return changed(small(), "contracts.invoice.links", list(links))


def test_links_are_kept_as_they_are_written_and_exported(apply_it: ApplyIt) -> None:
    apply_it(linking(OWN, OTHER))

    assert ContractVersion.objects.get().links == [OWN, OTHER]
    assert apply_it(linking(OWN, OTHER)).created == []
    assert export().document["contracts"]["invoice"]["links"] == [OWN, OTHER]


def test_a_contract_without_links_is_the_version_that_it_was(apply_it: ApplyIt) -> None:
    apply_it(small())
    assert apply_it(linking()).created == []


def test_changed_links_are_a_new_version(apply_it: ApplyIt) -> None:
    apply_it(linking(OWN))
    apply_it(linking(OTHER))
    assert [version.links for version in ContractVersion.objects.order_by("number")] == [[OWN], [OTHER]]


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"key": "record.id"}, "contracts.invoice.links.1 needs 'kind'."),
        ({"kind": "customer"}, "contracts.invoice.links.1 needs 'key'."),
        (OWN | {"kind": "custmer"}, "contracts.invoice.links.1.kind: there is no 'custmer'; did you mean 'customer'?"),
        (OWN | {"key": "record..x"}, "contracts.invoice.links.1.key: "),
        (OWN | {"target": "listener"}, "contracts.invoice.links.1.target: give both"),
        (OWN | {"value": "record.number"}, "contracts.invoice.links.1.value: give both"),
        (OTHER | {"target": "nowhere"}, "contracts.invoice.links.1.target: there is no 'nowhere'"),
        (OTHER | {"isuer": "x"}, "contracts.invoice.links.1: there is no field 'isuer'; did you mean 'issuer'?"),
    ],
)
def test_a_link_that_cannot_be_meant_is_refused_where_it_stands(
    apply_it: ApplyIt, link: dict[str, str], says: str
) -> None:
    assert says in complaint(apply_it, linking(link))
