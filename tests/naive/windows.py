"""Measures x windows x forms, recency and the sketches, naively."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.naive.history import History, Spent

Values = dict[str, Any]
WINDOWS = (1, 3, 7, 14, 30, 60, 90)
WEEKS = {60: 9, 90: 13}


def spent(move: Spent) -> bool:
    return move.kind in ("purchase", "cash_advance")


def of_mcc(*codes: str) -> Callable[[Spent], bool]:
    return lambda move: spent(move) and move.record.get("mcc") in codes


def at_night(move: Spent) -> bool:
    hour = move.at // 3_600_000_000 % 24
    return spent(move) and (hour >= 22 or hour < 6)


MEASURES: dict[str, Callable[[Spent], bool]] = {
    "purchase": lambda move: move.kind == "purchase",
    "cash": lambda move: move.kind == "cash_advance",
    "refund": lambda move: move.kind == "refund",
    "fee": lambda move: move.kind == "fee",
    "interest": lambda move: move.kind == "interest",
    "payment": lambda move: move.kind == "payment",
    "spend": spent,
    "online": lambda move: spent(move) and move.record.get("channel") == "online",
    "foreign": lambda move: spent(move) and move.foreign,
    "night": at_night,
    "round": lambda move: spent(move) and move.amount % 1000 == 0,
    "gambling": of_mcc("7800", "7801", "7802", "7995"),
    "pawn": of_mcc("5933"),
    "jewellery": of_mcc("5094", "5944"),
}


def week(day: int) -> int:
    """Ordinal 1, 1 January of the year 1, was a Monday."""
    return (day - 1) // 7


def inside(day: int, today: int, days: int) -> bool:
    if days in WEEKS:
        return week(today) - week(day) < WEEKS[days]
    return today - day < days


def ratio(over: float, under: float | None) -> Fraction | None:
    return Fraction(over) / Fraction(under) if under else None


def windows(history: History, today: int, limit: int | None, income: int | None) -> Values:
    values: Values = {}
    sums: dict[tuple[str, int], int] = {}
    for name, takes in MEASURES.items():
        mine = [move for move in history.moves if takes(move)]
        values[f"{name}.recency"] = today - max(move.day for move in mine) if mine else None
        for days in WINDOWS:
            amounts = [move.amount for move in mine if inside(move.day, today, days)]
            total = sums[name, days] = sum(amounts)
            values[f"{name}.sum.{days}d"] = total
            values[f"{name}.count.{days}d"] = len(amounts)
            values[f"{name}.mean.{days}d"] = ratio(total, len(amounts))
            values[f"{name}.max.{days}d"] = max(amounts, default=0)
            values[f"{name}.to_limit.{days}d"] = ratio(total, limit)
            values[f"{name}.to_income.{days}d"] = ratio(total, income)
        values[f"{name}.z.7d"] = z_score(history, mine, today)
    for name in MEASURES:
        for days in WINDOWS:
            values[f"{name}.share.{days}d"] = ratio(sums[name, days], sums["spend", days])
        for short, long in ((7, 30), (30, 90)):
            pace = ratio(sums[name, short] * long, sums[name, long] * short)
            values[f"{name}.trend.{short}d_{long}d"] = pace
    values |= sketches(history, today)
    return values


def z_score(history: History, mine: list[Spent], today: int) -> float | None:
    first = next((move.day for move in history.moves if move.kind != "payment"), None)
    if first is None:
        return None
    weeks = range(max(week(first), week(today) - 12), week(today))
    sums = [sum(move.amount for move in mine if week(move.day) == number) for number in weeks]
    if len(sums) < 4 or len(set(sums)) == 1:
        return None
    mean = Fraction(sum(sums), len(sums))
    variance = sum((number - mean) ** 2 for number in sums) / len(sums)
    now = sum(move.amount for move in mine if today - move.day < 7)
    return float(now - mean) / math.sqrt(variance)


def text_hash(text: str) -> int:
    """FNV-1a, then the finaliser of MurmurHash3."""
    state, whole = 0xCBF29CE484222325, 2**64 - 1
    for byte in text.encode():
        state = (state ^ byte) * 0x100000001B3 & whole
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        state = (state ^ state >> 33) * factor & whole
    return state ^ state >> 33


def sketches(history: History, today: int) -> Values:
    values: Values = {}
    for name, key, places in (("merchants", "merchant_id", 64), ("cities", "city", 16)):
        for days in WINDOWS:
            hit = {
                text_hash(move.record[key]) % places
                for move in history.moves
                if spent(move) and move.record.get(key) is not None and today - move.day < days
            }
            n = min(len(hit), places - 1)
            values[f"{name}.distinct.{days}d"] = round(places * math.log(places / (places - n)))
    return values
