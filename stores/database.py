"""Transactions on SQLite or PostgreSQL, off the event loop and with a deadline.

Upstream fault: Rasa's SQL store works inside the event loop, so a slow or frozen database stops every user, and
it waits without end. Here a transaction runs on a thread; when its time is over the caller hears `Unavailable`,
the connection is cut, and nothing of that transaction is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg2

T = TypeVar("T")
SECONDS = 4.0
"""Time that a transaction may take, tries after a lost connection included."""
ROOM = 1 << 20
"""Bytes that have to be free where an SQLite file is: some hundred turns, and less counts as a full disk."""
_PAUSE = 0.1
_SCHEMA_LOCK = 5_005_5_055
"""Any number will do: processes that start together make the tables one after the other."""


class Unavailable(Exception):
    """The database gave no answer in time, or cannot take anything."""


class Transaction:
    """What a piece of work may do: statements with ``?`` for their values."""

    def __init__(self, cursor: Any, mark: str) -> None:
        self._cursor, self._mark = cursor, mark

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        self._cursor.execute(statement.replace("?", self._mark), values)
        return self._cursor.rowcount

    def rows(self, statement: str, *values: Any) -> list[tuple]:
        """Return the rows of a query."""
        self._cursor.execute(statement.replace("?", self._mark), values)
        return self._cursor.fetchall()


Work = Callable[[Transaction], T]


class _Attempt:
    """What the waiting side and the thread know of each other."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.given_up = False
        self.connection: Any = None


class Database:
    """Runs work in transactions; the kinds of database fill in the differences."""

    mark = "?"
    find_table = ""
    """The query that tells whether there is a table of some name."""
    errors: tuple[type[Exception], ...] = ()
    """What a lost connection looks like: worth another try."""

    def __init__(self, schema: Sequence[str], threads: int, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._schema = tuple(schema)
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="store")
        self._local = threading.local()
        self._made = False

    async def run(self, work: Work[T]) -> T:
        """Return what the work returns, once it is committed."""
        attempt = _Attempt(self.seconds)
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self.threads, self._persist, work, attempt)
        try:
            return await asyncio.wait_for(running, self.seconds)
        except asyncio.TimeoutError:
            attempt.given_up = True
            self.sever(attempt.connection)
            raise Unavailable("The database gave no answer in time.") from None

    def _persist(self, work: Work[T], attempt: _Attempt) -> T:
        while True:
            try:
                return self._try(work, attempt)
            except self.errors as error:
                if self.is_final(error):
                    # The connection is as good as before. On a full disk there may be no room to open a new one.
                    raise Unavailable(f"The database cannot take anything: {error}") from error
                self._drop()
                if attempt.given_up or time.monotonic() > attempt.until:
                    raise Unavailable(f"The database failed: {type(error).__name__}") from error
                time.sleep(_PAUSE)

    def _try(self, work: Work[T], attempt: _Attempt) -> T:
        connection = attempt.connection = self._connection()
        cursor = connection.cursor()
        try:
            cursor.execute("BEGIN")
            result = work(Transaction(cursor, self.mark))
            # Nobody waits any longer: what they were told is that it failed, so let it have failed.
            cursor.execute("ROLLBACK" if attempt.given_up else "COMMIT")
            return result
        except BaseException:
            with contextlib.suppress(*self.errors):
                cursor.execute("ROLLBACK")
            raise
        finally:
            attempt.connection = None
            with contextlib.suppress(*self.errors):
                cursor.close()

    def _connection(self) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self.connect()
            if not self._made:
                cursor = connection.cursor()
                cursor.execute("BEGIN")
                self.prepare(cursor)
                for statement in self._schema:
                    cursor.execute(statement)
                cursor.execute("COMMIT")
                self._made = True
            self._local.connection = connection
        return connection

    def _drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()

    def connect(self) -> Any:
        """Return a new connection that begins no transactions by itself."""
        raise NotImplementedError

    def prepare(self, cursor: Any) -> None:
        """Keep others away while the tables are made."""

    def is_final(self, error: Exception) -> bool:
        """Tell whether another try is of no use."""
        return False

    def sever(self, connection: Any) -> None:
        """Wake a thread that waits for a database that does not answer."""

    def check_room(self) -> None:
        """Raise `Unavailable` where nothing could be written; only a database on this machine can be looked at."""

    def tidy(self) -> None:
        """Remove traces of what was deleted, as far as the database lets us."""

    def close(self) -> None:
        """Let the threads end."""
        self.threads.shutdown(wait=False)


class Sqlite(Database):
    """One file, one writing thread."""

    find_table = "SELECT 1 FROM sqlite_master WHERE name = ?"
    errors = (sqlite3.OperationalError,)

    def __init__(self, path: str, schema: Sequence[str], seconds: float = SECONDS) -> None:
        super().__init__(schema, threads=1, seconds=seconds)
        self.path = Path(path)

    def connect(self) -> sqlite3.Connection:
        """Open the file, readable for its owner alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        connection = sqlite3.connect(self.path, timeout=1.0, isolation_level=None)
        # A killed process loses nothing in this mode; only a power cut may take the last turns.
        for setting in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {setting}")
        return connection

    def is_final(self, error: Exception) -> bool:
        """A full disk does not empty itself while somebody waits."""
        return "full" in str(error) or "readonly" in str(error)

    def check_room(self) -> None:
        """Raise `Unavailable` where the disk is full."""
        if shutil.disk_usage(self.path.parent).free < ROOM:
            raise Unavailable("The disk is full.")

    def tidy(self) -> None:
        """Empty the journal, in which deleted rows are still to be found."""
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class Postgres(Database):
    """A server that several processes share."""

    mark = "%s"
    find_table = "SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = ?"
    errors = (psycopg2.OperationalError, psycopg2.InterfaceError)

    def __init__(self, url: str, schema: Sequence[str], threads: int = 4, seconds: float = SECONDS) -> None:
        super().__init__(schema, threads, seconds)
        self._url = url

    def connect(self) -> Any:
        """Connect; a statement that takes too long is ended by the server as well."""
        connection = psycopg2.connect(
            self._url,
            connect_timeout=2,
            application_name="acupressure-guide",
            options=f"-c statement_timeout={int(self.seconds * 1000)} -c lock_timeout=2000",
        )
        connection.autocommit = True
        return connection

    def prepare(self, cursor: Any) -> None:
        """Make the tables one process at a time: CREATE TABLE IF NOT EXISTS alone can collide."""
        cursor.execute(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")

    def sever(self, connection: Any) -> None:
        """Shut the socket: psycopg2 would wait for a frozen server for ever."""
        with (
            contextlib.suppress(OSError, psycopg2.Error, AttributeError),
            socket.socket(fileno=os.dup(connection.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


def database(url: str, schema: Sequence[str], **options: Any) -> Database:
    """Return the database of an address: ``postgresql://...``, or the path of an SQLite file."""
    if urlsplit(url).scheme in {"postgresql", "postgres"}:
        return Postgres(url, schema, **options)
    return Sqlite(url.removeprefix("sqlite:///"), schema, **options)
