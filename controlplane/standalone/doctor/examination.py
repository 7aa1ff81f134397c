"""The list of checks, and the examination that runs them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from controlplane.standalone.doctor import database, intake, machine, safety, services
from controlplane.standalone.doctor.finding import Check, Finding, State, bad

CHECKS: dict[str, Check] = {
    "python": machine.python,
    "packages": machine.dependencies,
    "data folder": machine.data_folder,
    "disk": machine.disk,
    "sockets": machine.sockets,
    "user": machine.database_user,
    "port": machine.port,
    "database": database.answers,
    "migrations": database.migrations,
    "partitions": database.weeks,
    "clock": database.clock,
    "oldest transaction": database.oldest_transaction,
    "archive": database.archiving,
    "senders": intake.pressure,
    "broker": services.broker,
    "cache": services.cache_store,
    "worker": services.worker,
    "vault": services.vault,
    "secrets folder": safety.secrets_folder,
    "public address": safety.public_url,
    "debugging": safety.debugging,
}


def examine(checks: Mapping[str, Check] = CHECKS) -> Iterator[tuple[str, Finding]]:
    """Run every check; one that breaks is a finding too, and the others run all the same."""
    for name, check in checks.items():
        try:
            yield name, check()
        except Exception as error:  # noqa: BLE001 - the doctor is needed most when anything may be broken
            yield name, bad(f"The check itself failed: {type(error).__name__}: {error}", "Please report this.")


def in_words(findings: Iterable[tuple[str, Finding]]) -> Iterator[str]:
    """A line a finding, one more for how to mend it, and the sum."""
    counts = dict.fromkeys(State, 0)
    for name, finding in findings:
        counts[finding.state] += 1
        yield f"{finding.state:<12} {name:<19} {finding.what}"
        if finding.mend:
            yield f"{'':<12} {'':<19} → {finding.mend}"
    yield ", ".join(f"{number} {state}" for state, number in counts.items() if number)
