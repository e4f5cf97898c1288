"""Arrays inside JSON: shape, and the bytes of little-endian float64, compressed (base64 in JSON)."""

import math
import zlib
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray


class Packed(msgspec.Struct, frozen=True):
    """An array, exact to the bit."""

    shape: tuple[int, ...]
    squeezed: bytes

    @classmethod
    def of(cls, array: NDArray[np.float64]) -> Self:
        return cls(array.shape, zlib.compress(np.ascontiguousarray(array).astype("<f8").tobytes(), 6))

    def array(self) -> NDArray[np.float64]:
        """float64 of the shape. Raises ValueError if the bytes are not that."""
        wanted = 8 * math.prod(self.shape)
        unzip = zlib.decompressobj()
        try:
            raw = unzip.decompress(self.squeezed, wanted + 1)
        except zlib.error as error:
            raise ValueError(f"not an array: {error}") from None
        if len(raw) != wanted:
            raise ValueError(f"an array of shape {self.shape} has {wanted} bytes, not {len(raw)}")
        return np.frombuffer(raw, "<f8").reshape(self.shape).astype(np.float64)
