"""aiokafka's errors as the ports know them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    OffsetOutOfRangeError,
    ProducerFenced,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    UnsupportedCodecError,
)

from streams.ports.failures import FencedError, UnreachableError, UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNUSABLE = (
    OffsetOutOfRangeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    UnsupportedCodecError,
)


@contextmanager
def reached() -> Iterator[None]:
    try:
        yield
    except (ProducerFenced, InvalidProducerEpoch) as error:
        raise FencedError(_told(error)) from error
    except _UNUSABLE as error:
        raise UnusableError(_told(error)) from error
    except (TimeoutError, KafkaError, OSError) as error:
        raise UnreachableError(_told(error)) from error


def _told(error: BaseException) -> str:
    return f"Kafka: {type(error).__name__}: {error}"
