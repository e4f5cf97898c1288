"""The checksum of record batches, by the processor and by a table."""

from __future__ import annotations

import numpy as np
import pytest
from aiokafka.record.util import calc_crc32c

from streams.adapters import crc32c as checksum
from streams.adapters.crc32c import crc32c


def test_the_checksum_of_the_nine_digits_is_the_one_in_the_books() -> None:
    assert crc32c(np.frombuffer(b"123456789", np.uint8)) == 0xE3069283


@pytest.mark.parametrize("start", range(8))
def test_texts_of_any_length_and_alignment_have_the_checksum_that_the_client_gives(start: int) -> None:
    text = np.random.default_rng(start).integers(0, 256, 4_200).astype(np.uint8)
    for length in (*range(40), 4_096, 4_099):
        part = text[start : start + length]
        assert crc32c(part) == calc_crc32c(part.tobytes())


def test_without_the_instruction_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = np.arange(100, dtype=np.uint8)
    found = crc32c(text)
    monkeypatch.setattr(checksum, "HAS_INSTRUCTION", False)
    assert crc32c(text) == found
