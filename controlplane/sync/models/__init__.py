"""Jobs, their runs, and what a run leaves behind."""

from controlplane.sync.models.jobs import Deletions, Mode, SyncJob
from controlplane.sync.models.records import SyncException, SyncPage, SyncRecord
from controlplane.sync.models.runs import SyncRun

__all__ = ["Deletions", "Mode", "SyncException", "SyncJob", "SyncPage", "SyncRecord", "SyncRun"]
