"""A YAML text as plain data that remembers where each part stands, so that errors can point at it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final, TypeAlias

import yaml

from rules.facts import nearest

LARGEST: Final = 1_000_000
"""Characters of a rulebook file."""

Path: TypeAlias = Sequence[str | int]
"""Keys and positions from the top down to a part."""


class PlacedError(ValueError):
    """What is wrong, and where (line and column from 1)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class _Loader(yaml.SafeLoader):
    """Neither aliases, which can blow up when they are followed, nor the same key twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML's stubs
            raise PlacedError("YAML aliases (*name) are not taken", mark.line + 1, mark.column + 1)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                mark = key.start_mark
                raise PlacedError(f"{key.value} stands here twice", mark.line + 1, mark.column + 1)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class Document:
    """A parsed text."""

    def __init__(self, text: str) -> None:
        """Raises PlacedError when it is not YAML that can be taken."""
        if len(text) > LARGEST:
            raise PlacedError(f"longer than {LARGEST:,} characters", 1, 1)
        self._text = text
        try:
            loader = _Loader(text)
            try:
                self._root: yaml.Node | None = loader.get_single_node()
                self.content: Any = None if self._root is None else loader.construct_document(self._root)
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
            why = getattr(error, "problem", None) or str(error).splitlines()[0]
            raise PlacedError(f"not YAML: {why}", line, column) from None
        except RecursionError:
            raise PlacedError("not YAML: nested too deep", 1, 1) from None
        except (ValueError, TypeError) as error:
            if isinstance(error, PlacedError):
                raise
            raise PlacedError(f"not YAML: {error}", 1, 1) from None

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a part; of the nearest part around it when it is not there."""
        key, node = self._find(path)
        shown = key or node
        return (1, 1) if shown is None else (shown.start_mark.line + 1, shown.start_mark.column + 1)

    def value_place(self, path: Path) -> tuple[int, int]:
        """Line and column of the value of a part, not of its key."""
        node = self._find(path)[1]
        return (1, 1) if node is None else (node.start_mark.line + 1, node.start_mark.column + 1)

    def inside(self, path: Path, character: int) -> tuple[int, int]:
        """Line and column of a character (from 0) of a scalar's value, in whatever style it is written."""
        node = self._find(path)[1]
        if not isinstance(node, yaml.ScalarNode):
            return self.place(path)
        at, end = node.start_mark.index, node.end_mark.index
        if node.style in ("'", '"'):
            at += 1
        elif node.style in ("|", ">"):
            at = self._text.find("\n", at, end) + 1
        value = str(node.value)[: character + 1]
        for sign in value[:-1]:
            if not sign.isspace():
                at = self._text.find(sign, at, end) + 1 or at
        last = value[-1:]
        if last and not last.isspace():
            at = max(at, self._text.find(last, at, end))
        line = self._text.count("\n", 0, at)
        return line + 1, at - (self._text.rfind("\n", 0, at) + 1) + 1

    def _find(self, path: Path) -> tuple[yaml.Node | None, yaml.Node | None]:
        """The key of a part, if its last step is one, and the part."""
        key, node = None, self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                return key, node
            key, node = found
        return key, node


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def suggestion(wrong: object, known: Sequence[str]) -> str:
    """`: did you mean …?` for a word that is none of those known."""
    return nearest(wrong, known) if isinstance(wrong, str) else ""
