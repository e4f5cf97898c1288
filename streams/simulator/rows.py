"""Rows of a month before they are rendered: who, when, and the columns of their kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from streams.simulator.vocabulary import NO_MERCHANT, NO_PLACE, SIGNS

if TYPE_CHECKING:
    from streams.simulator.clock import Bools, Ints


@dataclass(slots=True)
class Rows:
    """Some records of one kind: cardholder index, second since the epoch, columns by name."""

    who: Ints
    at: Ints
    columns: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.who)

    def only(self, mask: Bools) -> Rows:
        """Those rows that the mask keeps."""
        return Rows(
            self.who[mask], self.at[mask], {name: column[mask] for name, column in self.columns.items()}
        )


def joined(parts: list[Rows]) -> Rows:
    """All parts (at least one, of the same kind) as one."""
    names = parts[0].columns
    return Rows(
        np.concatenate([part.who for part in parts]),
        np.concatenate([part.at for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in names},
    )


def transactions(
    who: Ints,
    at: Ints,
    amount: Ints,
    type_: Ints | int,
    merchant: Ints | int = NO_MERCHANT,
    place: Ints | int = NO_PLACE,
) -> Rows:
    """Transaction rows; amounts in minor units, at least 1."""
    wide = np.zeros(len(who), np.int64)
    columns = {
        "amount": np.maximum(amount, 1),
        "type": wide + type_,
        "merchant": wide + merchant,
        "place": wide + place,
    }
    return Rows(who, at, columns)


@dataclass(slots=True)
class Ledger:
    """What moved balances this month: enough to know any cardholder's balance at any second of it."""

    size: int
    opening: Ints
    """Balance of each cardholder at the month's begin."""
    who: list[Ints] = field(default_factory=list)
    at: list[Ints] = field(default_factory=list)
    change: list[Ints] = field(default_factory=list)

    def add_transactions(self, rows: Rows) -> None:
        """Book purchases, cash, fees and interest up, refunds down."""
        self._add(rows, rows.columns["amount"] * SIGNS[rows.columns["type"]])

    def add_payments(self, rows: Rows) -> None:
        """Book payments down."""
        self._add(rows, -rows.columns["amount"])

    def _add(self, rows: Rows, change: Ints) -> None:
        self.who.append(rows.who)
        self.at.append(rows.at)
        self.change.append(change)

    def balance_at(self, at: Ints) -> Ints:
        """Balance of each cardholder just before its second `at` (below 0 when overpaid)."""
        if not self.who:
            return self.opening.copy()
        who, when, change = np.concatenate(self.who), np.concatenate(self.at), np.concatenate(self.change)
        before = when < at[who]
        sums = np.bincount(who[before], weights=change[before].astype(np.float64), minlength=self.size)
        return self.opening + np.rint(sums).astype(np.int64)
