"""Which machine grades which submission: pure bookkeeping, without a network or a clock.

Each machine gets as many submissions as it grades at once, and one more, which it begins without a wait. When
there are no more, idle machines get copies of what others still have, and the first answer counts: both would
be the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from grader.model.task import Task

AHEAD = 1  # submissions that a machine holds beyond those that it grades at once
COPIES = 2  # of one submission at once
MOST_LOST = 8  # machines that may die over one submission, which they may only have been about to begin


@dataclass(eq=False)
class Job:
    """One submission: how its task is made, and which machines have it, or died with it."""

    make: Callable[[], Task]
    holders: list[str] = field(default_factory=list)
    lost_with: list[str] = field(default_factory=list)
    is_answered: bool = False


@dataclass
class _Machine:
    capacity: int  # submissions that it grades at once
    jobs: list[Job] = field(default_factory=list)


class Dispatch:
    """The submissions that wait and the machines that may have them."""

    def __init__(self, tasks: Iterable[Callable[[], Task]]) -> None:
        self._waiting = (Job(make) for make in tasks)
        self._again: deque[Job] = deque()  # those whose machines died
        self._under_way: dict[Job, None] = {}  # in the order in which they were sent first
        self._machines: dict[str, _Machine] = {}
        self._is_empty = False  # no more wait

    def join(self, name: str, capacity: int) -> None:
        """A machine is ready."""
        self._machines[name] = _Machine(capacity)

    def leave(self, name: str) -> list[Job]:
        """A machine is gone. Returns the jobs that too many machines have died over, for good."""
        machine = self._machines.pop(name, None)
        if machine is None:
            return []
        return [job for job in list(machine.jobs) if self._is_given_up(job, name)]

    def orders(self) -> Iterator[tuple[Job, str]]:
        """The next jobs, each with the machine that has to get it now."""
        idle = self._with_room()
        while idle:
            name = min(idle, key=idle.__getitem__)
            job = self._next_for(name)
            if job is None:
                del idle[name]  # another machine may have what this one may not
                continue
            job.holders.append(name)
            machine = self._machines[name]
            machine.jobs.append(job)
            self._under_way[job] = None
            idle[name] = len(machine.jobs) / machine.capacity
            if len(machine.jobs) >= machine.capacity + AHEAD:
                del idle[name]
            yield job, name
        yield from self._copies()

    def answer(self, job: Job, name: str) -> bool:
        """A machine has graded a job. Returns whether it is the first to do so."""
        self._take_back(job, name)
        first = not job.is_answered
        job.is_answered = True
        self._under_way.pop(job, None)
        return first

    def fail(self, job: Job, name: str) -> bool:
        """A machine could not grade a job. Returns whether too many have failed, which is for good."""
        self._take_back(job, name)
        return self._is_given_up(job, name)

    @property
    def is_finished(self) -> bool:
        """Whether every submission has its answer. Known once `orders` has found that no more wait."""
        return self._is_empty and not self._under_way and not self._again

    @property
    def has_machines(self) -> bool:
        """Whether there is any machine."""
        return bool(self._machines)

    def _with_room(self) -> dict[str, float]:
        """The machines with room for another job, and how busy each is, in proportion."""
        return {
            name: len(machine.jobs) / machine.capacity
            for name, machine in self._machines.items()
            if len(machine.jobs) < machine.capacity + AHEAD
        }

    def _next_for(self, name: str) -> Job | None:
        """What a machine gets next: what died elsewhere, or what waits; None if there is nothing."""
        others = len(self._machines) > 1
        for job in self._again:
            if not others or name not in job.lost_with:
                self._again.remove(job)
                return job
        for job in self._waiting:
            return job
        self._is_empty = True
        return None

    def _copies(self) -> Iterator[tuple[Job, str]]:
        """Copies for idle machines of what others have, first of what was sent last: it is hardly begun."""
        if not self._is_empty:
            return
        single = [job for job in reversed(self._under_way) if 0 < len(job.holders) < COPIES]
        for name, machine in self._machines.items():
            if not single:
                return
            while len(machine.jobs) < machine.capacity:
                job = next((job for job in single if name not in job.holders), None)
                if job is None:
                    break
                single.remove(job)
                job.holders.append(name)
                machine.jobs.append(job)
                yield job, name

    def _take_back(self, job: Job, name: str) -> None:
        if name in job.holders:
            job.holders.remove(name)
        if name in self._machines and job in self._machines[name].jobs:
            self._machines[name].jobs.remove(job)

    def _is_given_up(self, job: Job, name: str) -> bool:
        """Note that a machine was lost with a job. Others get it, unless too many were."""
        if name in job.holders:
            job.holders.remove(name)
        if job.is_answered:
            return False
        job.lost_with.append(name)
        if len(job.lost_with) >= MOST_LOST and not job.holders:
            job.is_answered = True
            self._under_way.pop(job, None)
            return True
        if not job.holders:
            self._under_way.pop(job, None)
            self._again.append(job)
        return False
