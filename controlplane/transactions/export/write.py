"""Write an export's file: claimed with a lease, a page at a time, fenced, and never for more than the person may see.

A worker that dies leaves a ``.part`` behind; the next begins anew, since half a file proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.logs import logger
from controlplane.people.access import Access, access_for
from controlplane.transactions.export.pages import Piece, pieces
from controlplane.transactions.export.request import MOST_ROWS
from controlplane.transactions.models import Export, ExportFormat, ExportState
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.personal import hidden

log = logger(__name__)

#: So many seconds without a page, and another worker takes over.
LEASE = 120
#: How long row and file are kept.
KEPT = timedelta(hours=24)
#: After so many lost workers an export is given up: it may be what ends them.
MAX_TRIES = 3

_CLAIM = """
update transactions_export set state = 'running', rows = 0, tries = tries + 1, lease_token = %s,
  due_at = statement_timestamp() + make_interval(secs => %s)
where id = (select id from transactions_export where state in ('waiting', 'running') and due_at <= statement_timestamp()
  order by due_at limit 1 for update skip locked)
returning id
"""


class Lost(Exception):
    """Another worker has it, or it is gone: nothing more is written."""


class RolesChanged(Exception):
    """The person may see more or less than when the file was begun: it would be neither."""


def folder() -> Path:
    """Where files are kept until they are fetched; private to the user who runs Interlock."""
    found = settings.VAR / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(export: Export) -> Path:
    """The file of an export, which may not be there (any more, or on this machine)."""
    return folder() / f"{export.pk}.{export.format}"


def write_next() -> bool:
    """Claim one export that is due and write it; false when there is none."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE])
        row = cursor.fetchone()
    if row is None:
        return False
    export = Export.objects.select_related("account").get(pk=row[0])
    try:
        _write(export, token)
    except Lost:
        log.warning("export.fenced", export=str(export.pk))
    return True


def _write(export: Export, token: UUID) -> None:
    if export.tries > MAX_TRIES:
        _end(export, token, reason=f"{MAX_TRIES} workers vanished while they wrote it; it was given up.")
        return
    part = path_of(export).with_suffix(f".{token.hex}.part")
    last: Piece | None = None
    reason = ""
    with _file(part) as out:
        try:
            for last in _allowed(export):
                out.write(last.text.encode())
                _beat(export, token, last.rows)
        except BadQuery as bad:
            reason = f"The search cannot be read any more: {bad}"
        except RolesChanged:
            reason = "The roles of the person who asked for it changed meanwhile. Ask again."
        if not reason:
            out.flush()
            part.replace(path_of(export))
    stopped = last.stopped_at if last else None
    _end(export, token, reason=reason, stopped=f"{stopped:%-d %b %Y %H:%M} UTC" if stopped else "")


def _allowed(export: Export) -> Iterator[Piece]:
    """The pieces, for as long as the person's roles are what they were at the beginning."""
    access: Access = access_for(export.account)
    export.reach = access.fingerprint
    zone = ZoneInfo(export.zone) if export.zone else clock.zone()
    for piece in pieces(access, export.query, export.asked_at, MOST_ROWS, zone, ExportFormat(export.format)):
        export.account.refresh_from_db()
        if access_for(export.account) != access:
            raise RolesChanged
        yield piece


@contextmanager
def _file(part: Path) -> Iterator[IO[bytes]]:
    """The file while it is written; gone again unless it was renamed."""
    try:
        with part.open("wb") as out:
            part.chmod(0o600)
            yield out
    finally:
        part.unlink(missing_ok=True)


def _beat(export: Export, token: UUID, rows: int) -> None:
    """Count the rows and keep the lease; :class:`Lost` when it has passed to somebody else."""
    export.rows += rows
    with connection.cursor() as cursor:
        cursor.execute(
            "update transactions_export set rows = %s, due_at = statement_timestamp() + make_interval(secs => %s)"
            " where id = %s and lease_token = %s",
            [export.rows, LEASE, export.pk, token],
        )
        if cursor.rowcount != 1:
            raise Lost


@transaction.atomic
def _end(export: Export, token: UUID, *, reason: str, stopped: str = "") -> None:
    complete = not stopped and export.rows < MOST_ROWS
    size = path_of(export).stat().st_size if not reason else 0
    words = reason or (f"The search took too long; what is older than {stopped} is missing." if stopped else "")
    ended = Export.objects.filter(pk=export.pk, lease_token=token).update(
        state=ExportState.FAILED if reason else ExportState.DONE,
        complete=complete and not reason,
        reason=words,
        size=size,
        reach=export.reach,
        finished_at=clock.now(),
        lease_token=None,
    )
    if not ended:
        raise Lost
    audit.record(
        "export.failed" if reason else "export.written",
        actor=access_for(export.account).actor,
        subject=Subject("export", str(export.pk)),
        reason=words,
        details={"query": hidden(export.query), "format": export.format, "rows": export.rows, "complete": complete},
    )


def forget_exports() -> int:
    """Delete files and rows whose day is over, and files that no row knows; returns how many rows."""
    over = clock.now() - KEPT
    old = Export.objects.filter(finished_at__lt=over) | Export.objects.filter(asked_at__lt=over - KEPT)
    gone = [pk for pk, _ in old.values_list("pk", "asked_at")]
    Export.objects.filter(pk__in=gone).delete()
    known = {str(pk) for pk in Export.objects.values_list("pk", flat=True)}
    for file in folder().iterdir():
        if file.name.partition(".")[0] not in known:
            file.unlink(missing_ok=True)
    return len(gone)
