"""Logs that a machine can read, each line with the id of its request, and without what people wrote.

Upstream fault: Rasa takes a logging configuration from a file and then puts its coloured lines over it. So ours is
put in place when the server has started, where ``ACU_LOG=json`` asks for it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback

from channels.guard import request_id


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an error it shows the kind and the places, not its words: they may be a user's."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := request_id.get():
            line["request_id"] = name
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line["error"] = kind.__name__
            if os.environ.get("ACU_LOG_ERRORS", "").lower() == "full":
                line["error"] += f": {error}"
            line["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-12:]]
        return json.dumps(line, default=str)


def install() -> None:
    """Write the log as JSON if that is asked for; doing it again changes nothing."""
    if os.environ.get("ACU_LOG", "").lower() != "json":
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    for name in ("", "rasa", "sanic.root", "sanic.error", "sanic.access"):
        logging.getLogger(name).handlers = [] if name else [handler]
        logging.getLogger(name).propagate = True
