from __future__ import annotations

import logging

from streams.worker.seldom import MOST_KINDS, Seldom


def record(template: str, *filled: object, name: str = "aiokafka") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "", 0, template, filled, None)


def test_a_kind_is_told_once_in_a_while_and_what_was_left_out_is_counted() -> None:
    now = [100.0]
    seldom = Seldom(every=10.0, clock=lambda: now[0])
    assert seldom.filter(record("no node %s", 1))
    assert not seldom.filter(record("no node %s", 2))
    now[0] = 109.9
    assert not seldom.filter(record("no node %s", 3))
    now[0] = 110.0
    told = record("no node %s", 4)
    assert seldom.filter(told)
    assert told.getMessage() == "no node 4 (2 more before this one)"
    now[0] = 120.0
    told = record("no node %s", 5)
    assert seldom.filter(told)
    assert told.getMessage() == "no node 5"


def test_kinds_do_not_hide_each_other() -> None:
    seldom = Seldom(every=10.0, clock=lambda: 0.0)
    assert seldom.filter(record("a"))
    assert seldom.filter(record("b"))
    assert seldom.filter(record("a", name="faust"))
    assert not seldom.filter(record("a"))


def test_a_library_that_formats_by_itself_does_not_fill_memory() -> None:
    seldom = Seldom(every=10.0, clock=lambda: 0.0)
    for number in range(3 * MOST_KINDS):
        seldom.filter(record(f"broken {number}"))
    assert len(seldom._told) <= MOST_KINDS
