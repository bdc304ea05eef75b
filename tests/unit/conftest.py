"""Fixtures of the unit tests: the parts of the skill that are built once."""

from __future__ import annotations

import pytest

from acupressure.catalog import Catalog
from acupressure.finder import Finder
from tests.unit import build


@pytest.fixture(scope="session")
def finder() -> Finder:
    """Return the finder over the catalogue."""
    return build.finder()


@pytest.fixture
def talk(known: Catalog) -> build.Talk:
    """Return a conversation that has just begun."""
    return build.Talk(known)
