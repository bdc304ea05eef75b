"""Serve one part for production: refuses to start with settings that would leave it open.

    python -m scripts.serve assistant | actions | purge

A container and a systemd unit of deploy/ start this. It trains nothing and fetches nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from acupressure.settings import retention_days
from scripts.run import rasa_run
from scripts.settings import MODELS, Problem, engine_env, port_setting
from scripts.train import model_path

MIN_SECRET = 24
"""Characters below which a secret can be guessed."""
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PLACEHOLDERS = ("change", "secret", "password", "example", "token")


def _secret_trouble(name: str, value: str) -> str | None:
    if not value:
        return f"{name} is not set"
    if len(value) < MIN_SECRET or value.lower().startswith(PLACEHOLDERS) or len(set(value)) < 8:
        return f"{name} is too easy to guess: at least {MIN_SECRET} random characters"
    return None


def _store_trouble(name: str, url: str, schemes: set[str]) -> str | None:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        return f"{name} is not the address of a server ({' or '.join(sorted(schemes))}://...)"
    if parts.hostname not in LOOPBACK and not parts.password:
        return f"{name} names a server on the network without a password"
    return None


def troubles(env: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the settings of a production assistant."""
    found = [
        _store_trouble("ACU_DB", env.get("ACU_DB", ""), {"postgresql", "postgres"}),
        _store_trouble("ACU_REDIS", env.get("ACU_REDIS", ""), {"redis", "rediss"}),
        _secret_trouble("ACU_REST_TOKEN", env.get("ACU_REST_TOKEN", "")),
        _secret_trouble("ACU_METRICS_TOKEN", env.get("ACU_METRICS_TOKEN", "")),
        _secret_trouble("ACU_ACTION_TOKEN", env.get("ACU_ACTION_TOKEN", "")),
    ]
    host = env.get("ACU_HOST", "")
    if not host or host == "*" or "/" in host:
        found.append("ACU_HOST must be the one host name of the page, such as guide.example.org")
    if env.get("ACU_LOG_ERRORS", "").lower() == "full":
        found.append("ACU_LOG_ERRORS=full would write users' words to the log")
    return [trouble for trouble in found if trouble]


def require_safe(env: Mapping[str, str]) -> None:
    """Raise Problem if production would be left open."""
    if found := troubles(env):
        raise Problem("Not started, because:\n" + "\n".join(f"  - {trouble}" for trouble in found))


def served_model() -> Path:
    """Return the model of these files: one of our own making, from our own folder, and no other."""
    model = model_path()
    if not model.is_file():
        raise Problem(f"There is no model for these files in {MODELS.name}/: run `make train` first.")
    return model


def serve_assistant() -> None:
    """Become an assistant."""
    require_safe(os.environ)
    command = rasa_run(
        port_setting("PORT", 5005),
        served_model(),
        host=os.environ.get("ACU_BIND") or "127.0.0.1",
        endpoints="rasa/endpoints.production.yml",
        credentials="rasa/credentials.production.yml",
    )
    env = engine_env(port_setting("ACTION_PORT", 5055))
    env["ACTION_ENDPOINT_URL"] = os.environ.get("ACTION_ENDPOINT_URL") or env["ACTION_ENDPOINT_URL"]
    env.setdefault("ACU_LOG", "json")
    os.execve(command[0], command, env)


def serve_actions() -> None:
    """Become the action server."""
    if trouble := _secret_trouble("ACU_ACTION_TOKEN", os.environ.get("ACU_ACTION_TOKEN", "")):
        raise Problem(f"Not started, because {trouble}.")
    os.execve(sys.executable, [sys.executable, "-m", "scripts.action_server"], engine_env())


def purge() -> None:
    """Delete the conversations whose time is over, once: for a timer, where no assistant runs all day."""
    from stores.tracker_store import FlatTrackerStore

    days = retention_days()
    if days is None:
        print("ACU_RETENTION_DAYS is off: nothing is deleted.")
        return
    store = FlatTrackerStore(None, engine_env()["ACU_DB"])
    count = asyncio.run(store.purge(time.time() - days * 86_400))
    print(f"{count} conversations without a message for {days:g} days were deleted.")


def main() -> int:
    """Serve the part that is named."""
    parts = {"assistant": serve_assistant, "actions": serve_actions, "purge": purge}
    if len(sys.argv) != 2 or sys.argv[1] not in parts:
        print(f"usage: python -m scripts.serve {' | '.join(parts)}", file=sys.stderr)
        return 2
    try:
        parts[sys.argv[1]]()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
