"""What a rule may read: the features of the catalogue, and the champion model's score."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from features.catalogue import BY_COLUMN, CATALOGUE, EARLY_WIDTH, Feature
from features.inbound.layout import STATUSES

SCORE_FEATURES: Final = (
    Feature(
        "score.pd",
        "probability",
        "default probability by the champion model",
        "no champion has learned enough",
        since=1,
    ),
    Feature(
        "score.worst_band",
        "probability",
        "probability from which the champion's worst 1 % begins",
        "no champion has learned enough",
        since=1,
    ),
)

FACTS: Final = (*BY_COLUMN[:EARLY_WIDTH], *SCORE_FEATURES, *BY_COLUMN[EARLY_WIDTH:])
"""In the order of the columns."""
LISTED: Final = (*CATALOGUE[:EARLY_WIDTH], *SCORE_FEATURES, *CATALOGUE[EARLY_WIDTH:])
"""In the order in which they are read best."""
COLUMN: Final = {fact.name: column for column, fact in enumerate(FACTS)}
WIDTH_WITH_SCORE: Final = len(FACTS)
SCORE_PD: Final = COLUMN["score.pd"]
SCORE_BAND: Final = COLUMN["score.worst_band"]

COUNTED: Final = tuple(
    sorted(name.removesuffix(".possible") for name in COLUMN if name.endswith(".possible"))
)
"""What `at_least(n, …)` and `run_of(n, …)` can count."""

WORDS: Final[dict[str, tuple[str, ...]]] = {"account.status": STATUSES}
"""Facts whose codes have words; the code is the place of the word."""

PRODUCT: Final = "account.product"
"""Its words are the bank's own."""


def code_of(name: str, word: str) -> int:
    """The code of a word of a fact. Raises ValueError that tells the words there are."""
    if name == PRODUCT:
        from features.inbound.hashing import hash_texts, product_code  # numba

        return product_code(int(hash_texts([word])[0]))
    words = WORDS.get(name)
    if words is None:
        raise ValueError(f"words are known only of {', '.join(WORDS)}, {PRODUCT}")
    if word not in words:
        raise ValueError(f"{word!r} is none of {', '.join(words)}{nearest(word, words)}")
    return words.index(word)


def nearest(name: str, known: Iterable[str]) -> str:
    """`: did you mean …?`, or nothing when no known name is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.55)
    return f": did you mean {near[0]}?" if near else ""
