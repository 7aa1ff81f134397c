"""The end of a question's time: it is not asked any more, and its fall-back decides."""

from __future__ import annotations

import time

from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.questions import Identity, in_words
from controlplane.transactions.rules.states import Outcome


def is_over(delivery: Delivery) -> bool:
    """Whether its deadline has passed."""
    return delivery.expires is not None and delivery.expires <= time.monotonic()


def expire(delivery: Delivery) -> None:
    """Give it the outcome of one whose time ran out."""
    question = delivery.step.question
    if question is None:  # only questions have a deadline
        return
    said = f"{delivery.destination.name} gave no answer within"
    if isinstance(question, Identity):
        key = (delivery.body or {}).get("key", "")
        said = f"No identity of {question.of} {key} in {delivery.destination.name} within"
    delivery.called = Called(Outcome.EXPIRED, reason=f"{said} {in_words(question.deadline)}.")
