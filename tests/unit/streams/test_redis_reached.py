"""What counts as a Redis that cannot be reached."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Connection

from streams.adapters.redis_clients import redis_reached
from streams.ports.failures import UnreachableError


def test_a_connection_that_another_call_has_closed_meanwhile() -> None:
    connection = Connection()
    with pytest.raises(UnreachableError), redis_reached():
        asyncio.run(connection._send_packed_command([b"PING"]))


def test_a_fault_of_ours_is_none() -> None:
    with pytest.raises(AttributeError), redis_reached():
        raise AttributeError(name="rows", obj=None)
