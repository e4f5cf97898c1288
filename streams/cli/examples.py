"""Examples at the end of a command's help."""

from __future__ import annotations


def example(*commands: str) -> str:
    """An epilog that keeps its line breaks."""
    return "\b\nExample:\n" + "\n".join(f"  {command}" for command in commands)
