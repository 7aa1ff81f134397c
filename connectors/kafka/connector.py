"""Events to Kafka: each to the leader of its partition, kept by all in-sync replicas before it counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from connectors.cloudevents import Message
from connectors.errors import Refused, Rejected
from connectors.guard import Service
from connectors.kafka.sending import Sending
from connectors.kafka.session import MECHANISMS, PORTS, Login, Node, Session
from connectors.messages import OperationSpec
from connectors.publishing import Outbox, Publisher, publish

DAY = 86_400.0
#: Of the addresses that a cluster names, by a check.
MOST_JUDGED = 100
_TOPIC = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}")
_OF_THE_BROKER = "__"


class Kafka(Publisher):
    """Settings and secrets are in the README beside this file."""

    kind: ClassVar[str] = "kafka"
    title: ClassVar[str] = "Apache Kafka"
    proven_against: ClassVar[str] = "librdkafka 2.16 (its mock cluster and its consumer)"
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        publish(
            "Publish an event to a topic; all in-sync replicas keep it, the key is its ce_id",
            key_lifetime=DAY,
            looks=False,
        ),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password",)
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "kafkas"

    async def _look(self) -> str:
        """Every broker has to be at an address that may be reached; which version it has it does not say."""
        session = await self._connect(self._bootstrap())
        try:
            cluster = await session.find(())
        finally:
            await session.close()
        for node in cluster.nodes[:MOST_JUDGED]:
            self._judge(node)
        return ""

    async def _send(self, messages: Mapping[int, Message], outbox: Outbox) -> None:
        sending = Sending(
            messages,
            outbox,
            connect=self._connect,
            judge=self._judge,
            at=int(self.context.now().timestamp() * 1000),
            # The leader gives up in time for its answer to be heard.
            patience=int(self.context.deadline * 500),
        )
        await sending.run(self._bootstrap())

    def _fitting(self, message: Message) -> Message:
        """Topics of the broker's own would be orders to it, not events."""
        if not _TOPIC.fullmatch(message.topic) or message.topic.startswith(_OF_THE_BROKER):
            raise Refused(
                "a topic has up to 249 letters, digits, dots, underscores and hyphens, and is none of the broker's own"
            )
        return message

    def _bootstrap(self) -> Service:
        service = self._service()
        if service.path:
            raise Rejected("the address ends with its port: kafka://host:9092")
        return service

    def _judge(self, node: Node) -> Service:
        """Where the cluster says that a broker is, judged like an address of a user's, since it is no better known."""
        host = f"[{node.host}]" if ":" in node.host else node.host
        scheme = self._service().scheme
        try:
            return self.context.transport.guard.check_service(f"{scheme}://{host}:{node.port}", self.ports)
        except Refused as error:
            raise Refused(f"the cluster names {node.host[:100]!a} as one of its brokers: {error.reason}") from None

    async def _connect(self, service: Service) -> Session:
        login = self._login()
        stream = await self._open(service)
        try:
            return await Session.open(stream, login)
        except BaseException:
            await stream.close()
            raise

    def _login(self) -> Login:
        mechanism = self.context.settings.get("mechanism", MECHANISMS[-1])
        if mechanism not in MECHANISMS:
            raise Rejected(f"the setting mechanism must be one of {', '.join(MECHANISMS)}")
        return Login(self._user(), self._secret("password"), mechanism)


CONNECTOR = Kafka
