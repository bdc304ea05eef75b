"""Random and broken requests do no harm; `make fuzz` sends many more of them."""

from __future__ import annotations

import random

import pytest

from benchmarks.fuzz import fuzz, make, told

pytestmark = pytest.mark.server


def test_requests_can_be_made_again_from_their_number() -> None:
    assert make(random.Random(7)) == make(random.Random(7))
    kinds = {make(random.Random(n)).path for n in range(500)}
    assert len(kinds) > 10


async def test_no_request_ends_in_an_error_or_gets_stuck(server: str) -> None:
    found = await fuzz(server, 1_500, seed=2)
    assert found.is_good, told(found)
