"""Records, check sums and the choice of a partition, against bytes and numbers of Kafka's own."""

from __future__ import annotations

import pytest

from connectors.kafka.records import Record, batch, crc32c, murmur2, partition
from connectors.kafka.scram import Scram
from connectors.kafka.wire import varint

#: A batch of one record, "123" without a key, as a broker of Kafka 0.11 kept it; the broker set the first number of
#: the second line, its leader's epoch, which the check sum leaves out.
KEPT = bytes.fromhex(
    "00000000000000000000003b"
    "00000001"
    "020318a270000000000000"
    "0000015dff7b063c0000015dff7b063cffffffffffffffffffffffffffff"
    "0000000112000000010631323300"
)


def test_a_batch_is_the_one_that_a_broker_keeps() -> None:
    made = batch([Record(None, b"123", {})], 0x15DFF7B063C)
    assert made == KEPT[:12] + b"\xff\xff\xff\xff" + KEPT[16:]


def test_a_record_has_its_key_its_value_and_its_headers() -> None:
    made = batch([Record(b"k", b"v", {}), Record(b"", b"", {"a": "ü"})], 0)
    assert made[61:].hex() == "10000000026b027600" + "16000002000002" + "0261" + "04c3bc"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(reversed(range(32))), 0x113FDB5C),
    ],
)
def test_the_check_sum_is_that_of_rfc_3720(content: bytes, expected: int) -> None:
    assert crc32c(content) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_of_a_key_is_the_one_in_kafkas_own_tests(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected & 0xFFFFFFFF
    assert partition(key, 7) == (expected & 0x7FFFFFFF) % 7


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "00"), (-1, "01"), (1, "02"), (63, "7e"), (64, "8001"), (-64, "7f"), (-65, "8101"), (300, "d804")],
)
def test_small_numbers_are_short(number: int, expected: str) -> None:
    assert varint(number).hex() == expected


def test_the_proof_of_a_password_is_that_of_rfc_7677() -> None:
    scram = Scram("SCRAM-SHA-256", "user", "pencil", nonce="rOprNGfwEbeRWgbNEkqO")
    assert scram.first() == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    assert scram.final(f"r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".encode()) == (
        f"c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=".encode()
    )
    scram.check(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
