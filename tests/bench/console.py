"""What a benchmark says while it runs."""

from __future__ import annotations

import logging
import time


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def quiet() -> None:
    """New topics have no leader for a moment; the client tries again, and need not tell."""
    for library in ("aiokafka", "kafka"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
