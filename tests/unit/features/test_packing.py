from __future__ import annotations

import pytest

from features.ledger import Ledger
from features.packing import RowError, unpack_row


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x03rest", b"\xff"])
def test_rows_of_unknown_versions_are_refused(data: bytes) -> None:
    with pytest.raises(RowError, match="version"):
        unpack_row(Ledger(), "c1", data)
