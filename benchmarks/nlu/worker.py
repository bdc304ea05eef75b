"""One training or one round of messages in a process of its own, started by the other modules here.

So nothing that was loaded or remembered before counts, and a message has one core, as the latency says.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.processes import reason, run_logged
from scripts.settings import CACHE, LOGS, Problem, engine_env, short

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
} | {"TF_INTER_OP_PARALLELISM_THREADS": "1", "TF_INTRA_OP_PARALLELISM_THREADS": "1"}

FALLBACK = "nlu_fallback"
NOTHING = {"name": FALLBACK, "confidence": 0.0}
"""The intent of a text of which nothing was understood."""


def run(job: dict[str, Any], env: dict[str, str] | None = None) -> dict[str, Any]:
    """Do a job in a fresh process and return what it found out.

    Args:
        job: ``do`` (``train`` or ``understand``), ``name``, and the arguments of the function of that name here.
        env: settings on top of those that every Rasa process gets.
    """
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="job-") as scratch:
        file, log = Path(scratch) / "job.json", LOGS / f"bench-nlu-{job['name']}.log"
        found = Path(scratch) / "found.json"
        file.write_text(json.dumps({**job, "scratch": scratch, "found": str(found)}), encoding="utf-8")
        cache = {"RASA_CACHE_DIRECTORY": f"{scratch}/cache", "RASA_MAX_CACHE_SIZE": "0"}
        command = [sys.executable, "-m", "benchmarks.nlu.worker", str(file)]
        code = run_logged(command, log, {**engine_env(), **cache, **(env or {})})
        if code or not found.is_file():
            raise Problem(f"{job['name']}: {reason(log)}. Log: {short(log)}")
        return json.loads(found.read_text(encoding="utf-8"))


def train(job: dict[str, Any]) -> dict[str, Any]:
    """Train ``config`` on ``data`` (files or folders) into ``model``; with ``domain`` a whole assistant."""
    from benchmarks.nlu import engine

    domain = job.get("domain")
    found = engine.train(
        Path(job["config"]),
        [Path(path) for path in job["data"]],
        Path(job["model"]),
        Path(domain) if domain else None,
    )
    return {**found, "peak_mb": peak_mb()}


def understand(job: dict[str, Any]) -> dict[str, Any]:
    """Let ``model`` understand ``texts`` after ``warm_up``, on one core; each text once.

    Returns:
        ``rows``, one for each text; ``memory_mb`` after loading and after all texts; ``model_bytes``.
    """
    from benchmarks.nlu.engine import Pipeline

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pipeline = Pipeline(Path(job["model"]), Path(job["scratch"]) / "model")
    for text in job["warm_up"]:
        _row(pipeline, text)
    loaded = memory_mb()
    rows = [_row(pipeline, text) for text in job["texts"]]
    memory = {"loaded": loaded, "served": memory_mb()}
    if job.get("outside"):
        for row, outside in zip(rows, _outside(pipeline, [row["masked"] for row in rows])):
            row["outside"] = outside
    return {"rows": rows, "memory_mb": memory, "model_bytes": Path(job["model"]).stat().st_size}


def _row(pipeline: Any, text: str) -> dict[str, Any]:
    """Return what is understood of a text, as plain data, and what it took in milliseconds."""
    from rasa.engine.exceptions import GraphComponentException
    from rasa.shared.nlu.training_data.message import Message

    from acupressure.understanding import KEY
    from nlu.catalog_reader import MASKED

    failed = False
    try:
        message, seconds, used = pipeline.understand(text)
    except GraphComponentException:
        # A pipeline that fails on a text has not understood it: nobody would get an answer.
        message, seconds, used, failed = Message({"intent": NOTHING}), {}, 0.0, True
    reading = message.get(KEY) or {}
    return {
        "failed": failed,
        "intent": dict(message.get("intent") or NOTHING),
        "ranking": [(entry["name"], entry["confidence"]) for entry in message.get("intent_ranking") or []],
        "named": [(e["entity"], e["value"]) for e in message.get("entities") or []],
        "points": [
            {"codes": m["codes"], "other": m["other"], "how": m["how"]} for m in reading.get("points", ())
        ],
        "complaints": [m["id"] for m in reading.get("complaints", ())],
        "masked": message.get(MASKED) or "",
        "ms": {name: 1000 * taken for name, taken in seconds.items()},
        "cpu_ms": 1000 * used,
    }


def _outside(pipeline: Any, texts: list[str]) -> list[float]:
    """Return the probability of each text to be none of our business, as the classifier's detector sees it."""
    from nlu.intent_classifier import IntentClassifier, Model

    with pipeline.storage.read_from(pipeline.resource_of(IntentClassifier.__name__)) as folder:
        model = Model.restore(folder)
    return [model.judge([text])[0].outside if text.strip() else 1.0 for text in texts]


def memory_mb() -> float:
    """Return the resident memory of this process."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) / 1024
    asked = ["ps", "-o", "rss=", "-p", str(os.getpid())]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) / 1024


def peak_mb() -> float:
    """Return the most memory that this process ever held."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def main() -> int:
    """Do the job that a file describes."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = {"train": train, "understand": understand}[job["do"]](job)
    Path(job["found"]).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
