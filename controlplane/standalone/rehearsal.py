"""A rehearsal of the restore to a point in time: ``python -m controlplane.standalone.rehearsal``.

On a PostgreSQL of its own, in a folder of its own, with the whole schema: events come in by the ingress's own
statement, a base backup is taken while they do, more come in, the moment is noted, more come in. Then the server is
killed and its data removed. What comes back from the backup and the archived WAL has to be every event until the noted
moment and none after it. Nothing of an installation is touched. Prints one line of JSON; exit code 0 when it was so.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import psycopg

from controlplane.standalone.choices import PROJECT
from controlplane.standalone.identity import hand_over, tethered
from controlplane.standalone.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from controlplane.transactions.ingress.batches import Accepted

EVENTS = 200
PATIENCE = 60.0
POLL_SECONDS = 0.05

#: As in docker/compose.yaml. After a crash PostgreSQL hands over again what is there already: the same is a success.
ARCHIVE_COMMAND = (
    'if [ -f "{archive}/%f" ]; then cmp -s "%p" "{archive}/%f"; '
    'else cp "%p" "{archive}/%f.part" && sync "{archive}/%f.part" && mv "{archive}/%f.part" "{archive}/%f"; fi'
)


class ArchivingPostgres(EmbeddedPostgres):
    """PostgreSQL that hands every finished segment of its log to ``archive``, and lets itself be copied."""

    name: ClassVar[str] = "archiving"
    more: ClassVar[str] = f"""
wal_level = replica
archive_mode = on
archive_command = '{ARCHIVE_COMMAND}'
"""

    def __init__(self, var: Path, archive: Path) -> None:
        super().__init__(var)
        self.archive = archive

    def prepare(self) -> None:
        """As ever, and let the same user copy the whole cluster: ``all`` does not mean replication."""
        super().prepare()
        with (self.data / "pg_hba.conf").open("a") as access:
            access.write("local replication all trust\n")

    def program(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as the user that the server is."""
        command = [str(self._program(name)), "-h", str(self.places.postgres_sockets), "-U", "interlock", *words]
        subprocess.run(tethered(command, identity=self.identity), check=True, cwd="/")

    def _configuration(self) -> str:
        return super()._configuration() + self._more()

    def _more(self) -> str:
        return self.more.format(archive=self.archive)

    def kill(self) -> None:
        """As a power cut would; then the disk is gone, too."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, 9)
            process.wait()
        until(lambda: not self.answers(), "the server to be dead")
        shutil.rmtree(self.data)


class RestoredPostgres(ArchivingPostgres):
    """PostgreSQL that starts from a base backup and follows the archive until a moment, then goes on by itself."""

    name: ClassVar[str] = "restored"
    more: ClassVar[str] = """
restore_command = 'cp "{archive}/%f" "%p"'
recovery_target_time = '{moment}'
recovery_target_action = promote
"""

    def __init__(self, var: Path, archive: Path, backup: Path, moment: str) -> None:
        super().__init__(var, archive)
        self.backup, self.moment = backup, moment

    def prepare(self) -> None:
        """Put the backup where the data belong, and say that it is to be recovered."""
        self.places.var.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            shutil.copytree(self.backup, self.data)
            self.data.chmod(0o700)
            (self.data / "recovery.signal").touch()
        super().prepare()

    def _more(self) -> str:
        return self.more.format(archive=self.archive, moment=self.moment)


@dataclass(frozen=True, slots=True)
class Story:
    """What was there, what had to come back, and what did."""

    before_backup: int
    until_the_moment: int
    after_the_moment: int
    restored: int
    missing: int
    too_many: int
    restore_seconds: float

    @property
    def proved(self) -> bool:
        """Whether exactly what had to come back did."""
        return self.missing == self.too_many == 0 and self.restored == self.before_backup + self.until_the_moment


def until(condition: object, what: str) -> None:
    """Ask until it is so; raises ``TimeoutError`` with ``what`` was waited for."""
    ends = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        if time.monotonic() > ends:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(POLL_SECONDS)


def rehearse(folder: Path) -> Story:
    """The whole story, in ``folder``."""
    folder.chmod(0o711)
    archive, backup = folder / "archive", folder / "backup"
    original = ArchivingPostgres(folder / "original", archive)
    for made in (archive, backup):
        made.mkdir(mode=0o700)
        hand_over(made, original.identity)
    original.start()
    settings_for(original.url, folder)
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=PROJECT, check=True, stdout=sys.stderr)
    first = asyncio.run(accept(EVENTS))
    second = asyncio.run(backed_up_meanwhile(original, backup))
    moment = ask(original.url, "select clock_timestamp()::text")
    third = asyncio.run(accept(EVENTS))
    segment = ask(original.url, "select pg_walfile_name(pg_switch_wal())")
    until((archive / segment).exists, f"segment {segment} in the archive")
    original.kill()
    began = time.monotonic()
    restored = RestoredPostgres(folder / "restored", archive, backup, moment)
    with restored:
        until(lambda: ask(restored.url, "select pg_is_in_recovery()::text") == "false", "the end of the recovery")
        seconds = time.monotonic() - began
        kept = events_in(restored.url)
    wanted = {*first, *second}
    return Story(
        len(first), len(second), len(third), len(kept), len(wanted - kept), len(kept - wanted), round(seconds, 1)
    )


def settings_for(url: str, folder: Path) -> None:
    """Let Django, which is loaded only now, and every program that is started from here mean this database."""
    os.environ |= {"DATABASE_URL": url, "INTERLOCK_VAR": str(folder / "var"), "INTERLOCK_PGBOUNCER": "0"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "controlplane.settings"
    import django

    django.setup()


async def accept(count: int) -> list[UUID]:
    """So many events, durable when this returns, through the ingress's own writer."""
    from controlplane.transactions.ingress.batches import Batches

    batches = Batches()
    batches.start()
    try:
        return [stored.id for stored in await asyncio.gather(*(batches.store(one) for one in _events(count)))]
    finally:
        await batches.stop()


async def backed_up_meanwhile(server: ArchivingPostgres, backup: Path) -> list[UUID]:
    """A base backup, and events that are accepted for as long as it takes and once after it."""
    words = ("pg_basebackup", "-D", str(backup), "--checkpoint=fast", "-X", "none", "--no-sync")
    copying = asyncio.create_task(asyncio.to_thread(server.program, *words))
    accepted: list[UUID] = []
    while not copying.done():
        accepted += await accept(EVENTS)
    await copying
    return accepted + await accept(EVENTS)


def _events(count: int) -> Sequence[Accepted]:
    from controlplane.foundation.ids import digest_uuid, uuid7
    from controlplane.transactions.ingress.batches import Accepted

    made = []
    for _ in range(count):
        identifier = uuid7()
        digest = digest_uuid(identifier.bytes)
        made.append(Accepted(identifier, 1, digest, digest, 1, 1, "application/json", "{}", b'{"rehearsed": true}'))
    return made


def ask(url: str, question: str) -> str:
    """One answer in text."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return str(row[0]) if row else ""


def events_in(url: str) -> set[UUID]:
    """Events that are whole: body, id for de-duplication, and place in the inbox."""
    question = (
        "select i.transaction_id from inbox i join payload p on p.id = i.transaction_id "
        "join dedupe d on d.transaction_id = i.transaction_id"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        return {row[0] for row in connection.execute(question).fetchall()}


def main() -> int:
    """Rehearse, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="interlock-rehearsal-") as folder:
        story = rehearse(Path(folder))
    sys.stdout.write(json.dumps({**asdict(story), "proved": story.proved}) + "\n")
    return 0 if story.proved else 1


if __name__ == "__main__":
    sys.exit(main())
