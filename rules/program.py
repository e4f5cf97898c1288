"""Conditions compiled together into one program for the machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rules import machine
from rules.machine import FALSE, TRUE, Matrix, Truths
from rules.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Between,
    Comparison,
    Condition,
    Count,
    Fact,
    Known,
    Number,
    OneOf,
    Sum,
    Value,
)

_COMPARISON: Final = {
    ">=": (machine.AT_LEAST, TRUE, FALSE),
    "<": (machine.AT_LEAST, FALSE, TRUE),
    ">": (machine.ABOVE, TRUE, FALSE),
    "<=": (machine.ABOVE, FALSE, TRUE),
    "==": (machine.EQUAL, TRUE, FALSE),
    "!=": (machine.EQUAL, FALSE, TRUE),
}
_ARITHMETIC: Final = {"+": machine.ADD, "-": machine.SUBTRACT, "*": machine.MULTIPLY, "/": machine.DIVIDE}
_AT_ONCE: Final = 255
"""A count of truths is a byte."""


class Program:
    """Conditions that are evaluated together. What they have in common is computed once."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._columns: dict[int, int] = {}
        self._constants: dict[float, int] = {}
        self._sums: dict[Sum, int] = {}
        self._truths: dict[Condition, int] = {}
        self._steps: list[list[int]] = []
        self._next_number = self._next_truth = 0
        for condition in conditions:
            self._note(condition)
        self._next_number = len(self._columns) + len(self._constants)
        results = [self._truth(condition) for condition in conditions]
        registers = _Registers(self._steps, results, self._next_truth)
        self._results: NDArray[np.int64] = np.array([registers.of[n] for n in results], np.int64)
        self._program: NDArray[np.int64] = np.array(registers.steps, np.int64).reshape(-1, 6)
        self._loads: NDArray[np.int64] = np.array(list(self._columns), np.int64)
        self._values: NDArray[np.float64] = np.array(list(self._constants), np.float64)
        self._registers = registers.count
        self.width: Final = max(self._columns, default=-1) + 1
        """How many columns a matrix must have for it."""

    def __len__(self) -> int:
        """The number of instructions."""
        return len(self._program)

    def run(self, matrix: Matrix) -> Truths:
        """1 true, 2 false, 0 unknown: (conditions, rows)."""
        truths: Truths = machine.execute(
            matrix,
            self._loads,
            self._values,
            self._program,
            self._next_number,
            self._registers,
            self._results,
        )
        return truths

    # --- what is needed ---

    def _note(self, condition: Condition) -> None:
        """Give each column and each constant its register, before anything is computed."""
        if isinstance(condition, AllOf | AnyOf | AtLeast):
            for part in condition.parts:
                self._note(part)
        elif isinstance(condition, Count):
            self._note_value(Fact(condition.certain))
            self._note_value(Fact(condition.possible))
            self._note_value(Number(condition.wanted))
        elif isinstance(condition, Comparison):
            self._note_value(condition.left)
            self._note_value(condition.right)
        else:
            self._note_value(condition.value)
            if isinstance(condition, Between):
                self._note_value(condition.low)
                self._note_value(condition.high)
            elif isinstance(condition, OneOf):
                for choice in condition.choices:
                    self._note_value(choice)

    def _note_value(self, value: Value) -> None:
        if isinstance(value, Number):
            self._constants.setdefault(float(value.value), len(self._constants))
        elif isinstance(value, Fact):
            self._columns.setdefault(value.column, len(self._columns))
        else:
            self._note_value(value.left)
            self._note_value(value.right)

    # --- instructions ---

    def _number(self, value: Value) -> int:
        if isinstance(value, Number):
            return len(self._columns) + self._constants[float(value.value)]
        if isinstance(value, Fact):
            return self._columns[value.column]
        register = self._sums.get(value)
        if register is None:
            left, right = self._number(value.left), self._number(value.right)
            register = self._sums[value] = self._next_number
            self._next_number += 1
            self._steps.append([_ARITHMETIC[value.operator], register, left, right, 0, 0])
        return register

    def _truth(self, condition: Condition) -> int:
        register = self._truths.get(condition)
        if register is None:
            register = self._truths[condition] = self._new_truth(condition)
        return register

    def _new_truth(self, condition: Condition) -> int:
        if isinstance(condition, AllOf | AnyOf):
            op = machine.AND if isinstance(condition, AllOf) else machine.OR
            return self._joined(op, [self._truth(part) for part in condition.parts])
        if isinstance(condition, AtLeast):
            return self._tallied(condition)
        if isinstance(condition, Comparison):
            return self._compared(condition.symbol, condition.left, condition.right)
        if isinstance(condition, Count):
            return self._counted(condition)
        return self._looked_at(condition)

    def _looked_at(self, leaf: Between | OneOf | Known) -> int:
        if isinstance(leaf, Known):
            number = self._number(leaf.value)
            return self._emit(machine.KNOWN, number, number, (FALSE, TRUE) if leaf.negated else (TRUE, FALSE))
        if isinstance(leaf, Between):
            low, high = ("<", ">") if leaf.negated else (">=", "<=")
            parts = [self._compared(low, leaf.value, leaf.low), self._compared(high, leaf.value, leaf.high)]
            return self._joined(machine.OR if leaf.negated else machine.AND, parts)
        symbol = "!=" if leaf.negated else "=="
        parts = [self._compared(symbol, leaf.value, choice) for choice in leaf.choices]
        return self._joined(machine.AND if leaf.negated else machine.OR, parts)

    def _compared(self, symbol: str, left: Value, right: Value) -> int:
        op, yes, no = _COMPARISON[symbol]
        return self._emit(op, self._number(left), self._number(right), (yes, no))

    def _counted(self, count: Count) -> int:
        """Certain ones decide that it holds, possible ones that it does not."""
        wanted = Number(count.wanted)
        yes, no = (FALSE, TRUE) if count.negated else (TRUE, FALSE)
        reached = self._emit(
            machine.AT_LEAST, self._number(Fact(count.certain)), self._number(wanted), (yes, 0)
        )
        missed = self._emit(
            machine.AT_LEAST, self._number(Fact(count.possible)), self._number(wanted), (0, no)
        )
        # each knows one bit only; together they know both
        return self._emit(machine.EITHER, reached, missed)

    def _tallied(self, condition: AtLeast) -> int:
        parts = [self._truth(part) for part in condition.parts]
        if len(parts) > _AT_ONCE:
            raise ValueError(f"at_least takes {_AT_ONCE} conditions at the most")
        counts = self._next_truth
        self._next_truth += 2
        for place, part in enumerate(parts):
            self._steps.append([machine.TALLY, counts, part, 0, int(place == 0), 0])
        return self._emit(machine.REACHED, counts, condition.wanted)

    def _joined(self, op: int, parts: list[int]) -> int:
        joined = parts[0]
        for part in parts[1:]:
            joined = self._emit(op, joined, part)
        return joined

    def _emit(self, op: int, left: int, right: int, bits: tuple[int, int] = (0, 0)) -> int:
        register = self._next_truth
        self._next_truth += 1
        self._steps.append([op, register, left, right, *bits])
        return register


class _Registers:
    """Few registers for many truths: one is free again after its truth was read last."""

    def __init__(self, steps: list[list[int]], results: list[int], truths: int) -> None:
        last = dict.fromkeys(results, len(steps))
        for place, step in enumerate(steps):
            for read in _reads(step):
                last[read] = max(place, last.get(read, 0))
        self.of = dict.fromkeys(range(truths), 0)
        self.count = 0
        self.steps: list[list[int]] = []
        free: list[int] = []
        taken: set[int] = set()
        for place, (op, to, left, right, yes, no) in enumerate(steps):
            reads = _reads(steps[place])
            if op >= machine.AT_LEAST and to not in taken:
                wide = op == machine.TALLY
                self.of[to] = self._fresh(2) if wide or not free else free.pop()
                taken.update((to, to + 1) if wide else (to,))
                if wide:
                    self.of[to + 1] = self.of[to] + 1
            if op >= machine.AND:
                left = self.of[left]  # noqa: PLW2901  # the physical register in place of the truth's number
                right = right if op in (machine.TALLY, machine.REACHED) else self.of[right]  # noqa: PLW2901
            self.steps.append([op, self.of[to] if op >= machine.AT_LEAST else to, left, right, yes, no])
            free += [self.of[read] for read in sorted(set(reads)) if last[read] == place and read != to]

    def _fresh(self, count: int) -> int:
        self.count += count
        return self.count - count


def _reads(step: list[int]) -> list[int]:
    """The truths that an instruction reads."""
    op, to, left, right, _, _ = step
    if op < machine.AND:
        return []
    if op == machine.TALLY:
        return [left, to, to + 1]
    return [left, left + 1] if op == machine.REACHED else [left, right]
