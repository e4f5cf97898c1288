"""What 50 rules of 4 terms cost a row: python tests/bench/rules_bench.py [--no-others]

Beside ours, where installed (pip install zen-engine cel-python common-expression-language): the same rules in
GoRules' zen engine and in two of CEL's Python packages. These take one row at a time, and fewer of them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rules.expression import compile_expression
from rules.facts import FACTS
from rules.program import Program

RULES: Final = 50
TERMS: Final = 4
SIZES: Final = (30, 300, 3_000, 8_192, 50_000)
SINGLE_ROWS: Final = 200


def terms(seed: int = 7) -> list[list[tuple[str, str, float]]]:
    """Rules of four comparisons each, over 40 facts; `((a and b) or c) and d`."""
    draw = random.Random(seed)
    facts = [fact for fact in FACTS[5:] if not fact.name.startswith("account")]
    return [
        [
            (draw.choice(facts).name, draw.choice((">=", ">", "<=", "<")), round(draw.uniform(0, 5), 2))
            for _ in range(TERMS)
        ]
        for _ in range(RULES)
    ]


def written(rule: list[tuple[str, str, float]], name: Callable[[str], str]) -> str:
    a, b, c, d = (f"{name(fact)} {symbol} {bound}" for fact, symbol, bound in rule)
    return f"(({a} and {b}) or {c}) and {d}"


def book(rows: int, unknown: float, seed: int = 3) -> NDArray[np.float64]:
    draw = np.random.default_rng(seed)
    matrix = draw.uniform(0, 5, (rows, len(FACTS)))
    matrix[draw.random(matrix.shape) < unknown] = np.nan
    return matrix


def fastest(run: Callable[[], Any], times: int) -> float:
    """Median of the five best of `times`, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(sorted(taken)[:5])


def ours(rules: list[list[tuple[str, str, float]]]) -> None:
    program = Program([compile_expression(written(rule, str)).condition for rule in rules])
    print(f"ours: {len(program)} instructions")
    for size in SIZES:
        matrix = book(size, 0.1)
        program.run(matrix)
        seconds = fastest(lambda m=matrix: program.run(m), 30)  # type: ignore[misc]
        print(f"  {size:>6} rows  {seconds / size * 1e6:7.3f} µs a row and rule-set")


def per_row(name: str, run: Callable[[int], Any]) -> None:
    run(0)
    start = time.perf_counter()
    for row in range(SINGLE_ROWS):
        run(row)
    print(f"{name}: {(time.perf_counter() - start) / SINGLE_ROWS * 1e6:9.1f} µs a row and rule-set")


def others(rules: list[list[tuple[str, str, float]]]) -> None:
    flat = {fact.name: "f_" + fact.name.replace(".", "_") for fact in FACTS}
    matrix = book(SINGLE_ROWS, 0.0)  # CEL has no unknown: all values are known here
    rows = [dict(zip(flat.values(), row, strict=True)) for row in matrix.tolist()]
    sources = [written(rule, flat.__getitem__) for rule in rules]
    truth = [[row_truth(rule, row) for rule in rules] for row in matrix.tolist()]
    zen(sources, rows, truth)
    cel_in_rust(sources, rows, truth)
    cel_in_python(sources, rows, truth)


def row_truth(rule: list[tuple[str, str, float]], row: list[float]) -> bool:
    return compile_expression(written(rule, str)).truth(row) is True


def checked(name: str, found: list[list[bool]], truth: list[list[bool]]) -> None:
    assert found == truth, f"{name} does not agree"


def zen(sources: list[str], rows: list[dict[str, float]], truth: list[list[bool]]) -> None:
    try:
        import zen as engine  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("zen-engine: not installed")
        return
    expressions = [engine.compile_expression(source) for source in sources]
    found = [[bool(e.evaluate(row)) for e in expressions] for row in rows]
    checked("zen-engine", found, truth)
    per_row("zen-engine (compiled expressions)", lambda n: [e.evaluate(rows[n]) for e in expressions])
    whole = engine.compile_expression("[" + ", ".join(sources) + "]")
    per_row("zen-engine (one expression for all)", lambda n: whole.evaluate(rows[n]))


def cel_in_rust(sources: list[str], rows: list[dict[str, float]], truth: list[list[bool]]) -> None:
    try:
        import cel  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("common-expression-language: not installed")
        return
    programs = [cel.compile(source.replace(" and ", " && ").replace(" or ", " || ")) for source in sources]
    found = [[bool(p.execute(row)) for p in programs] for row in rows]
    checked("CEL", found, truth)
    per_row("common-expression-language (CEL)", lambda n: [p.execute(rows[n]) for p in programs])


def cel_in_python(sources: list[str], rows: list[dict[str, float]], truth: list[list[bool]]) -> None:
    try:
        import celpy  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("cel-python: not installed")
        return
    environment = celpy.Environment()
    programs = [
        environment.program(environment.compile(s.replace(" and ", " && ").replace(" or ", " || ")))
        for s in sources
    ]
    activations = [celpy.json_to_cel(row) for row in rows[:20]]
    found = [[bool(p.evaluate(activation)) for p in programs] for activation in activations]
    checked("cel-python", found, truth[:20])
    per_row("cel-python", lambda n: [p.evaluate(activations[n % 20]) for p in programs])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--no-others", action="store_true")
    chosen = options.parse_args()
    rules = terms()
    assert all(not math.isnan(bound) for rule in rules for _, _, bound in rule)
    print(json.dumps({"rules": RULES, "terms": TERMS}))
    ours(rules)
    if not chosen.no_others:
        others(rules)


if __name__ == "__main__":
    main()
