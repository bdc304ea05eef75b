"""Start the assistant: the sentence encoder, a model, the action server and Rasa, and end them together."""

from __future__ import annotations

import contextlib
import errno
import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.fetch_encoder import ensure_encoder
from scripts.fetch_recogniser import ensure_recogniser
from scripts.processes import Stopped, end, start, stop_on_signals, why_ended
from scripts.settings import HOST, LOGS, Problem, engine_env, ports, short, voice_ports, voice_wanted
from scripts.train import ensure_model

START_SECONDS = 300
POLL_SECONDS = 0.25
MOST_RESTARTS, RESTARTS_SECONDS = 5, 60.0
"""So often within this time is a part started again: what dies more often is broken."""
RASA_LOG, ACTION_LOG, VOICE_LOG = "rasa.log", "actions.log", "voice.log"
VOICE_PARTS = ("wyoming", "aiohttp")
"""What the gateway cannot do without; engines may be elsewhere."""


def is_taken(port: int) -> bool:
    """Say whether something already listens on a port of this machine."""
    with socket.socket() as probe:
        # A server that ended a moment ago leaves the port waiting, not taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Problem(f"Port {port} is not open to this user: choose one above 1023.") from None
            return True
    with socket.socket() as caller:
        caller.settimeout(0.5)
        return caller.connect_ex((HOST, port)) == 0


def require_free(name: str, port: int) -> None:
    """Refuse to start on a port that belongs to another program."""
    if is_taken(port):
        raise Problem(f"Port {port} is taken by another program: stop it, or set {name} to another number.")


def is_healthy(port: int, path: str) -> bool:
    """Ask a server on this machine whether it is well."""
    caller = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        caller.request("GET", path)
        return caller.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        caller.close()


def rasa_run(
    port: int,
    model: Path,
    host: str = HOST,
    endpoints: str = "rasa/endpoints.yml",
    credentials: str = "rasa/credentials.yml",
) -> list[str]:
    """Return the command that serves a model. Rasa's own API stays off: it has no place beside these channels."""
    return [
        *(sys.executable, "-m", "scripts.engine", "run", "-i", host, "-p", str(port)),
        *("--endpoints", endpoints, "--credentials", credentials),
        *("--model", short(model)),
    ]


class Restarts:
    """Counts how often something had to be started again lately."""

    def __init__(self, most: int = MOST_RESTARTS, seconds: float = RESTARTS_SECONDS) -> None:
        self.most, self._seconds = most, seconds
        self._when: list[float] = []

    def one_more(self) -> bool:
        """Note a restart; False if that makes too many."""
        now = time.monotonic()
        self._when = [when for when in self._when if now - when < self._seconds] + [now]
        return len(self._when) <= self.most


class Assistant:
    """The action server and Rasa, started and ended as one; what they print goes to files in ``logs``."""

    def __init__(self, model: Path, port: int, action_port: int, logs: Path = LOGS) -> None:
        self.port, self.action_port = port, action_port
        env = {**engine_env(action_port), "PORT": str(port), "ACTION_PORT": str(action_port)}
        self.parts: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}
        self._commands: dict[str, tuple[list[str], dict[str, str]]] = {}
        self._restarts = Restarts()
        try:
            self._start(
                "The action server", [sys.executable, "-m", "scripts.action_server"], logs / ACTION_LOG, env
            )
            self._start("Rasa", rasa_run(port, model), logs / RASA_LOG, env)
        except BaseException:
            self.end()
            raise

    def _start(self, name: str, command: list[str], log: Path, env: dict[str, str]) -> None:
        self._commands[name] = (command, env)
        self.parts[name] = (start(command, log, env), log)

    def _ended(self) -> dict[str, str]:
        """Return the parts that have ended, each with the sentence that says why."""
        return {
            name: f"{name} stopped: {why_ended(process, log)}. Log: {short(log)}"
            for name, (process, log) in self.parts.items()
            if process.poll() is not None
        }

    def check_alive(self) -> None:
        """Raise Problem as soon as one of the two has ended."""
        for sentence in self._ended().values():
            raise Problem(sentence)

    def mend(self) -> None:
        """Start again what has ended; Problem where that happens too often."""
        for name, sentence in self._ended().items():
            if not self._restarts.one_more():
                raise Problem(f"{sentence} It was started again {self._restarts.most} times within a minute.")
            print(f"{sentence} It is started again.", flush=True)
            (command, env), (process, log) = self._commands[name], self.parts[name]
            # What it had started itself would keep its port.
            end([process])
            self.parts[name] = (start(command, log, env, again=True), log)

    def wait_until_healthy(self, seconds: float = START_SECONDS) -> None:
        """Wait until both answer that they are well."""
        deadline = time.monotonic() + seconds
        waiting = [(self.action_port, "/health"), (self.port, "/chat/api/health")]
        while waiting:
            self.check_alive()
            waiting = [place for place in waiting if not is_healthy(*place)]
            if waiting and time.monotonic() > deadline:
                raise Problem(
                    f"The assistant was not ready after {seconds:.0f} seconds. Log: {short(self.parts['Rasa'][1])}"
                )
            time.sleep(POLL_SECONDS if waiting else 0)

    def watch(self) -> None:
        """Stay, and start again whichever of the two ends; until it is of no use."""
        while True:
            self.mend()
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """End both, and whatever they started."""
        end([process for process, _ in self.parts.values()])


@contextlib.contextmanager
def running() -> Iterator[Assistant]:
    """Bring the assistant up, with progress lines, and take it down again."""
    port, action_port = ports()
    require_free("PORT", port)
    require_free("ACTION_PORT", action_port)
    print("[1/5] Packages: ready.", flush=True)
    ensure_encoder("[2/5] ")
    ensure_recogniser()
    model = ensure_model(step="[3/5] ")
    print("[4/5] Starting the assistant ...", flush=True)
    assistant = Assistant(model, port, action_port)
    try:
        assistant.wait_until_healthy()
        yield assistant
    finally:
        # From here on a second Ctrl-C must not leave anything running.
        assistant.end()


@contextlib.contextmanager
def speaking(port: int) -> Iterator[None]:
    """Start the voice gateway beside the assistant, where its parts are there and its ports are free.

    It is an extra: whatever becomes of it, the assistant goes on.
    """
    voice_port, home_port = voice_ports()
    if not voice_wanted() or any(importlib.util.find_spec(name) is None for name in VOICE_PARTS):
        yield
        return
    if is_taken(voice_port) or is_taken(home_port):
        print(
            f"Voice is left out: port {voice_port} or {home_port} is taken (VOICE_PORT, VOICE_WYOMING_PORT).",
            flush=True,
        )
        yield
        return
    env = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    gateway = start([sys.executable, "-m", "voice.gateway"], LOGS / VOICE_LOG, env)
    print(f"Voice: http://{HOST}:{voice_port}/  To talk here: .venv/bin/python -m voice", flush=True)
    try:
        yield
    finally:
        end([gateway])


def main() -> int:
    """Run until Ctrl-C (exit 0) or until something breaks (exit 1)."""
    stop_on_signals()
    ready = False
    try:
        with running() as assistant:
            ready = True
            print(f"[5/5] Ready: http://{HOST}:{assistant.port}/  (Ctrl-C ends it)", flush=True)
            with speaking(assistant.port):
                assistant.watch()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped as stopped:
        name = signal.Signals(stopped.signum).name
        print(f"Stopped ({name}).", flush=True)
        return 0 if ready else 128 + stopped.signum
    return 0


if __name__ == "__main__":
    sys.exit(main())
