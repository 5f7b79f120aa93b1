"""Which machine gets which submission: in order, with copies at the end, and again where machines died."""

from __future__ import annotations

from typing import Any

import pytest

from grader.engine.dispatch import AHEAD, MOST_LOST, Dispatch, Job


def dispatch_of(count: int, **capacities: int) -> Dispatch:
    """A dispatch of numbered submissions to machines with these capacities."""
    made = Dispatch([(lambda number=number: number) for number in range(count)])  # type: ignore[misc]
    for name, capacity in capacities.items():
        made.join(name, capacity)
    return made


def sent(dispatch: Dispatch) -> list[tuple[Any, str]]:
    """The orders that are due now, by number."""
    return [(job.make(), name) for job, name in dispatch.orders()]


def jobs(dispatch: Dispatch) -> dict[Any, Job]:
    return {job.make(): job for job, _ in dispatch.orders()}


def test_each_machine_gets_what_it_grades_at_once_and_one_more() -> None:
    """The machine with the most room in proportion is next, so that no machine waits for a larger one."""
    dispatch = dispatch_of(20, small=1, large=4)
    orders = sent(dispatch)
    assert orders[:2] == [(0, "small"), (1, "large")]
    counts = {name: sum(other == name for _, other in orders) for name in ("small", "large")}
    assert counts == {"small": 1 + AHEAD, "large": 4 + AHEAD} and sent(dispatch) == []


def test_an_answer_makes_room() -> None:
    """The next submission goes to the machine that has answered, and the end is known."""
    dispatch = dispatch_of(4, a=1)
    known = jobs(dispatch)
    for number in range(4):
        assert not dispatch.is_finished and dispatch.answer(known[number], "a")
        known |= jobs(dispatch)
    assert dispatch.is_finished and sorted(known) == [0, 1, 2, 3]


def test_idle_machines_get_copies_of_the_last_ones() -> None:
    """The first answer counts, and no submission is with more than two machines."""
    dispatch = dispatch_of(3, slow=2, idle=1, other=1)
    first = list(dispatch.orders())
    holders = {job.make(): list(job.holders) for job, _ in first}
    assert sorted(map(len, holders.values())) == [1, 2, 2] or sorted(map(len, holders.values())) == [1, 1, 2]
    job = next(job for job, _ in first if len(job.holders) == 2)
    one, two = job.holders
    assert dispatch.answer(job, one) and not dispatch.answer(job, two)
    assert sent(dispatch) == [] or not dispatch.is_finished


def test_what_a_dead_machine_had_goes_to_others_first() -> None:
    """Nothing is lost with a machine, and a new machine may be another one's place."""
    dispatch = dispatch_of(4, a=1, b=1)
    first = sent(dispatch)
    lost = [number for number, name in first if name == "a"]
    assert dispatch.leave("a") == [] and dispatch.leave("a") == [] and sent(dispatch) == []
    dispatch.join("c", 3)
    assert sorted(number for number, name in sent(dispatch) if name == "c")[: len(lost)] == lost


def test_a_copy_elsewhere_is_enough() -> None:
    """Where another machine has a copy, a machine that dies costs nothing."""
    dispatch = dispatch_of(1, a=1, b=1)
    (job,) = {job for job, _ in dispatch.orders()}
    assert sorted(job.holders) == ["a", "b"] and dispatch.leave("a") == [] and sent(dispatch) == []
    assert dispatch.answer(job, "b") and dispatch.is_finished


def test_a_submission_that_many_machines_died_over_is_given_up() -> None:
    """It does not take down one machine after another for ever."""
    dispatch = dispatch_of(1)
    for number in range(MOST_LOST):
        dispatch.join(f"m{number}", 1)
        (job,) = {job for job, _ in dispatch.orders()}
        assert not dispatch.is_finished
        given_up = dispatch.leave(f"m{number}")
    assert given_up == [job] and dispatch.is_finished and len(job.lost_with) == MOST_LOST


def test_a_job_that_failed_is_tried_elsewhere() -> None:
    """A machine does not get again what it failed at, unless it is the only one."""
    dispatch = dispatch_of(1, a=1)
    ((job, _),) = dispatch.orders()
    dispatch.join("b", 1)
    assert not dispatch.fail(job, "a")
    assert sent(dispatch)[0] == (0, "b")
    alone = dispatch_of(1, a=1)
    ((job, _),) = alone.orders()
    assert not alone.fail(job, "a") and sent(alone) == [(0, "a")]


def test_without_machines_everything_waits() -> None:
    """No order is made, and nothing is finished."""
    dispatch = dispatch_of(1)
    assert sent(dispatch) == [] and not dispatch.is_finished and not dispatch.has_machines


def test_no_submissions() -> None:
    """A class without submissions is finished at the first look."""
    dispatch = dispatch_of(0, a=1)
    assert sent(dispatch) == [] and dispatch.is_finished


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_each_submission_has_one_answer(seed: int) -> None:
    """Machines come, die, fail and answer in any order: nothing is lost and nothing is counted twice."""
    import random

    dice = random.Random(seed)
    dispatch = dispatch_of(30, m0=2)
    machines, made, answered, holding = {"m0"}, 1, [], []
    for _ in range(5000):
        holding += list(dispatch.orders())
        if dispatch.is_finished:
            break
        event = dice.random()
        if event < 0.05 or not machines:
            machines.add(name := f"m{made}")
            dispatch.join(name, dice.randint(1, 3))
            made += 1
        elif event < 0.09:
            gone = dice.choice(sorted(machines))
            machines.remove(gone)
            answered += [(job.make(), None) for job in dispatch.leave(gone)]
            holding = [(job, name) for job, name in holding if name != gone]
        elif holding:
            job, name = holding.pop(dice.randrange(len(holding)))
            if dice.random() < 0.1:
                answered += [(job.make(), None)] if dispatch.fail(job, name) else []
            elif dispatch.answer(job, name):
                answered.append((job.make(), name))
    assert dispatch.is_finished and sorted(number for number, _ in answered) == list(range(30))
