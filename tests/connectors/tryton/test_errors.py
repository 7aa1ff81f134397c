"""What Tryton answers instead of a result becomes an error that says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import (
    AuthFailed,
    ConnectorError,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    counted,
)
from connectors.response import Response
from connectors.transport import Transport
from connectors.tryton.rpc import Rpc
from tests.connectors.replay import replay
from tests.connectors.stub import Stub
from tests.connectors.tryton.calls import SALE, logged_in, refused, written


async def test_a_wrong_password_is_said_with_user_and_database(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "wrong_password")

    with pytest.raises(AuthFailed) as caught:
        await Rpc(connector().context).user_id()
    assert caught.value.reason == ("Tryton does not let 'interlock' into the database 'tryton' with this password")


async def test_a_session_that_has_ended_is_renewed_once(stub: Stub, connector: Any) -> None:
    await logged_in(stub, connector)
    playing = replay(stub, "tryton", "old_session")

    receipt = await written(connector(), "party.upsert", {"match": {"code": "C-1042"}, "values": {"name": "Ada King"}})

    assert receipt.found is True
    log_ins = [one for one in stub.received[-len(playing.exchanges) :] if one.json()["method"] == "common.db.login"]
    assert (playing.played, len(log_ins)) == (len(playing.exchanges), 1)


async def test_one_log_in_serves_many_connectors(stub: Stub, connector: Any) -> None:
    await logged_in(stub, connector)
    stub.received.clear()
    stub.answer("*", json={"id": 0, "result": []})

    for _ in range(3):
        await Rpc(connector().context).read("party.party.search", [], 0, 1, None)

    assert [one.json()["method"] for one in stub.received] == ["model.party.party.search"] * 3


async def test_a_concurrent_change_is_tried_again_later(stub: Stub, connector: Any) -> None:
    playing = replay(stub, "tryton", "old_state")
    rpc = Rpc(connector().context)
    [found] = await rpc.read("party.party.search", [("code", "=", "C-1042")], 0, None, None)

    with pytest.raises(Transient) as caught:
        await rpc.write("party.party.write", [found], {"name": "Nobody"}, timestamps={f"party.party,{found}": "1.0"})

    assert playing.whole, playing.differences
    assert (caught.value.detail, caught.value.retry) == ("ConcurrencyException", True)


async def test_a_failure_inside_tryton_is_transient_and_says_nothing_of_its_words(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "failed_inside")

    with pytest.raises(Transient) as caught:
        await Rpc(connector().context).read("party.nothing.search", [], 0, None, None)
    assert caught.value.reason == "Tryton failed inside model.party.nothing.search and undid it"
    assert caught.value.detail == "server_error"


async def test_a_method_that_is_not_open_is_a_lack_of_rights(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "method_not_open")

    with pytest.raises(AuthFailed) as caught:
        await Rpc(connector().context).read("party.party.not_open", [])
    assert caught.value.status == 403


async def test_too_many_failed_log_ins_slow_everybody_down(stub: Stub, connector: Any) -> None:
    stub.answer("*", status=429)

    error = await refused(connector(), "sale.create", SALE)

    assert type(error) is RateLimited


async def test_a_question_without_an_answer_is_only_transient(stub: Stub, connector: Any) -> None:
    stub.resets("*")

    with pytest.raises(Transient) as caught:
        await Rpc(connector().context).read("party.party.search", [], 0, 1, None)
    assert not isinstance(caught.value, OutcomeUnknown)


async def test_a_write_without_an_answer_is_unknown(stub: Stub, connector: Any) -> None:
    await logged_in(stub, connector)
    stub.resets("*")

    with pytest.raises(OutcomeUnknown):
        await Rpc(connector().context).write("sale.sale.create", [{}])


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"id": 0, "error": "no"}', b'{"id": 0}'])
async def test_a_write_whose_answer_cannot_be_read_may_have_landed(stub: Stub, connector: Any, page: bytes) -> None:
    await logged_in(stub, connector)
    stub.answer("*", body=page)

    rpc = Rpc(connector().context)
    with pytest.raises(OutcomeUnknown) as caught:
        await rpc.write("sale.sale.create", [{}])
    assert (caught.value.status, caught.value.body, rpc.writes.sent) == (200, page, 1)
    with pytest.raises(ContractBroken):
        await rpc.read("sale.sale.search", [], 0, 1, None)


async def test_a_log_in_whose_answer_cannot_be_read_has_sent_nothing(stub: Stub, connector: Any) -> None:
    stub.answer("*", body=b"<html>")

    rpc = Rpc(connector().context)
    with pytest.raises(ContractBroken):
        await rpc.write("sale.sale.create", [{}])
    assert rpc.writes.sent == 0


@pytest.mark.parametrize(
    ("answer", "kind", "detail"),
    [
        (["UserError", ["no", "", None]], Rejected, "UserError"),
        (["UserWarning", ["similar_parties", "Two look alike", ""]], Rejected, "similar_parties"),
        (["ConcurrencyException", "Records were modified in the meanwhile"], Transient, "ConcurrencyException"),
        (["LoginException", ["code", "Enter the code", "char"]], AuthFailed, "code"),
        (["'party.nothing'", ""], Transient, "server_error"),
        (["UserError"], Rejected, "UserError"),
        ([], ContractBroken, ""),
        ("no", ContractBroken, ""),
        ([None], ContractBroken, ""),
    ],
)
async def test_each_rpc_error_says_what_to_do(
    stub: Stub, connector: Any, answer: Any, kind: type[ConnectorError], detail: str
) -> None:
    await logged_in(stub, connector)
    stub.answer("*", json={"id": 0, "error": answer})

    with pytest.raises(ConnectorError) as caught:
        await Rpc(connector().context).read("party.party.search", [], 0, 1, None)
    assert (type(caught.value), caught.value.detail) == (kind, detail)


@pytest.mark.parametrize(("answered", "calls"), [(0, 0), (2, 0), (3, 0), (4, 1)])
async def test_a_tryton_that_goes_away_was_sent_what_it_had_time_for(
    stub: Stub, connector: Any, monkeypatch: pytest.MonkeyPatch, answered: int, calls: int
) -> None:
    replay(stub, "tryton", "party_brought_up_to_date")
    reach, left = Transport.request, iter(range(answered))

    async def request(transport: Transport, *args: Any, **options: Any) -> Response:
        if next(left, None) is None:
            raise counted(Transient("could not connect; nothing was sent"), 0)
        return await reach(transport, *args, **options)

    monkeypatch.setattr(Transport, "request", request)
    values = {"name": "Ada King", "email": "king@example.com", "address": {"city": "Ghent"}}
    error = await refused(connector(), "party.upsert", {"match": {"code": "C-1042"}, "values": values})
    assert (type(error), error.calls) == (Transient, calls)
