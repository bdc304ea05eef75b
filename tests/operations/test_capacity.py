"""What the measurement of capacity makes of its steps."""

from __future__ import annotations

import pytest

from benchmarks.capacity import Step, summary


def step(people: int, p95: float, troubles: int = 0, others: float = 0.0) -> Step:
    return Step(people, 100, troubles, 0.1, p95, 0.5, others, 50.0)


def test_the_limit_is_the_most_people_who_were_all_served_in_time() -> None:
    steps = [step(50, 0.2), step(100, 0.4), step(200, 3.0), step(150, 0.9), step(175, 0.5, troubles=1)]
    found = summary(steps, 1)
    assert found["people"] == 150
    assert found["people_at_most_by_cpu"] == pytest.approx(400)
    assert found["people_to_most"] == pytest.approx(0.375)
    assert not found["machine_was_busy"]


@pytest.mark.parametrize("others", [0.3, float("nan")])
def test_figures_of_a_busy_machine_say_so(others: float) -> None:
    assert summary([step(50, 0.2, others=others)], 1)["machine_was_busy"]
