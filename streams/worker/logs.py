"""Log lines: one JSON object each, on standard error, without a record's text."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from streams.worker.seldom import Seldom

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_ROOT: Final = Path(__file__).resolve().parents[2]
_LIBRARIES: Final = {
    "aiokafka": logging.WARNING,
    "kafka": logging.WARNING,
    "faust": logging.ERROR,
    "mode": logging.ERROR,
}
"""From which level on libraries are told: Faust warns of its own sensors and timers."""


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
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(max(least, _number(level)))
    threading.excepthook = _thread_ended


def _thread_ended(told: threading.ExceptHookArgs) -> None:
    """Like any other line, in place of a traceback that may quote a record."""
    error = told.exc_value
    structlog.get_logger().info("thread_failed", why="unknown" if error is None else where(error))


def _without_traceback_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
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
