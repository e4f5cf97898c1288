"""A worker: lanes and the control plane in one Faust app."""

from __future__ import annotations

from streams.worker.run import run_worker

__all__ = ["run_worker"]
