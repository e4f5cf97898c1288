"""Features of the Taiwan cardholders: the file's own columns, and what they tell together.

Month 0 is the newest (September 2005). Money in NT$. A payment of month m answers the bill of month m + 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.taiwan.reading import MONTHS, read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Book(NamedTuple):
    """names: k features. rows: float64[n, k], NaN unknown. labels: int64[n], 1 bad."""

    names: tuple[str, ...]
    rows: NDArray[np.float64]
    labels: NDArray[np.int64]


def taiwan_book(file: str | Path) -> Book:
    """All cardholders of the file, in its order."""
    cardholders = list(read(file))
    limit = np.array([one.limit for one in cardholders], np.float64)
    status = np.array([one.status[::-1] for one in cardholders], np.float64)
    bill = np.array([one.bill[::-1] for one in cardholders], np.float64)
    paid = np.array([one.paid[::-1] for one in cardholders], np.float64)
    columns = {"limit": limit, **_monthly(limit, status, bill, paid), **_delay(status)}
    columns |= _use(limit, bill, paid)
    labels = np.array([one.defaulted for one in cardholders], np.int64)
    return Book(tuple(columns), np.column_stack(list(columns.values())), labels)


def _monthly(
    limit: NDArray[np.float64],
    status: NDArray[np.float64],
    bill: NDArray[np.float64],
    paid: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    columns: dict[str, NDArray[np.float64]] = {}
    for m in range(MONTHS):
        columns[f"status.{m}"] = status[:, m]
        columns[f"balance.{m}"] = bill[:, m]
        columns[f"paid.{m}"] = paid[:, m]
        columns[f"utilisation.{m}"] = bill[:, m] / limit
        columns[f"paid_to_limit.{m}"] = paid[:, m] / limit
    for m in range(MONTHS - 1):
        columns[f"paid_share.{m}"] = _ratio(paid[:, m], bill[:, m + 1])
    return columns


def _delay(status: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    late = np.maximum(status, 0.0)
    ever = (late > 0.0).any(axis=1)
    return {
        "late.max": late.max(axis=1),
        "late.max3": late[:, :3].max(axis=1),
        "late.months": (late > 0.0).sum(axis=1),
        "late.months2": (late >= 2.0).sum(axis=1),
        "late.sum": late.sum(axis=1),
        "late.since": np.where(ever, (late > 0.0).argmax(axis=1), MONTHS),
        "late.weighted": late @ 0.6 ** np.arange(MONTHS),
        "status.sum": status.sum(axis=1),
        "status.weighted": status @ 0.7 ** np.arange(MONTHS),
        "months.unused": (status == -2.0).sum(axis=1),
        "months.paid_in_full": (status == -1.0).sum(axis=1),
    }


def _use(
    limit: NDArray[np.float64], bill: NDArray[np.float64], paid: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    used = bill / limit[:, None]
    return {
        "utilisation.mean": used.mean(axis=1),
        "utilisation.max": used.max(axis=1),
        "utilisation.min": used.min(axis=1),
        "utilisation.trend": used[:, 0] - used[:, -1],
        "utilisation.step": used[:, 0] - used[:, 1],
        "paid.share": _ratio(paid[:, :-1].sum(axis=1), np.maximum(bill[:, 1:], 0.0).sum(axis=1)),
        "paid.none": (paid == 0.0).sum(axis=1),
        "paid.max": paid.max(axis=1),
        "paid.min": paid.min(axis=1),
        "paid.sum": paid.sum(axis=1),
        "paid.to_limit": paid.sum(axis=1) / limit,
        "balance.max": bill.max(axis=1),
        "headroom": limit - bill[:, 0],
    }


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN where there was nothing to pay."""
    found: NDArray[np.float64] = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0.0)
    return found
