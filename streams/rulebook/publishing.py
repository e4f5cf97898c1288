"""Puts a rulebook in force, if nothing speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.rulebook import Reading
from rules.trial import try_examples
from streams.rulebook.shelf import Publication, digest_of, publication_record, text_record

if TYPE_CHECKING:
    from streams.rulebook.shelf import Pair, Shelf


class PublishingRefusedError(ValueError):
    """Why a rulebook may not be put in force."""


def checked(text: str, name: str) -> Reading:
    """A rulebook that passes `rules check`. Raises RulebookError, or PublishingRefusedError for examples."""
    reading = Reading(text, name)
    failures = try_examples(reading.book).failures
    if failures:
        raise PublishingRefusedError("\n".join(reading.tell(one.path, one.message) for one in failures))
    return reading


def records_of(
    shelf: Shelf, reading: Reading, text: str, *, by: str, at: str, note: str | None = None
) -> list[Pair]:
    """What to append; nothing when the version is in force already.

    Raises PublishingRefusedError when the version is known with another text.
    """
    version, digest = reading.book.version, digest_of(text)
    known = shelf.texts.get(version)
    if known is not None and known.digest != digest:
        raise PublishingRefusedError(
            f"version {version} was published with another text: give the new one a new version"
        )
    in_force = shelf.in_force
    if in_force is not None and (in_force.version, in_force.digest) == (version, digest):
        return []
    publication = publication_record(Publication(version, digest, by, at, note))
    return [publication] if known is not None else [text_record(version, text), publication]
