"""A broker answers, but refuses transactions: lanes pause, say so, and go on without a restart."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    NewTopic,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)

from deploy.kafka.local import LocalKafka
from tests.integration.feed import placed
from tests.integration.journal import check
from tests.integration.test_refusals import check_waiting, report
from tests.integration.workers import Site, until
from tests.oracle.books import story_book
from tests.services.fixtures import unless_unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.workers import Process
    from tests.services.servers import RedisServer

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}
NO_COORDINATOR = {
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "2",
}
"""One broker cannot make what transactions are noted in."""


@pytest.fixture
def strict_kafka(tmp_path: Path) -> Iterator[LocalKafka]:
    """A broker that asks who may do what, at first everybody everything; and that has no coordinator."""
    server = LocalKafka(tmp_path / "kafka", settings=AUTHORIZER | NO_COORDINATOR)
    try:
        with unless_unavailable():
            server.start()
        yield server
    finally:
        server.discard()


@contextmanager
def admin_of(kafka: LocalKafka) -> Iterator[Any]:
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    try:
        yield admin
    finally:
        admin.close()


def make_a_coordinator(kafka: LocalKafka) -> None:
    with admin_of(kafka) as admin:
        partitions = int(kafka.settings["transaction.state.log.num.partitions"])
        admin.create_topics([NewTopic("__transaction_state", partitions, 1)])


def forbid(kafka: LocalKafka, name: str) -> None:
    with admin_of(kafka) as admin:
        admin.create_acls(
            [
                ACL(
                    principal="User:*",
                    host="*",
                    operation=ACLOperation.ALL,
                    permission_type=ACLPermissionType.DENY,
                    resource_pattern=ResourcePattern(ResourceType.TRANSACTIONAL_ID, name),
                )
            ]
        )


def permit(kafka: LocalKafka) -> None:
    with admin_of(kafka) as admin:
        admin.delete_acls(
            [
                ACLFilter(
                    principal=None,
                    host=None,
                    operation=ACLOperation.ANY,
                    permission_type=ACLPermissionType.ANY,
                    resource_pattern=ResourcePatternFilter(
                        ResourceType.TRANSACTIONAL_ID, None, ACLResourcePatternType.ANY
                    ),
                )
            ]
        )


async def take_over(bootstrap: str, name: str) -> None:
    """Open a transactional id, as another owner of the lane would."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=name)
    await producer.start()
    await producer.stop()


def why(worker: Process) -> list[str]:
    return [one["why"] for lane in report(worker)["lanes"] for one in lane["why"]]


def paused(worker: Process, word: str) -> None:
    """It says why, in its health and in its metrics."""
    until(lambda: any(word in one for one in why(worker)), 60, lambda: worker.log.read_text()[-4000:])
    check_waiting(worker, "Kafka")


def test_kafka_refuses_transactions(strict_kafka: LocalKafka, own_redis: RedisServer, tmp_path: Path) -> None:
    site = Site(strict_kafka, own_redis, "r.", 4, tmp_path)
    lines = story_book(4, 40, 9)
    records = placed(lines, site.lanes)
    with site.worker(BATCH_RECORDS="5", HEALTH_PORT="0") as worker:
        paused(worker, "no answer to a transaction")
        assert not worker.named("lane_claimed")
        make_a_coordinator(strict_kafka)
        worker.wait_for("lane_claimed", count=site.lanes)
        forbid(strict_kafka, f"{site.namespace}-lane-1")
        site.produce(records)
        paused(worker, "TransactionalIdAuthorizationFailed")
        assert worker.named("sending_waits")
        permit(strict_kafka)
        asyncio.run(take_over(site.kafka.bootstrap, f"{site.namespace}-lane-2"))
        site.wait_until_done(90)
        until(lambda: report(worker)["status"] == "running", 30, site.logs)
        assert worker.stop() == 0
        assert not worker.named("lane_failed")
    check(site)
