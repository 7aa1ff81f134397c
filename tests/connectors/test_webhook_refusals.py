"""A receiver's own word for its refusal, where its answer has one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Rejected
from connectors.messages import Operation
from connectors.transport import Transport
from connectors.webhook.refusals import code_of
from tests.connectors.stub import Stub
from tests.connectors.test_webhook import webhook


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"type": "invalid_request_error", "code": "tax_id_invalid"}}', "tax_id_invalid"),
        (b'{"error": "invalid_grant", "error_description": "It has expired."}', "invalid_grant"),
        (b'{"code": "RecordInvalid", "message": "Name has already been taken"}', "RecordInvalid"),
        (b'{"errors": [{"code": "out-of-stock"}, {"code": "other"}]}', "out-of-stock"),
        (b'{"type": "https://example.com/probs/out-of-credit", "title": "No credit"}', "out-of-credit"),
        (b'{"type": "urn:problem:stale"}', "stale"),
        (b'{"type": "about:blank", "status": 422}', ""),
        (b'{"error": "The customer Ada Lovelace was not found."}', ""),
        (b'{"code": 17}', ""),
        (b'{"error": {"code": null}, "code": "second_best"}', "second_best"),
        (b"<h1>502</h1>", ""),
        (b'["error"]', ""),
        (b"", ""),
        (b'{"code": "' + b"x" * 100 + b'"}', ""),
        (b'{"code": "large"' + b" " * 70_000 + b"}", ""),
    ],
)
def test_the_code_is_found_where_vendors_put_it(body: bytes, code: str) -> None:
    assert code_of(body) == code


@given(st.binary(max_size=200))
def test_no_answer_makes_it_fail(body: bytes) -> None:
    assert isinstance(code_of(body), str)


@pytest.mark.allow_hosts(["127.0.0.1"])
async def test_it_is_the_detail_of_the_refusal(stub: Stub, transport: Transport) -> None:
    stub.answer("/hook", status=422, json={"error": {"code": "record_invalid"}})
    (refused,) = await webhook(stub, transport).write([Operation("send", {"name": "Halden"}, key="k")])
    assert isinstance(refused, Rejected)
    assert refused.detail == "record_invalid"
