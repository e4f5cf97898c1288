from __future__ import annotations

import numpy as np
import pytest

from features.ledger import Ledger
from features.packing import RowError, pack_rows, unpack_row


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x7frest", b"\xff"])
def test_rows_of_unknown_versions_are_refused(data: bytes) -> None:
    with pytest.raises(RowError, match="version"):
        unpack_row(Ledger(), "c1", data)


def test_no_slots_are_no_rows() -> None:
    assert len(pack_rows(Ledger(), np.zeros(0, np.int64))) == 0
