"""Real Redis and real PostgreSQL for the tests of the stores; skipped only where they cannot be had."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import services
from tests.conftest import free_port


@dataclass
class Servers:
    """The two that a cluster leans on."""

    redis: services.Service
    redis_url: str
    postgres: services.Service
    postgres_url: str


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Return a running Redis and PostgreSQL on ports of their own."""
    if lacking := services.missing():
        pytest.skip(f"not installed: {', '.join(lacking)}")
    # Not under pytest's folder: PostgreSQL runs as another user, who cannot look into that.
    folder = Path(tempfile.mkdtemp(prefix="acu-services-"))
    folder.chmod(0o755)
    redis_port, postgres_port = free_port(), free_port()
    redis = services.redis(folder / "redis", redis_port)
    postgres, url = services.postgres(folder / "postgres", postgres_port)
    try:
        with services.started(redis, postgres):
            services.make_database(url)
            yield Servers(redis, f"redis://127.0.0.1:{redis_port}/0", postgres, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
