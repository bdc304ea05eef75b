"""Production refuses to start open, and what deploy/ holds fits what the code reads."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys

import pytest
import yaml

from channels.metrics import _HELP as METRIC_NAMES
from scripts import serve
from scripts.run_cluster import filled, nginx_conf
from scripts.services import program
from scripts.settings import ROOT
from tests.conftest import free_port

DEPLOY = ROOT / "deploy"


def good() -> dict[str, str]:
    return {
        "ACU_DB": "postgresql://acu:pw@db.example/acupressure",
        "ACU_REDIS": "rediss://:pw@redis.example:6379/0",
        "ACU_HOST": "guide.example.org",
        **{f"ACU_{name}_TOKEN": secrets.token_urlsafe(32) for name in ("REST", "METRICS", "ACTION")},
    }


def test_good_settings_are_fine() -> None:
    assert serve.troubles(good()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACU_REST_TOKEN", ""),
        ("ACU_REST_TOKEN", "changeme-changeme-changeme-1234"),
        ("ACU_ACTION_TOKEN", "short"),
        ("ACU_METRICS_TOKEN", "a" * 40),
        ("ACU_DB", ""),
        ("ACU_DB", "conversations.db"),
        ("ACU_DB", "postgresql://acu@db.example/acupressure"),
        ("ACU_REDIS", "redis://redis.example:6379/0"),
        ("ACU_HOST", ""),
        ("ACU_HOST", "*"),
        ("ACU_LOG_ERRORS", "full"),
    ],
)
def test_settings_that_leave_it_open_are_told(name: str, value: str) -> None:
    (trouble,) = serve.troubles({**good(), name: value})
    assert name in trouble


@pytest.mark.parametrize("part", ["assistant", "actions"])
def test_nothing_starts_without_secrets(part: str) -> None:
    command = [sys.executable, "-m", "scripts.serve", part]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Not started" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_action_server_answers_only_who_brings_the_token() -> None:
    from rasa_sdk.endpoint import create_app
    from sanic import Sanic

    from scripts.action_server import ask_for_token

    Sanic.test_mode = True
    app = create_app("actions", cors_origins="")
    ask_for_token(app, "right")
    (check,) = [m for m in app.request_middleware if m.__name__ == "check"]

    def request(path: str, **headers: str) -> object:
        return type("Request", (), {"path": path, "headers": headers})()

    import asyncio

    assert asyncio.run(check(request("/webhook"))).status == 401
    assert asyncio.run(check(request("/webhook", **{"x-action-token": "wrong"}))).status == 401
    assert asyncio.run(check(request("/webhook", **{"x-action-token": "right"}))) is None
    assert asyncio.run(check(request("/health"))) is None


@pytest.mark.parametrize(
    "path", sorted(p for p in DEPLOY.rglob("*") if p.suffix in {".yml", ".yaml"}), ids=str
)
def test_every_yaml_file_can_be_read(path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_example_lists_every_secret_that_is_asked_for() -> None:
    compose = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    for name in set(re.findall(r"\$\{(\w+)", compose)):
        assert re.search(rf"^{name}=", example, re.MULTILINE), name


CHART = {
    "registry", "image", "replicaCount", "command", "args", "applicationSettings", "extraEnv", "livenessProbe",
    "readinessProbe", "resources", "podSecurityContext", "securityContext", "strategy", "autoscaling", "nginx",
    "postgresql", "redis", "rabbitmq", "rasa-action-server", "install",
}  # fmt: skip
"""What Rasa's chart 1.x reads of what we need; it passes over everything else without a word."""


@pytest.mark.parametrize("part", ["assistant", "actions"])
def test_the_chart_starts_what_production_starts(part: str) -> None:
    values = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text(encoding="utf-8"))
    own = values if part == "assistant" else values["rasa-action-server"]
    assert not set(own) - CHART
    # Without arguments the chart adds those of `rasa run`, and what then starts is not ours.
    assert [*own["command"], *own["args"]] == ["python", "-m", "scripts.serve", part]
    given = {entry["name"] for entry in own["extraEnv"]}
    if part == "assistant":
        assert set(good()) <= given
        assert values["applicationSettings"]["initialModel"] == ""
    else:
        assert given == {"ACU_ACTION_TOKEN"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize("name", ["acupressure-actions.service", "acupressure-assistant@5005.service"])
def test_systemd_takes_the_units(tmp_path, name: str) -> None:
    """Its own check knows every directive; the program has to exist, so a stand-in is put in its place."""
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", text))
    command = ["systemd-analyze", "verify", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if name.split("@")[0] in line] == []
    assert done.returncode == 0, done.stderr


def test_only_nginx_is_reachable_and_only_from_this_machine() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    assert {name: s["ports"] for name, s in services.items() if "ports" in s} == {
        "nginx": ["127.0.0.1:8080:8080"]
    }


def test_every_figure_of_the_dashboard_and_the_alerts_exists() -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "acupressure-guide.json").read_text(encoding="utf-8"))
    used = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = yaml.safe_load(
        (DEPLOY / "prometheus" / "acupressure-guide-alerts.yml").read_text(encoding="utf-8")
    )
    used += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    names = {n for expr in used for n in re.findall(r"\b(?:acu|process)_[a-z_]+", expr)}
    assert names
    assert {n.removesuffix("_bucket") for n in names} <= set(METRIC_NAMES)


def test_the_template_keeps_what_is_nginxs_own() -> None:
    assert filled("a ${LISTEN} $host ${request_id}", LISTEN="1") == "a 1 $host ${request_id}"


@pytest.mark.skipif(program("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_its_configuration(tmp_path) -> None:
    (tmp_path / "temp").mkdir()
    conf = tmp_path / "nginx.conf"
    conf.write_text(nginx_conf(free_port(), [1, 2]), encoding="utf-8")
    command = [str(program("nginx")), "-t", "-p", str(tmp_path), "-c", str(conf), "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
