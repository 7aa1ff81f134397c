"""The embedded Valkey: on a socket only, and nothing on the disk keeps it from starting."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import redis

from controlplane.standalone.valkey import EmbeddedValkey
from tests.standalone.waiting import until


def test_it_keeps_broker_and_cache_apart(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as valkey, redis.Redis.from_url(valkey.places.cache_url) as cache:
        cache.set("key", "cached")
        with redis.Redis(unix_socket_path=str(valkey.places.valkey_socket), db=0) as broker:
            assert broker.get("key") is None
            assert broker.config_get("port") == {"port": "0"}
            assert broker.config_get("stop-writes-on-bgsave-error") == {"stop-writes-on-bgsave-error": "no"}
        assert stat.S_IMODE(valkey.places.valkey_socket.stat().st_mode) == 0o700


def test_nothing_is_kept_on_the_disk(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path)
    with valkey, redis.Redis.from_url(valkey.places.cache_url) as client:
        client.rpush("queue", "ring")
    assert list(valkey.data.iterdir()) == []


def test_a_damaged_file_of_an_earlier_version_is_no_obstacle(tmp_path: Path) -> None:
    (kept := tmp_path / "valkey" / "appendonlydir").mkdir(parents=True)
    (kept / "appendonly.aof.manifest").write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    (kept / "appendonly.aof.1.incr.aof").write_bytes(bytes(512))
    with EmbeddedValkey(tmp_path) as valkey:
        assert valkey.answers()


def test_it_starts_again_after_a_kill(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path).start()
    with redis.Redis.from_url(valkey.places.cache_url) as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not valkey.answers())
    valkey.stop()
    with EmbeddedValkey(tmp_path) as again:
        assert again.answers()


def test_the_caches_keys_give_way_when_memory_is_short_and_queues_stay(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as valkey, redis.Redis.from_url(valkey.places.cache_url) as client:
        client.config_set("maxmemory", "4mb")
        client.rpush("queue", "ring")
        for number in range(400):
            client.set(f"cached:{number}", "x" * 20_000, ex=600)
        assert client.lrange("queue", 0, -1) == [b"ring"]
        assert client.info("stats")["evicted_keys"] > 0
