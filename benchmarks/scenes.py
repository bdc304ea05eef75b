"""Kinds of trouble: what is done to a cluster, to a cluster whose clock can be set, and to a single assistant."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.clock import Clock, library
from benchmarks.disk import SmallDisk, small_disk
from scripts.run import POLL_SECONDS, Assistant
from scripts.run_cluster import Cluster, free_port, running
from scripts.train import ensure_model

FROZEN_SECONDS = 8.0
HOUR = 3_600.0


@dataclass
class Stage:
    """A running system with the means to trouble it."""

    system: Any
    """A `Cluster` or an `Assistant`."""
    port: int
    ready: Callable[[], None]
    """Waits until everything is well."""
    clock: Clock | None = None
    disk: SmallDisk | None = None


Trouble = Callable[[Stage], None]


class LeftOut(Exception):
    """What a scene needs is not to be had on this machine."""


# Starting


@contextlib.contextmanager
def cluster() -> Iterator[Stage]:
    """Start a cluster as `make run-cluster` does."""
    with free_ports(), running(Path(tempfile.mkdtemp(prefix="acu-chaos-")), keep=False) as started:
        yield Stage(started, started.port, started.wait_until_ready)


@contextlib.contextmanager
def clocked_cluster() -> Iterator[Stage]:
    """Start a cluster whose clock can be set."""
    if library() is None:
        raise LeftOut("libfaketime is not installed (Debian: faketime)")
    folder = Path(tempfile.mkdtemp(prefix="acu-clock-"))
    folder.chmod(0o755)
    clock = Clock(folder / "clock")
    with clock.rules(), free_ports(), running(folder, keep=False) as started:
        yield Stage(started, started.port, started.wait_until_ready, clock)


@contextlib.contextmanager
def alone() -> Iterator[Stage]:
    """Start one assistant with its action server as `make run` does, its files on a small disk of their own."""
    with tempfile.TemporaryDirectory(prefix="acu-disk-") as folder, small_disk(Path(folder) / "disk") as disk:
        if disk is None:
            raise LeftOut("a small disk can only be mounted by root on Linux")
        os.environ["ACU_DB"] = str(disk.folder / "conversations.db")
        # The log is on the same disk, as on most machines: a line that cannot be written must do no harm.
        assistant = Assistant(ensure_model(validate=False), free_port(), free_port(), disk.folder / "logs")
        try:
            assistant.wait_until_healthy()
            yield Stage(assistant, assistant.port, assistant.wait_until_healthy, disk=disk)
        finally:
            assistant.end()
            os.environ.pop("ACU_DB")


@contextlib.contextmanager
def free_ports() -> Iterator[None]:
    """Set ports that nobody uses."""
    os.environ["PORT"], os.environ["ACTION_PORT"] = str(free_port()), str(free_port())
    yield


# Trouble


def _kill_assistants(stage: Stage) -> None:
    cluster: Cluster = stage.system
    for worker in cluster.assistants:
        if worker.process is not None and worker.process.poll() is None:
            worker.kill()
        time.sleep(random.uniform(0.2, 1))
        # The other one must be back before it is its turn: two of two dead is another scene.
        cluster.mend()
        cluster.wait_until_ready()


def _freeze(part: Callable[[Cluster], Any]) -> Trouble:
    def frozen(stage: Stage) -> None:
        part(stage.system).send(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        part(stage.system).send(signal.SIGCONT)

    return frozen


def _restart(part: Callable[[Cluster], Any]) -> Trouble:
    def restarted(stage: Stage) -> None:
        part(stage.system).kill()
        time.sleep(0.3)
        part(stage.system).start()

    return restarted


def _kill_actions(stage: Stage) -> None:
    system: Cluster | Assistant = stage.system
    if isinstance(system, Cluster):
        system.actions.kill()
    else:
        process, _ = system.parts["The action server"]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # As `make run` and `make run-cluster` do, which look every quarter of a second.
    time.sleep(POLL_SECONDS)
    system.mend()


def _fill_the_disk(stage: Stage) -> None:
    assert stage.disk is not None
    stage.disk.fill()
    time.sleep(FROZEN_SECONDS)
    stage.disk.empty()


def _set_clock(*seconds: float) -> Trouble:
    def jumped(stage: Stage) -> None:
        assert stage.clock is not None
        for each in seconds:
            stage.clock.set(each)
            time.sleep(4)

    return jumped


def _set_clock_back_and_kill(stage: Stage) -> None:
    assert stage.clock is not None
    stage.clock.set(-HOUR)
    stage.system.assistants[0].kill()
    time.sleep(1)
    stage.system.mend()


SCENES: dict[Callable[[], contextlib.AbstractContextManager[Stage]], dict[str, Trouble]] = {
    cluster: {
        "nothing happens": lambda _: None,
        "assistants killed (kill -9), one after the other": _kill_assistants,
        "an assistant frozen for 8 s": _freeze(lambda c: c.assistants[0]),
        "Redis killed and started": _restart(lambda c: c.redis),
        "Redis frozen for 8 s": _freeze(lambda c: c.redis),
        "PostgreSQL killed and started": _restart(lambda c: c.postgres),
        "PostgreSQL frozen for 8 s": _freeze(lambda c: c.postgres),
        "action server killed": _kill_actions,
        "action server frozen for 8 s": _freeze(lambda c: c.actions),
    },
    clocked_cluster: {
        "clock set an hour forward, and right again": _set_clock(HOUR, 0),
        "clock set back an hour, and right again": _set_clock(-HOUR, 0),
        "clock set back an hour, an assistant killed": _set_clock_back_and_kill,
    },
    alone: {
        "one process, its disk full for 8 s": _fill_the_disk,
        "one process, its action server killed": _kill_actions,
    },
}
"""What is started, and what is done to it, by the name that the table shows."""
MUST_BE_NOTICED = {"one process, its disk full for 8 s"}
"""Trouble that somebody has to be told of: if nobody was, it did not happen."""
