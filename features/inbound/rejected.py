"""Why a record is refused (contract 2.4)."""

from typing import Final

LONGEST_DETAIL: Final = 200


class Rejected(Exception):  # noqa: N818 -- it is a verdict on a record, not a failure of ours
    """One refused record.

    `code` is one of contract 2.4; `detail` names the field or the place and holds none of the record's text,
    so that no card number can leak through it. `kind` (a code of layout.KINDS) and `cardholder_id` are what
    could still be read: a file line of a known kind is told with its topic and partition (contract 2.7).
    """

    def __init__(
        self, code: str, detail: str, *, kind: int | None = None, cardholder_id: str | None = None
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:LONGEST_DETAIL]
        self.kind = kind
        self.cardholder_id = cardholder_id

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"
