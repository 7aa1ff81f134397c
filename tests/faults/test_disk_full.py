"""The database's disk fills up while events arrive: senders are told to come back, and nothing acknowledged is lost."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.faults.plants import SECRET, drained, nothing_was_lost
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.faults.volumes import MIB, can_make_volumes, fill, fill_up, make_room, planted_on_volume
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("disk"),
]

RATE = 50


@pytest.fixture(autouse=True)
def volumes() -> None:
    """Asked when a test runs, not when tests are collected."""
    if not can_make_volumes():
        pytest.skip("this user may not make volumes")


def checks(plant: Installation) -> dict[str, Any]:
    """What the installation says of itself; nothing when it does not answer."""
    try:
        with urllib.request.urlopen(plant.url("/health/ready"), timeout=5) as answer:  # noqa: S310 - loopback
            return dict(json.load(answer)["checks"])
    except urllib.error.HTTPError as refused:
        return dict(json.load(refused)["checks"])
    except OSError:
        return {}


def test_before_the_disk_is_full_senders_are_told_to_come_back() -> None:
    with Target() as target, planted_on_volume(900, target, INTERLOCK_DISK_RESERVE=str(50 * MIB)) as plant:
        with Sender(plant.url("/in/faults"), SECRET, rate=RATE) as sender:
            until(lambda: len(sender.acknowledged) >= 100, within=60)
            fill(plant, 80 * MIB)
            until(lambda: sender.answers.get(503, 0) > 0, within=30)
            said = checks(plant)["pressure"]
            assert said.startswith("all senders but those of critical integrations are told to come back: ")
            assert said.endswith(" MiB are free on the database's volume")
            make_room(plant)
            before = len(sender.acknowledged)
            until(lambda: len(sender.acknowledged) >= before + 100, within=60)
            assert checks(plant)["pressure"] == "ok"
        until(lambda: drained(plant), within=120)
        nothing_was_lost(plant, target, sender)


def test_when_the_disk_is_full_nothing_is_acknowledged_that_is_not_kept() -> None:
    """Without the reserve: the database itself runs out of room, in the middle of everything."""
    with Target() as target, planted_on_volume(900, target, INTERLOCK_DISK_RESERVE="0") as plant:
        with Sender(plant.url("/in/faults"), SECRET, rate=RATE) as sender:
            until(lambda: len(sender.acknowledged) >= 100, within=60)
            fill_up(plant)
            refused = sender.answers.get(503, 0)
            until(lambda: _filled(plant) and sender.answers.get(503, 0) > refused + 20, within=45)
            make_room(plant)
            before = len(sender.acknowledged)
            until(lambda: len(sender.acknowledged) >= before + 100, within=90)
        until(lambda: drained(plant), within=120)
        nothing_was_lost(plant, target, sender)


def _filled(plant: Installation) -> bool:
    fill_up(plant)
    return True
