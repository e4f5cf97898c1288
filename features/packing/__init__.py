"""State rows as bytes: a version byte, then integers of variable length; what is empty takes no room.

Rows of older versions are read, by a file of their own each; what is written is always of the newest.
"""

from __future__ import annotations

from features.packing.rows import RowError, pack_rows, unpack_row, unpack_rows

__all__ = ["RowError", "pack_rows", "unpack_row", "unpack_rows"]
