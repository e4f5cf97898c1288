"""What Redis has of a site, and what it has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.workers import Site


def dumped(client: Any, namespace: str) -> dict[bytes, bytes]:
    """All keys as they are at one moment."""
    keys = list(client.scan_iter(f"*{namespace}:*"))
    with client.pipeline(transaction=True) as pipe:
        for key in keys:
            pipe.dump(key)
        return {key: value for key, value in zip(keys, pipe.execute(), strict=True) if value is not None}


def wipe(client: Any, namespace: str) -> None:
    for key in client.scan_iter(f"*{namespace}:*"):
        client.delete(key)


def remembered(client: Any, namespace: str, lane: int) -> tuple[dict[bytes, bytes], bytes]:
    """What the store knows of a lane's cardholders, and of the lane."""
    tag = f"{{{namespace}:{lane}}}"
    return client.hgetall(f"{tag}:rows"), client.hget(f"{tag}:meta", "state")


def sent(site: Site) -> list[list[tuple[bytes, bytes]]]:
    found = []
    for lane in range(site.lanes):
        decisions = [(record.key, record.value) for record in site.decisions(lane)]
        letters = site.dead(lane)
        assert len(set(decisions)) == len(decisions)
        assert len(set(letters)) == len(letters)
        found.append(decisions + [(b"", str(letter).encode()) for letter in letters])
    return found
