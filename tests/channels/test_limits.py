"""How often somebody may ask."""

from channels import limits
from channels.limits import RateLimit


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_so_many_at_once_and_then_one_at_a_time():
    clock = Clock()
    limit = RateLimit(2, 10, clock)
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 10]
    clock.now = 9
    assert limit.wait("a") == 1
    clock.now = 10
    assert [limit.wait("a"), limit.wait("a")] == [0, 10]
    clock.now = 1000
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 10]


def test_everybody_has_a_pace_of_their_own():
    limit = RateLimit(1, 10, Clock())
    assert [limit.wait("a"), limit.wait("b"), limit.wait("a")] == [0, 0, 10]


def test_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "KEPT", 3)
    clock = Clock()
    limit = RateLimit(1, 10, clock)
    assert [limit.wait(name) for name in "abcd"] == [0, 0, 0, 10]
    clock.now = 11
    assert limit.wait("d") == 0
