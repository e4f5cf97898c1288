"""What the topic of rulebooks holds: each version's text, and who put which version in force, and when.

Two kinds of record, by key: `text:VERSION` holds a rulebook, `published:TIME:VERSION` says that it came into
force. The topic is compacted: a version's text is kept once, and every publication for ever. The last
publication counts, so that going back is publishing the old version once more. A version means one text:
another one needs a new name.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

_TEXT: Final = b"text:"
_PUBLISHED: Final = b"published:"


class Text(msgspec.Struct, frozen=True):
    """A rulebook file."""

    version: str
    digest: str
    text: str


class Publication(msgspec.Struct, frozen=True):
    """A version put in force."""

    version: str
    digest: str
    by: str
    at: str
    """RFC 3339, UTC."""
    note: str | None = None


Pair = tuple[bytes, bytes]

_text_decoder: Final = msgspec.json.Decoder(Text)
_publication_decoder: Final = msgspec.json.Decoder(Publication)


def digest_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_record(version: str, text: str) -> Pair:
    """Key and value of a text."""
    return _TEXT + version.encode(), msgspec.json.encode(Text(version, digest_of(text), text))


def publication_record(publication: Publication) -> Pair:
    """Key and value of a publication."""
    key = _PUBLISHED + f"{publication.at}:{publication.version}".encode()
    return key, msgspec.json.encode(publication)


class Shelf:
    """The topic, record by record in its order."""

    def __init__(self) -> None:
        self.texts: dict[str, Text] = {}
        self.publications: list[Publication] = []

    def take(self, key: bytes | None, value: bytes | None) -> Publication | None:
        """Take a record; the publication, if it is one. Raises msgspec.MsgspecError for what is neither."""
        if key is None or value is None:
            return None
        if key.startswith(_TEXT):
            text = _text_decoder.decode(value)
            self.texts[text.version] = text
            return None
        publication = _publication_decoder.decode(value)
        self.publications.append(publication)
        return publication

    @property
    def in_force(self) -> Publication | None:
        """The last publication whose text is there."""
        return next((p for p in reversed(self.publications) if self._whole(p)), None)

    def text_of(self, version: str) -> str | None:
        """The text of a version."""
        found = self.texts.get(version)
        return None if found is None else found.text

    def _whole(self, publication: Publication) -> bool:
        text = self.texts.get(publication.version)
        return text is not None and text.digest == publication.digest
