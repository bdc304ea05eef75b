"""Fixtures that many tests share: the catalogue, the assistant in process, and the running servers."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from acupressure.catalog import Catalog, load
from tests.support.assistant import LocalAssistant


@pytest.fixture(scope="session")
def known() -> Catalog:
    """Return the catalogue of this checkout."""
    return load()


@pytest.fixture(scope="session")
def assistant() -> LocalAssistant:
    """Return the trained assistant in this process; trains it if no model fits."""
    from scripts.train import ensure_model

    return LocalAssistant(ensure_model(validate=False))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the assistant as a user would, on free ports; yield its address."""
    from scripts.run import running

    os.environ["PORT"], os.environ["ACTION_PORT"] = str(free_port()), str(free_port())
    os.environ["ACU_DB"] = str(tmp_path_factory.mktemp("db") / "conversations.db")
    with running() as started:
        os.environ["ACU_TEST_ACTION_PID"] = str(started.parts["The action server"][0].pid)
        yield f"http://127.0.0.1:{started.port}"
