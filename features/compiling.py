"""How the functions that compiled passes are made of are compiled.

Numba counts references to arrays as Python does, by an atomic instruction whenever a function is handed one
or takes a row of one: two thirds of reading a record were that. A function that makes no array needs none of
it; it borrows what its caller holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_UNCOUNTED: Final[Any] = {"cache": True, "_nrt": False}  # Numba's own name for it; its types do not tell it

borrowing: Final = cast("Callable[[F], F]", njit(**_UNCOUNTED))
"""Compiles a function that makes no array and gives none back."""
spliced: Final = cast("Callable[[F], F]", njit(**_UNCOUNTED, forceinline=True))
"""The same for a small one: its code stands wherever it is called."""
