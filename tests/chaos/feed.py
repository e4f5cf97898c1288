"""A producer that sends a book while things break: at a steady rate, and again whatever it is not sure of."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.integration.feed import STAMP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.feed import Placed

TOGETHER: Final = 50
"""Records sent before it is asked whether they have come."""
SURE_SECONDS: Final = 5.0


class Feed(threading.Thread):
    """Sends records in their order until `stop` or their end; some arrive twice, none is left out."""

    def __init__(self, bootstrap: str, prefix: str, records: Sequence[Placed], rate: float) -> None:
        super().__init__(daemon=True)
        self._servers = bootstrap
        self._prefix = prefix
        self._records = records
        self._rate = rate
        self._stopped = threading.Event()
        self._producer: KafkaProducer | None = None
        self._again = 0
        self._last: deque[Placed] = deque(maxlen=500)
        self.sent = 0
        """Records that have come for sure."""
        self.unsure = 0
        """How often some were sent again because it was not known whether they had come."""

    def stop(self) -> None:
        """Send no more; returns when the last ones have come."""
        self._stopped.set()
        self.join()

    def repeat(self, count: int) -> None:
        """Send the last so many again, as a producer does that has lost its memory."""
        self._again = count

    def run(self) -> None:
        begun = time.monotonic()
        while self.sent < len(self._records) and not self._stopped.is_set():
            early = self.sent / self._rate - (time.monotonic() - begun)
            if early > 0:
                time.sleep(early)
            elif early < -1:  # it was held up: no rush to catch up
                begun -= early
            some = self._records[self.sent : self.sent + TOGETHER]
            self._send_surely(some)
            self.sent += len(some)
            self._last.extend(some)
            if self._again:
                self._send_surely(list(self._last)[-self._again :])
                self._again = 0
        self._forget()

    def _send_surely(self, records: Sequence[Placed]) -> None:
        while not self._sent(records):
            self.unsure += 1
            self._forget()
            time.sleep(0.2)

    def _sent(self, records: Sequence[Placed]) -> bool:
        try:
            producer = self._producer = self._producer or self._new()
            waiting = [
                producer.send(
                    self._prefix + record.topic,
                    record.value,
                    record.key,
                    partition=record.partition,
                    timestamp_ms=STAMP,
                )
                for record in records
            ]
            producer.flush(SURE_SECONDS)
            return all(future.succeeded() for future in waiting)
        except KafkaError:
            return False

    def _new(self) -> KafkaProducer:
        patience = int(SURE_SECONDS * 1000)
        return KafkaProducer(
            bootstrap_servers=self._servers,
            acks="all",
            enable_idempotence=False,  # so that what it sends again may come twice
            retries=0,
            linger_ms=5,
            request_timeout_ms=patience - 100,
            delivery_timeout_ms=patience,
            max_block_ms=patience,
            bootstrap_timeout_ms=patience,
        )

    def _forget(self) -> None:
        """A producer that failed might keep sending behind our back: it is closed once it has given up."""
        producer, self._producer = self._producer, None
        while producer is not None:
            try:
                producer.close(SURE_SECONDS)
            except KafkaError:  # something is under way yet; nothing is for longer than SURE_SECONDS
                continue
            producer = None
