"""The settings of this process, or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.cli.exits import UNUSABLE, leave

if TYPE_CHECKING:
    from streams.settings import Settings


def settings_given() -> Settings:
    """POSTLOAN_… variables over postloan.toml over the defaults. Leaves with a message if they are bad."""
    from streams.settings import SettingsError, read_settings  # pydantic

    try:
        return read_settings()
    except SettingsError as error:
        leave(UNUSABLE, f"cannot use the settings:\n  {str(error).replace(chr(10), chr(10) + '  ')}")
