"""What can go wrong behind a port, as the lanes tell it apart."""

from __future__ import annotations


class UnreachableError(Exception):
    """It did not answer, or not now. What was asked may or may not have happened; ask again later."""


class FencedError(Exception):
    """Somebody else owns the lane now. Drop everything."""


class LostError(Exception):
    """The store does not hold any more what it had confirmed. Claim the lane anew."""


class UnusableError(Exception):
    """It answers, but not with what is needed; a person must look. The message says at what."""


class HaltedError(Exception):
    """The lane's ticks have stopped while its feed goes on (contract 2.8)."""
