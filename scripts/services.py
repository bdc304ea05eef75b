"""Redis, PostgreSQL and nginx from the system's packages, started for a cluster on this machine or for a test."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.processes import end, reason
from scripts.settings import HOST, Problem

START_SECONDS = 20
_PLACES = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")


def program(name: str) -> Path | None:
    """Return where a server program is: Debian keeps PostgreSQL's out of the way."""
    found = shutil.which(name)
    places = [Path(found)] if found else [Path(folder) / name for folder in _PLACES]
    places += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return next((path for path in places if os.access(path, os.X_OK)), None)


def missing() -> list[str]:
    """Return the programs of a cluster that are not on this machine."""
    return [name for name in ("redis-server", "initdb", "postgres", "nginx") if program(name) is None]


def need(name: str) -> str:
    """Return the path of a program, or say that it has to be installed."""
    path = program(name)
    if path is None:
        raise Problem(f"{name} is not installed: run `sh scripts/services.sh`, or install it yourself.")
    return str(path)


class Service:
    """A program in its own process group that can be killed, frozen and started again."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, port: int, user: str | None = None
    ) -> None:
        self.name, self.port, self._command, self._log, self._user = name, port, list(command), log, user
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        owner = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid} if self._user else {}
        with self._log.open("ab") as out:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                cwd=self._log.parent, start_new_session=True, **owner,
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while not self.is_open():
            if self.process.poll() is not None or time.monotonic() > until:
                self.end()
                raise Problem(f"{self.name} did not start: {reason(self._log)}. Log: {self._log}")
            time.sleep(0.05)

    def is_open(self) -> bool:
        """Tell whether something listens on its port."""
        with socket.socket() as caller:
            caller.settimeout(0.5)
            return caller.connect_ex((HOST, self.port)) == 0

    def send(self, signum: int) -> None:
        """Send a signal to all of its processes."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signum)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def freeze(self) -> None:
        """Stop it without ending it: connections stay open and nothing answers."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def end(self) -> None:
        """End it politely."""
        if self.process is not None:
            self.thaw()
            end([self.process])
            self.process = None


def redis(folder: Path, port: int) -> Service:
    """Return a Redis that keeps nothing on disk: locks are worth nothing after a restart."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        *(need("redis-server"), "--port", str(port), "--bind", HOST, "--dir", str(folder)),
        *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
    ]
    return Service("Redis", command, folder / "redis.log", port)


class PostgresService(Service):
    """A PostgreSQL whose processes leave its process group: signals go to each of them."""

    def send(self, signum: int) -> None:
        """Send a signal to the server and the processes it has forked."""
        if self.process is None:
            return
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid:
                    children.append(int(stat.parent.name))
        # The server first when it shall freeze or die, so that it starts no others meanwhile.
        for pid in [self.process.pid, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)


def postgres(folder: Path, port: int, name: str = "acupressure") -> tuple[Service, str]:
    """Return a PostgreSQL with one database, and the address of that."""
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    data = folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user)
    owner = {"user": user, "group": pwd.getpwnam(user).pw_gid} if user else {}
    if not (data / "PG_VERSION").exists():
        command = [need("initdb"), "-D", str(data), "-U", "acu", "--auth=trust", "-E", "UTF8", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, **owner)
        if done.returncode:
            raise Problem(f"PostgreSQL's files could not be made: {done.stderr.strip()[-300:]}")
    command = [
        *(need("postgres"), "-D", str(data), "-p", str(port)),
        *(
            "-c",
            f"listen_addresses={HOST}",
            "-c",
            f"unix_socket_directories={folder}",
            "-c",
            "max_connections=60",
        ),
    ]
    log = folder / "postgres.log"
    service = PostgresService("PostgreSQL", command, log, port, user)
    url = f"postgresql://acu@{HOST}:{port}/{name}"
    return service, url


def make_database(url: str) -> None:
    """Make the database of an address unless it is there."""
    import psycopg2

    server, name = url.rsplit("/", 1)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = psycopg2.connect(f"{server}/postgres", connect_timeout=2)
            break
        except psycopg2.OperationalError:
            if time.monotonic() > until:
                raise Problem("PostgreSQL takes no connections.") from None
            time.sleep(0.1)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')


@contextlib.contextmanager
def started(*services: Service) -> Iterator[None]:
    """Run services for as long as the block runs."""
    try:
        for service in services:
            service.start()
        yield
    finally:
        for service in reversed(services):
            service.end()
