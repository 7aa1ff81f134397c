"""The Tryton connector keeps the rules of all connectors; a sale's trace and the system's version are told."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from connectors.messages import Operation
from connectors.tryton.connector import Tryton
from tests.connectors.replay import replay, scenarios
from tests.connectors.stub import Stub
from tests.connectors.suite import ConnectorSuite
from tests.connectors.tryton.calls import ADA, SALE


class TestTryton(ConnectorSuite):
    connector = Tryton
    settings: ClassVar = {"database": "tryton", "user": "interlock"}
    secrets: ClassVar = {"password": "a-password-of-the-erp"}
    samples: ClassVar = {"party.upsert": {"match": {"code": "C-1042"}, "values": ADA}, "sale.create": SALE}
    no_recordings = "Tryton sends no webhooks"


async def test_check_tells_the_version_and_what_is_wrong(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "check")
    good = await connector().check()
    bad = await connector(database="").check()

    assert (good.ok, good.version) == (True, "8.2")
    assert (bad.ok, bad.detail) == (False, "the setting 'database' of this Tryton is missing")


async def test_the_trace_travels_with_the_write(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "sale_made")
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}

    await connector().write([Operation("sale.create", SALE, key="recorded", headers=trace)])

    [create] = [one for one in stub.received if one.json()["method"] == "model.sale.sale.create"]
    assert create.headers["traceparent"] == trace["traceparent"]
    assert create.headers["authorization"].startswith("Session ")


def test_every_exchange_says_where_it_comes_from() -> None:
    for path in scenarios("tryton"):
        provenance = json.loads(path.read_text())["provenance"]
        assert provenance["from"].startswith("trytond 8.2")
        assert set(provenance) == {"from", "recorded", "how"}
