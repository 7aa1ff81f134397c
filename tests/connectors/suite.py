"""The suite that every connector passes.

Subclass it in ``tests/connectors/test_<kind>.py``, or in a folder of that name where one file would be long::

    class TestStripe(ConnectorSuite):
        connector = Stripe
        settings = {"api_version": "2026-10-28"}
        secrets = {"api_key": "sk_test_secret"}
        samples = {"customer.upsert": {"email": "ada@example.com"}}

A connector that receives webhooks keeps real ones in ``connectors/<kind>/recorded/*.json``::

    {"provenance": {"from": "localstripe 1.15.10", "recorded": "2026-11-21", "how": "an invoice was paid"},
     "request": {"method": "POST", "url": "https://…", "headers": {…}, "body": "…"}}

``body`` is the text exactly as it was sent. One that receives none says so in its README under the heading
"Recorded payloads", and sets ``no_recordings`` to the reason.
"""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from connectors.errors import ConnectorError, ContractBroken, NotSupported, Transient
from connectors.interface import Connector, Context, connector_class, kinds
from connectors.messages import Effect, Event, Health, Operation, Receipt, Request, Secret
from connectors.transport import Limits, Transport
from tests.connectors.stub import Stub

JUNK_BODIES = (
    b"",
    b" ",
    b"{",
    b"}",
    b"[]",
    b"[[]]",
    b"[{}]",
    b"{}",
    b"null",
    b"true",
    b"0",
    b'"text"',
    b"NaN",
    b"\xff\xfe",
    b"\x00",
    b"<html></html>",
    b'{"id": null, "type": null, "data": null}',
    b'{"id": [], "type": {}, "data": {"object": 1}}',
    b'{"id": "evt_1", "type": "x", "data": {"object": []}}',
    b'{"a": ' * 5000 + b"1" + b"}" * 5000,
    b"[" * 100_000,
    b'{"id": 1' + b"0" * 5000 + b"}",
    b'{"type": "\\ud800"}',
)
ANSWERS = (
    (200, b""),
    (200, b"<html>maintenance</html>"),
    (200, b"null"),
    (200, b"[]"),
    (200, b'{"result": null}'),
    (200, b'{"error": "no"}'),
    (200, b'{"data": {}, "id": []}'),
    (200, b"\xff"),
    (202, b"{}"),
    (204, b""),
    (302, b""),
    (400, b'{"error": {"message": "bad"}}'),
    (401, b""),
    (403, b"{}"),
    (404, b"not found"),
    (409, b"[]"),
    (410, b""),
    (422, b'{"error": []}'),
    (429, b""),
    (500, b"<html>oops</html>"),
    (503, b"null"),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def folder(connector: type[Connector]) -> Path:
    """The folder of that connector."""
    return Path(inspect.getfile(connector)).parent


def recordings(connector: type[Connector]) -> list[Path]:
    """Its recorded payloads."""
    return sorted((folder(connector) / "recorded").glob("*.json"))


def is_object(body: bytes) -> bool:
    """Whether the body is a JSON object, however meaningless."""
    try:
        return isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        return False


def recorded_request(path: Path) -> Request:
    """The webhook in a recording, as the ingress would hand it over."""
    request = json.loads(path.read_bytes())["request"]
    headers = {name.lower(): value for name, value in request["headers"].items()}
    return Request(request["method"], request["url"], headers, request["body"].encode())


def with_body(request: Request, body: bytes) -> Request:
    """The same webhook with other bytes."""
    return Request(request.method, request.url, request.headers, body)


def receives(connector: type[Connector]) -> bool:
    """Whether the connector reads webhooks at all."""
    return "parse" in vars(connector)


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value inside a JSON document, the document itself first."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_in(inner, (*path, key))


def replaced(value: Any, path: Sequence[str | int], new: Any) -> Any:
    """The document with the value at ``path`` exchanged for ``new``."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def shown(error: BaseException) -> str:
    """Everything of an error that a log could hold."""
    known = f"{error.reason}{error.detail}{error.body!r}" if isinstance(error, ConnectorError) else ""
    return known + repr(error) + "".join(traceback.format_exception(error))


class ConnectorSuite:
    """What is true of every connector."""

    connector: ClassVar[type[Connector]]
    settings: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}
    #: A body for each declared operation.
    samples: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    #: Why there are no recorded payloads, for a connector that receives no webhooks.
    no_recordings: ClassVar[str] = ""
    #: Whether any JSON object is an event: for a connector of senders that nobody knows beforehand.
    takes_any_object: ClassVar[bool] = False

    def made(self, url: str, transport: Transport) -> Connector:
        """The connector, pointed at ``url``."""
        secrets = {name: Secret(value) for name, value in self.secrets.items()}
        return self.connector(Context(url, transport, self.settings, secrets, deadline=2.0))

    def operations(self, count: int = 1) -> Iterator[list[Operation]]:
        """``count`` operations of each declared name."""
        for spec in self.connector.operations:
            yield [Operation(spec.name, self.samples[spec.name], key=f"key-{n}") for n in range(count)]

    # -- what it says of itself ----------------------------------------------------------------------

    def test_its_kind_is_its_folder(self) -> None:
        assert self.connector.kind == folder(self.connector).name
        assert self.connector.kind in kinds()
        assert connector_class(self.connector.kind) is self.connector

    def test_it_has_a_title_and_says_where_it_was_proven(self) -> None:
        assert self.connector.title
        assert "proven_against" in vars(self.connector)

    def test_its_readme_names_all_that_it_can_do(self) -> None:
        readme = (folder(self.connector) / "README.md").read_text()
        operations = [spec.name for spec in self.connector.operations]
        names = [*operations, *(spec.name for spec in self.connector.streams), *self.connector.secret_names]
        assert [name for name in names if f"`{name}`" not in readme] == []

    def test_its_operations_have_names_of_their_own_and_a_summary(self) -> None:
        names = [spec.name for spec in self.connector.operations]
        assert len(set(names)) == len(names)
        assert all(spec.summary and spec.batch >= 1 for spec in self.connector.operations)
        assert all(self.connector.operation(name).name == name for name in names)

    def test_only_a_keyed_operation_says_how_long_its_key_lives(self) -> None:
        for spec in self.connector.operations:
            if spec.effect is Effect.KEYED:
                assert spec.key_lifetime is not None
                assert spec.key_lifetime > 0
            else:
                assert spec.key_lifetime is None

    def test_an_unsafe_operation_is_one_that_can_be_looked_for(self) -> None:
        assert [
            spec.name for spec in self.connector.operations if spec.effect is Effect.UNSAFE and not spec.looks
        ] == []

    def test_without_settings_its_operations_are_as_declared(self) -> None:
        declared = self.connector.operations
        assert tuple(self.connector.operation_for(spec.name, {}) for spec in declared) == declared

    def test_its_streams_have_names_of_their_own_and_a_key(self) -> None:
        names = [spec.name for spec in self.connector.streams]
        assert len(set(names)) == len(names)
        assert all(spec.key and spec.summary for spec in self.connector.streams)

    def test_there_is_a_sample_of_every_operation(self) -> None:
        assert set(self.samples) == {spec.name for spec in self.connector.operations}

    def test_all_its_secrets_are_given(self) -> None:
        assert set(self.connector.secret_names) <= set(self.secrets)

    # -- webhooks --------------------------------------------------------------------------------------

    def test_it_keeps_recorded_payloads_or_says_why_not(self) -> None:
        if receives(self.connector):
            assert recordings(self.connector)
            assert self.no_recordings == ""
        else:
            assert recordings(self.connector) == []
            assert self.no_recordings
            assert "Recorded payloads" in (folder(self.connector) / "README.md").read_text()

    def test_every_recording_says_where_it_comes_from(self) -> None:
        for path in recordings(self.connector):
            provenance = json.loads(path.read_bytes())["provenance"]
            assert all(isinstance(provenance[name], str) and provenance[name] for name in ("from", "recorded", "how"))

    def test_every_recording_is_events_with_a_type(self) -> None:
        for path in recordings(self.connector):
            events = self.connector.parse(recorded_request(path))
            assert events, path.name
            assert all(isinstance(event, Event) and event.type for event in events), path.name
            assert len({event.id for event in events if event.id}) == len([event for event in events if event.id])

    def test_without_webhooks_it_says_so(self) -> None:
        if not receives(self.connector):
            with pytest.raises(NotSupported):
                self.connector.parse(Request("POST", "https://example.com/", {}, b"{}"))

    @pytest.mark.parametrize("body", JUNK_BODIES, ids=lambda body: ascii(body[:20]))
    def test_a_body_that_is_junk_breaks_the_contract(self, body: bytes) -> None:
        if receives(self.connector) and not (self.takes_any_object and is_object(body)):
            like = recorded_request(recordings(self.connector)[0])
            with pytest.raises(ContractBroken):
                self.connector.parse(with_body(like, body))

    @trying(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(st.data())
    def test_a_recording_with_any_value_exchanged_is_events_or_breaks_the_contract(self, data: st.DataObject) -> None:
        if not receives(self.connector):
            return
        request = recorded_request(data.draw(st.sampled_from(recordings(self.connector))))
        document = json.loads(request.body)
        path = data.draw(st.sampled_from(list(paths_in(document))))
        body = json.dumps(replaced(document, path, data.draw(JSON_VALUES))).encode()
        try:
            events = self.connector.parse(with_body(request, body))
        except ContractBroken:
            return
        assert all(isinstance(event, Event) and isinstance(event.id, str) and event.type for event in events)

    # -- a system that is away ---------------------------------------------------------------------------

    async def test_a_system_that_is_away_is_unhealthy_and_no_surprise(
        self, dead_url: str, transport: Transport
    ) -> None:
        try:
            health = await self.made(dead_url, transport).check()
        except Transient as error:
            assert error.reason  # noqa: PT017 — either way of saying so is right
        else:
            assert isinstance(health, Health)
            assert health.ok is False
            assert health.detail

    async def test_every_write_to_a_system_that_is_away_has_its_own_transient_error_and_sent_nothing(
        self, dead_url: str, transport: Transport
    ) -> None:
        for operations in self.operations(count=3):
            results = await self.made(dead_url, transport).write(operations)
            assert [type(result) for result in results] == [Transient] * 3
            assert [result.calls for result in results if isinstance(result, Transient)] == [0] * 3

    async def test_reading_a_system_that_is_away_is_transient(self, dead_url: str, transport: Transport) -> None:
        for stream in self.connector.streams:
            with pytest.raises(Transient):
                async for _ in self.made(dead_url, transport).read(stream.name, {}):
                    pass

    # -- a system that answers anything --------------------------------------------------------------------

    @pytest.mark.parametrize(("status", "body"), ANSWERS)
    async def test_whatever_a_system_answers_every_write_has_a_result(
        self, stub: Stub, transport: Transport, status: int, body: bytes
    ) -> None:
        stub.answer("*", status=status, body=body)
        for operations in self.operations(count=2):
            results = await self.made(stub.url, transport).write(operations)
            assert len(results) == 2
            assert all(isinstance(result, Receipt | ConnectorError) for result in results)
            assert status in {200, 202, 204} or all(isinstance(one, Exception) for one in results)

    @pytest.mark.parametrize(("status", "body"), ANSWERS)
    async def test_whatever_a_system_answers_checking_and_reading_end_well_or_in_an_error_of_ours(
        self, stub: Stub, transport: Transport, status: int, body: bytes
    ) -> None:
        stub.answer("*", status=status, body=body)
        connector = self.made(stub.url, transport)
        for attempt in (connector.check(), *(self.first_page(connector, s.name) for s in self.connector.streams)):
            try:
                await attempt
            except ConnectorError as error:
                assert error.reason  # noqa: PT017 — an error of ours, with words for a person

    async def first_page(self, connector: Connector, stream: str) -> None:
        """Read until the first page."""
        async for _ in connector.read(stream, {}):
            return

    async def test_a_write_that_is_answered_with_silence_is_unknown_or_never_left(
        self, stub: Stub, transport: Transport
    ) -> None:
        stub.silent("*")
        quick = Transport(transport.guard, Limits(deadline=0.6))
        async with quick:
            for operations in self.operations():
                secrets = {name: Secret(value) for name, value in self.secrets.items()}
                connector = self.connector(Context(stub.url, quick, self.settings, secrets, deadline=0.6))
                (result,) = await connector.write(operations)
                assert isinstance(result, ConnectorError)
                assert result.retry is True

    # -- what it does not have ---------------------------------------------------------------------------------

    async def test_an_operation_that_it_lacks_is_not_supported(self, dead_url: str, transport: Transport) -> None:
        try:
            (result,) = await self.made(dead_url, transport).write([Operation("no.such", {}, key="k")])
        except NotSupported as error:
            result = error
        assert isinstance(result, NotSupported)
        with pytest.raises(NotSupported):
            self.connector.operation("no.such")

    async def test_a_stream_that_it_lacks_is_not_supported(self, dead_url: str, transport: Transport) -> None:
        with pytest.raises(NotSupported):
            await self.first_page(self.made(dead_url, transport), "no-such")

    # -- secrets ---------------------------------------------------------------------------------------------------

    async def test_no_secret_shows_in_it_or_in_its_errors(
        self, stub: Stub, dead_url: str, transport: Transport
    ) -> None:
        stub.answer("*", status=401, body=b"no")
        for url in (dead_url, stub.url):
            connector = self.made(url, transport)
            seen = repr(connector) + repr(connector.context) + str(vars(connector))
            for operations in self.operations():
                seen += "".join(
                    shown(result) for result in await connector.write(operations) if isinstance(result, Exception)
                )
            for attempt in (connector.check(), *(self.first_page(connector, s.name) for s in self.connector.streams)):
                try:
                    seen += repr(await attempt)
                except ConnectorError as error:
                    seen += shown(error)
            assert [name for name, value in self.secrets.items() if value in seen] == []
