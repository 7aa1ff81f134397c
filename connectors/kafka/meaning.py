"""What the numbers of Kafka's errors mean for us (https://kafka.apache.org/protocol#protocol_error_codes)."""

from __future__ import annotations

from connectors import errors
from connectors.errors import AuthFailed, ConnectorError, OutcomeUnknown, RateLimited, Rejected, Transient

#: Not here, or not any more: somebody else may lead the partition by now, which is found by asking again.
UNKNOWN_TOPIC, NO_LEADER, NOT_THE_LEADER = 3, 5, 6
ELSEWHERE = frozenset({UNKNOWN_TOPIC, NO_LEADER, NOT_THE_LEADER})

#: The number, its name, and what to do. Time-outs and too few replicas *after* the append are no "no": it is written at
#: the leader. Numbers that are not here, the "unexpected" -1 among them, say nothing about what was written. That a
#: topic is unknown is final for nobody: brokers hear of a new one, and of all of them after a start, only by and by.
_MEANING: dict[int, tuple[str, type[ConnectorError]]] = {
    2: ("corrupt_message", Transient),
    3: ("unknown_topic", Transient),
    5: ("leader_not_available", Transient),
    6: ("not_leader", OutcomeUnknown),
    7: ("request_timed_out", OutcomeUnknown),
    8: ("broker_not_available", Transient),
    10: ("message_too_large", Rejected),
    17: ("invalid_topic", Rejected),
    18: ("record_list_too_large", Rejected),
    19: ("not_enough_replicas", Transient),
    20: ("not_enough_replicas_after_append", OutcomeUnknown),
    21: ("invalid_required_acks", Rejected),
    29: ("topic_authorization_failed", AuthFailed),
    31: ("cluster_authorization_failed", AuthFailed),
    32: ("invalid_timestamp", Rejected),
    35: ("unsupported_version", Rejected),
    42: ("invalid_request", Rejected),
    43: ("unsupported_for_message_format", Rejected),
    44: ("policy_violation", Rejected),
    56: ("storage_error", OutcomeUnknown),
    87: ("invalid_record", Rejected),
    89: ("throttling_quota_exceeded", RateLimited),
}


#: The detail, where it is not the name.
_DETAILS = {3: errors.UNKNOWN_TOPIC, 29: errors.TOPIC_DENIED}


def unsent(number: int) -> ConnectorError:
    """The error that ``number`` stands for where it was the answer to a question: nothing has left."""
    error = refusal(number)
    if isinstance(error, OutcomeUnknown):
        return Transient(f"{error.reason}; nothing was sent", detail=error.detail)
    return error


def refusal(number: int, rest: float = 0.0) -> ConnectorError:
    """The error that ``number`` stands for; ``rest`` are the seconds for which the broker wants nothing."""
    name, kind = _MEANING.get(number, ("", OutcomeUnknown))
    words = f"the broker said {name or 'error'} ({number})"
    detail = _DETAILS.get(number, name)
    if issubclass(kind, Transient):
        return kind(words, detail=detail, retry_after=rest or None)
    return kind(words, detail=detail or str(number))
