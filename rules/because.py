"""Why a rule was hit: sentences its author writes (English and Chinese), filled in with what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Annotated, Final

from pydantic import Field

from rules.facts import COLUMN, nearest
from rules.policy import Written
from rules.scalar import Shown
from rules.wording import Language, fact_text, quantity, window_text

Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Sentences = Sentence | Annotated[list[Sentence], Field(min_length=1, max_length=40)]

PLACEHOLDERS: Final = ("observed", "threshold", "breached_by", "window")
"""Of the term that is shown; besides these any name of the catalogue may stand in braces."""


class Because(Written):
    """The reason code of a rule, and what it tells people."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = None
    """What output records carry; the rule's id if left out."""
    en: Sentences
    """One sentence, or one for each term of `when`."""
    zh: Sentences | None = None

    def sentence(self, term: int, language: Language) -> str | None:
        """The template for a term; None when there is none in that language."""
        written = self.en if language == "en" else self.zh
        if written is None or isinstance(written, str):
            return written
        return written[min(term, len(written) - 1)]


def bad_placeholder(template: str) -> str | None:
    """What is wrong with a template's braces, if anything."""
    try:
        for name in names_in(template):
            if name not in PLACEHOLDERS and name not in COLUMN:
                return f"unknown name {{{name}}}{nearest(name, (*PLACEHOLDERS, *COLUMN))}"
    except ValueError as error:
        return str(error)
    return None


def names_in(template: str) -> Iterator[str]:
    """The names in a template's braces. Raises ValueError where braces are not paired or hold more."""
    for _, name, form, conversion in Formatter().parse(template):
        if form or conversion:
            raise ValueError(f"{{{name}}} stands alone: no format, no conversion")
        if name is not None:
            yield name


def filled(
    template: str,
    trace: tuple[Shown, str, Shown],
    column: int | None,
    window: str | None,
    row: Sequence[float],
    language: Language = "en",
) -> str:
    """A template with what was seen: only names are replaced, nothing is evaluated."""
    observed, _, threshold = trace
    breached = None if observed is None or threshold is None else observed - threshold
    seen = {
        "observed": quantity(observed, column, language),
        "threshold": quantity(threshold, column, language),
        "breached_by": quantity(breached, column, language),
        "window": window_text(window, language),
    }
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(seen[name] if name in seen else fact_text(COLUMN[name], row[COLUMN[name]], language))
    return "".join(parts)
