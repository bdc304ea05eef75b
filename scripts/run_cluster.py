"""Start a cluster on this machine: assistants behind nginx, with Redis and PostgreSQL from the system's packages."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scripts import services
from scripts.fetch_encoder import ensure_encoder
from scripts.processes import Stopped, end, start, stop_on_signals, why_ended
from scripts.run import is_healthy, rasa_run, require_free
from scripts.settings import CACHE, HOST, LOGS, ROOT, Problem, engine_env, ports, short
from scripts.train import ensure_model

START_SECONDS = 300
POLL_SECONDS = 0.25
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")


def instances() -> int:
    """Return how many assistants there shall be."""
    text = os.environ.get("ACU_INSTANCES", "").strip() or "2"
    if not text.isdecimal() or not 0 < int(text) <= 64:
        raise Problem(f"ACU_INSTANCES is set to '{text}', which is not a number of processes.")
    return int(text)


def filled(template: str, **values: str) -> str:
    """Return a template with its words in capitals filled in; nginx's own variables stay."""
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], template)


def nginx_conf(port: int, assistants: list[int], rate: str = "1000r/s") -> str:
    """Return a whole configuration of nginx for this machine."""
    lines = " ".join(f"server {HOST}:{each} max_fails=1 fail_timeout=2s;" for each in assistants)
    server = filled(
        TEMPLATE.read_text(encoding="utf-8"), ASSISTANTS=lines, LISTEN=f"{HOST}:{port}", RATE=rate
    )
    inner = "\n".join("    " + line for line in server.splitlines())
    temporary = "".join(
        f"    {kind}_temp_path temp/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        "daemon off;\npid nginx.pid;\nworker_processes 1;\nerror_log stderr warn;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n    access_log off;\n{temporary}{inner}\n}}\n"
    )


def nginx(folder: Path, port: int, assistants: list[int]) -> services.Service:
    """Return nginx in front of assistants."""
    (folder / "temp").mkdir(parents=True, exist_ok=True)
    conf = folder / "nginx.conf"
    conf.write_text(nginx_conf(port, assistants), encoding="utf-8")
    command = [services.need("nginx"), "-p", str(folder), "-c", str(conf), "-e", "stderr"]
    return services.Service("nginx", command, folder / "nginx.log", port)


def free_port() -> int:
    """Return a port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Worker(services.Service):
    """A process of ours: the action server or an assistant."""

    def __init__(self, name: str, command: list[str], port: int, env: dict[str, str], health: str) -> None:
        super().__init__(name, command, LOGS / f"cluster-{name.lower().replace(' ', '-')}.log", port)
        self._env, self.health = env, health

    def start(self) -> None:
        """Start it; whether it is ready is asked later, so that all can start together."""
        self.process = start(self._command, self._log, self._env, again=self.process is not None)

    def is_ready(self) -> bool:
        """Tell whether it can do its work."""
        return is_healthy(self.port, self.health)

    def why_ended(self) -> str:
        """Say why it is no longer there."""
        return why_ended(self.process, self._log)


class Cluster:
    """All processes of a cluster; those that die are started again."""

    def __init__(self, folder: Path, model: Path, port: int, action_port: int, count: int) -> None:
        self.port, self.folder = port, folder
        redis_port, postgres_port = free_port(), free_port()
        self.redis = services.redis(folder / "redis", redis_port)
        self.postgres, self.database_url = services.postgres(folder / "postgres", postgres_port)
        env = {
            **engine_env(action_port),
            "ACTION_PORT": str(action_port),
            "ACU_DB": self.database_url,
            "ACU_LOG": os.environ.get("ACU_LOG") or "json",
            "ACU_REDIS": f"redis://{HOST}:{redis_port}/0",
        }
        self.actions = Worker(
            "Action server", [sys.executable, "-m", "scripts.action_server"], action_port, env, "/health"
        )
        self.assistants = []
        for number in range(1, count + 1):
            own = free_port()
            command = rasa_run(own, model, endpoints="rasa/endpoints.cluster.yml")
            self.assistants.append(Worker(f"Assistant {number}", command, own, env, "/ready"))
        self.nginx = nginx(folder / "nginx", port, [worker.port for worker in self.assistants])
        self.restarts = 0

    @property
    def workers(self) -> list[Worker]:
        """Return our own processes."""
        return [self.actions, *self.assistants]

    def start(self) -> None:
        """Start everything and wait until every assistant is ready."""
        for service in (self.redis, self.postgres):
            service.start()
        services.make_database(self.database_url)
        for worker in self.workers:
            worker.start()
        self.nginx.start()
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until every one of our processes can do its work."""
        until = time.monotonic() + seconds
        while waiting := [w for w in self.workers if not w.is_ready()]:
            for worker in self.workers:
                if worker.process is not None and worker.process.poll() is not None:
                    raise Problem(f"{worker.name} stopped: {worker.why_ended()}. Log: {short(worker._log)}")
            if time.monotonic() > until:
                raise Problem(f"{waiting[0].name} was not ready after {seconds:.0f} seconds.")
            time.sleep(POLL_SECONDS)

    def mend(self) -> None:
        """Start again what has died."""
        for service in (self.redis, self.postgres, self.nginx, *self.workers):
            if service.process is not None and service.process.poll() is not None:
                why = f": {service.why_ended()}" if isinstance(service, Worker) else ""
                print(f"{service.name} died and is started again{why}.", flush=True)
                self.restarts += 1
                with contextlib.suppress(Problem):
                    service.start()

    def end(self) -> None:
        """End everything, those that others need last."""
        end([w.process for w in self.workers if w.process is not None])
        for service in (self.nginx, self.redis, self.postgres):
            service.end()


def cluster_folder() -> Path:
    """Return where a cluster keeps its files: PostgreSQL runs as another user where we are root."""
    if os.environ.get("ACU_CLUSTER_DIR"):
        return Path(os.environ["ACU_CLUSTER_DIR"]).expanduser().absolute()
    return Path(tempfile.gettempdir()) / "acu-cluster" if os.geteuid() == 0 else CACHE / "cluster"


@contextlib.contextmanager
def running(folder: Path | None = None, keep: bool = True) -> Iterator[Cluster]:
    """Bring a cluster up, with progress lines, and take it down again."""
    if lacking := services.missing():
        raise Problem(
            f"Not installed: {', '.join(lacking)}. `sh scripts/services.sh` installs them on Debian."
        )
    port, action_port = ports()
    require_free("PORT", port)
    require_free("ACTION_PORT", action_port)
    ensure_encoder("[1/3] ")
    model = ensure_model(step="[2/3] ")
    folder = folder or cluster_folder()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    print(f"[3/3] Starting {instances()} assistants, Redis, PostgreSQL and nginx ...", flush=True)
    cluster = Cluster(folder, model, port, action_port, instances())
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.end()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run until Ctrl-C; what dies meanwhile is started again."""
    stop_on_signals()
    try:
        with running() as cluster:
            print(f"Ready: http://{HOST}:{cluster.port}/chat/  (Ctrl-C ends it)", flush=True)
            while True:
                cluster.mend()
                time.sleep(POLL_SECONDS)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(f"Stopped ({signal.Signals(stopped.signum).name}).", flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
