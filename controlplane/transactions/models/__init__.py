"""The tables of the traffic, by what they are for."""

from controlplane.transactions.models.causes import Cause, Deed, DeedEntry
from controlplane.transactions.models.discovered import SeenField, SeenType
from controlplane.transactions.models.drift import Drift, DriftKind, DriftState, UsualForm
from controlplane.transactions.models.endpoints import Endpoint, OnBroken, Refusal, Repeat, RepeatKind
from controlplane.transactions.models.events import (
    Dedupe,
    Inbox,
    Payload,
    PayloadKind,
    PayloadSubject,
    Trace,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.models.exports import Export, ExportFormat, ExportState
from controlplane.transactions.models.flows import (
    Destination,
    Flow,
    FlowVersion,
    Mapping,
    MappingVersion,
    Normalisation,
    Route,
)
from controlplane.transactions.models.observed import ObservedBreak
from controlplane.transactions.models.ownership import OwnershipBreach
from controlplane.transactions.models.releases import Release, ReleaseItem, ReleaseItemState, ReleaseState
from controlplane.transactions.models.replays import Replay, ReplayItem, ReplayItemState, ReplayState
from controlplane.transactions.models.saved_views import SavedView
from controlplane.transactions.models.steps import (
    Attempt,
    DeadLetter,
    DestinationState,
    LookUpAnswer,
    StepQueue,
    StepRun,
    Written,
)
from controlplane.transactions.models.traffic import TrafficHour

__all__ = [
    "Attempt",
    "Cause",
    "DeadLetter",
    "Dedupe",
    "Deed",
    "DeedEntry",
    "Destination",
    "DestinationState",
    "Drift",
    "DriftKind",
    "DriftState",
    "Endpoint",
    "Export",
    "ExportFormat",
    "ExportState",
    "Flow",
    "FlowVersion",
    "Inbox",
    "LookUpAnswer",
    "Mapping",
    "MappingVersion",
    "Normalisation",
    "ObservedBreak",
    "OnBroken",
    "OwnershipBreach",
    "Payload",
    "PayloadKind",
    "PayloadSubject",
    "Refusal",
    "Release",
    "ReleaseItem",
    "ReleaseItemState",
    "ReleaseState",
    "Repeat",
    "RepeatKind",
    "Replay",
    "ReplayItem",
    "ReplayItemState",
    "ReplayState",
    "Route",
    "SavedView",
    "SeenField",
    "SeenType",
    "StepQueue",
    "StepRun",
    "Trace",
    "TrafficHour",
    "Transaction",
    "TransactionKey",
    "UsualForm",
    "Written",
]
