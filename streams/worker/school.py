"""Keeps the classroom: which lessons it had is known by the offset up to which it has read.

Faust acknowledges a message before its agent is done, and shows what a transaction later aborts. So the
agent only says that there is news, and on which worker; the records are read here, committed ones alone,
from the offset that the kept classroom covers. That way a restart neither loses a lesson nor doubles one.

What teaches takes longer to load than all the rest of a worker (River, and with it SciPy and scikit-learn).
The first opening loads it, so that lanes wait for none of it, and workers that teach nothing never do.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from features.catalogue import MODEL_NAMES
from models.families.snapshot import CardSnapshot
from models.monitoring.verdict import Fallback, Verdict
from models.register import entry_record, figures_record
from models.registry import Registry
from models.score import name_of
from models.snapshot import MODEL_ID, Snapshot, SnapshotRefusedError
from models.targets import DEFAULT
from streams.adapters.kafka_lessons import KafkaLessons
from streams.adapters.topics import LEARNING
from streams.lane.messages import Delivery, delivery_of
from streams.ports.failures import UnreachableError
from streams.warmup import warm_up_teaching
from streams.worker.drafts import Drafts
from streams.worker.keeping import Keeping
from streams.worker.live import LiveFigures

if TYPE_CHECKING:
    from models.classroom import Change, Classroom
    from models.faculty import Faculty
    from models.tally import Tally
    from streams.adapters.kafka_log import KafkaNames
    from streams.lane.tuning import Tell
    from streams.ports.store import Shelf

Publish = Callable[[bytes, bytes], Awaitable[None]]
"""Takes key and value of a snapshot; returns when it is published."""

NAME: Final = "classroom"
FACULTY: Final = "faculty"
TURN_SECONDS: Final = 0.004
"""Learned so long before lanes of the same worker go on: of a lesson more, at the most."""
KEEP_SECONDS: Final = 5.0
HAND_OUT_SECONDS: Final = 1.0


class School:
    """One at a time is open: the worker that holds the topic learning."""

    def __init__(
        self,
        names: KafkaNames,
        shelf: Shelf,
        publish: Publish,
        tell: Tell,
        fallback: Fallback = "rules",
        registry: Callable[[], Registry] = Registry,
        *,
        all_targets: bool = False,
    ) -> None:
        """`fallback`: what lanes are to do while the model is unstable.

        `registry`: what is registered by now: it is measured. `all_targets`: teach models of them beside the
        default's.
        """
        self._names = names
        self._keeping = Keeping(shelf, NAME)
        self._keeping_faculty = Keeping(shelf, FACULTY)
        self._publish = publish
        self._tell = tell
        self._lock = asyncio.Lock()
        self._lessons: KafkaLessons | None = None
        self._taken: deque[tuple[int, bytes]] = deque()
        """Offset and value of those that are still to be learned."""
        self._classroom: Classroom
        """From the first opening on."""
        self._registry = registry
        self._all_targets = all_targets
        self._live = LiveFigures(registry, MODEL_ID)
        self._faculty: Faculty | None = None
        self._faculty_from = 0
        """The first lesson that the faculty has not had: it may be behind the classroom, or ahead."""
        self._classroom_from = 0
        self._fallback = fallback
        self._verdicts: list[Verdict] = []
        """Not yet published."""
        self._tell_standing = True
        """Once after opening: what was told before may rest on another classroom."""
        self._covers = 0
        self._kept = 0
        self._kept_at = 0.0
        self._handed_out_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._lessons is not None

    async def open(self) -> None:
        """Bring the classroom to where it was left. What it missed is learned by `learn`."""
        await asyncio.to_thread(warm_up_teaching)  # lanes go on meanwhile
        gc.freeze()  # what it loaded stays for good: the collector need not look through it
        from models.classroom import Classroom

        async with self._lock:
            await self._close()
            kept = await self._keeping.open()
            self._covers, self._classroom = 0, Classroom(MODEL_NAMES)
            if kept is not None:
                try:
                    self._classroom = Classroom.from_kept(kept.value, kept.pieces, MODEL_NAMES)
                    self._covers = kept.covers
                    self._keeping.goes_on(kept)
                except SnapshotRefusedError as refused:
                    self._tell("classroom_refused", why=str(refused))  # other features: learn all anew
            self._classroom_from = self._covers
            await self._open_faculty()
            self._kept = self._covers
            self._verdicts, self._tell_standing = [], True
            self._lessons = await KafkaLessons.open(self._names, self._covers)
            start = self._lessons.start
            if start > self._covers:
                self._tell("lessons_missing", first=self._covers, kept_from=start)
                self._covers = start
            self._tell("classroom_opened", covers=self._covers, lessons=self._classroom.lessons)

    async def _open_faculty(self) -> None:
        """The models of other targets; where their classes stopped, if they are to be taught."""
        if not self._all_targets:
            return
        from models.faculty import Faculty

        kept = await self._keeping_faculty.open()
        self._faculty_from, self._faculty = 0, Faculty()
        if kept is not None:
            try:
                self._faculty = Faculty.from_kept(kept.value, kept.pieces)
                self._faculty_from = kept.covers
                self._keeping_faculty.goes_on(kept)
            except SnapshotRefusedError as refused:
                self._tell("faculty_refused", why=str(refused))
        self._covers = min(self._covers, self._faculty_from)

    async def learn(self) -> None:
        """Take all lessons that are there."""
        async with self._lock:
            if self._lessons is None:
                return
            await self._teach()  # who was cut short left some
            try:
                await self._read(self._lessons)
            except UnreachableError:
                await self._read_anew(self._lessons)
                raise
            if self._tell_standing:
                self._note(self._classroom.standing())
                self._tell_standing = False
            await self._hand_out()
            if time.monotonic() - self._kept_at > KEEP_SECONDS:
                await self._keep()

    async def _read(self, lessons: KafkaLessons) -> None:
        await lessons.refresh()
        while lessons.unread:
            self._taken += await lessons.take()
            await self._teach()
            if time.monotonic() - self._handed_out_at > HAND_OUT_SECONDS:
                await self._hand_out()  # a long backlog
        self._covers = lessons.reached

    async def _read_anew(self, failed: KafkaLessons) -> None:
        """Whose reader failed once may fail for ever."""
        self._lessons = await KafkaLessons.open(self._names, self._covers)
        with suppress(UnreachableError):
            await failed.close()

    async def _teach(self) -> None:
        """All that is taken, and in turns: a turn ends when its time is over, whatever its lessons cost."""
        begun = time.monotonic()
        while self._taken:
            if time.monotonic() - begun > TURN_SECONDS:
                await asyncio.sleep(0)
                begun = time.monotonic()
            offset, value = self._taken.popleft()
            try:
                delivery = delivery_of(value)
                if delivery.observation is not None and offset >= self._classroom_from:
                    delivery = Delivery(observation=self._classroom.expected(delivery.observation))
                if offset >= self._classroom_from:
                    learn(self._classroom, delivery)
                    if delivery.treatment is not None:
                        self._classroom.treat(delivery.treatment)
                    self._covers = offset + 1
                    self._note(self._classroom.change())
                if self._faculty is not None and offset >= self._faculty_from:
                    learn(self._faculty, delivery)
            except (msgspec.MsgspecError, ValueError) as error:
                self._tell("lesson_refused", offset=offset, why=type(error).__name__)
                continue
            finally:
                self._covers = offset + 1

    def _note(self, change: Change | None) -> None:
        if change is None:
            return
        self._verdicts.append(
            Verdict(
                model_id=self._classroom.learner.model_id,
                at=self._covers,
                at_us=change.at_us,
                state=change.state,
                because=change.because,
                fallback=self._fallback,
                figures=change.figures,
            )
        )

    async def _hand_out(self) -> None:
        while self._verdicts:
            verdict = self._verdicts[0]
            await self._publish(verdict.name.encode(), verdict.to_json())
            self._verdicts.pop(0)
            self._tell("model_judged", verdict=verdict.name, state=verdict.state, because=verdict.because[:3])
        snapshot = self._classroom.snapshot_if_due()
        self._handed_out_at = time.monotonic()
        if snapshot is not None:
            await self._publish_snapshot(snapshot)
        if self._faculty is not None:
            await self._hand_out_faculty(self._faculty)
        await self._hand_out_figures()

    async def _hand_out_figures(self) -> None:
        """Of models that look on."""
        for name, figures in self._live.due(self._tally, f"{LEARNING}@{self._covers}"):
            await self._publish(*figures_record(name, figures))
            self._tell("model_measured", model=name, labels=figures.count, bads=figures.bads, auc=figures.auc)

    def _tally(self, target: str) -> Tally | None:
        if target == DEFAULT:
            return self._classroom.tally
        return None if self._faculty is None else self._faculty.tally

    async def _publish_snapshot(self, snapshot: Snapshot | CardSnapshot) -> None:
        await self._publish(name_of(snapshot).encode(), snapshot.to_json())
        self._tell("snapshot_published", model=name_of(snapshot), lessons=snapshot.lessons)

    async def _hand_out_faculty(self, faculty: Faculty) -> None:
        """Snapshots that are due, and drafts; with the default's challenger the classroom's model too."""
        due: list[Snapshot | CardSnapshot] = [*faculty.snapshots_due(self._classroom.recent())]
        if not due:
            return
        champion = self._registry().champion(DEFAULT)
        drafts = Drafts(self._classroom, faculty, f"{LEARNING}@{self._covers}", champion)
        if any(snapshot.target == DEFAULT for snapshot in due if isinstance(snapshot, CardSnapshot)):
            due.append(self._classroom.snapshot())
        for snapshot in due:
            await self._publish_snapshot(snapshot)
            await self._publish(*entry_record(drafts.of(snapshot)))

    async def _keep(self) -> None:
        if self._covers > self._kept:
            await self._keeping.keep(max(self._covers, self._classroom_from), self._classroom)
            if self._faculty is not None:
                await self._keeping_faculty.keep(max(self._covers, self._faculty_from), self._faculty)
            self._kept = self._covers
        self._kept_at = time.monotonic()

    async def close(self) -> None:
        """Keep the classroom and leave."""
        async with self._lock:
            if self._lessons is not None:
                try:
                    await self._keep()
                finally:
                    await self._close()

    async def _close(self) -> None:
        lessons, self._lessons = self._lessons, None
        self._taken.clear()
        if lessons is not None:
            await lessons.close()


def learn(pupil: Classroom | Faculty, delivery: Delivery) -> None:
    """Give a delivery to who learns from it: all but a treatment, which the classroom alone weighs."""
    if delivery.observation is not None:
        pupil.observe(delivery.observation)
    if delivery.label is not None:
        pupil.mature(delivery.label)
    if delivery.outcome is not None:
        pupil.correct(delivery.outcome)
