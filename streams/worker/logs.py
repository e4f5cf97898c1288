"""Log lines: one JSON object each, on standard error, without a record's text."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, Final

import structlog

_ROOT: Final = Path(__file__).resolve().parents[2]
_LOUD: Final = ("aiokafka", "faust", "mode", "kafka", "asyncio")
"""Libraries whose warnings are told; what they merely note is not."""


def configure(level: str) -> None:
    """Send our lines, and what libraries warn of, to standard error."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                _without_traceback_values,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, _number(level)))


def _without_traceback_values(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception's text may quote a record: where it was raised says enough."""
    raised = event.pop("exc_info", None)
    if raised:
        error = raised[1] if isinstance(raised, tuple) else sys.exc_info()[1]
        if error is not None:
            event["error"] = where(error)
    return event


def where(error: BaseException) -> str:
    """The type of an error and the place it came from, but not its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if _ROOT in Path(frame.filename).parents and ".venv" not in frame.filename
    ]
    last = (ours or list(frames))[-1:]
    place = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(error).__name__}{place}"


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
