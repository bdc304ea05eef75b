"""Serve the custom actions to this machine only; the stock server listens on every interface.

The port opens when the first answer is ready to be given: whoever gets through is not kept waiting.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import sys

from rasa_sdk import Tracker
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import CollectingDispatcher
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.points import AnswerActionPoints
from scripts.settings import HOST, Problem, port_setting


def ask_for_token(app: Sanic, token: str) -> None:
    """Answer only who brings the token: the assistant. Its health is no secret."""

    @app.middleware("request")
    async def check(request: Request) -> HTTPResponse | None:
        given = request.headers.get("x-action-token") or ""
        if request.path != "/health" and not hmac.compare_digest(given.encode(), token.encode()):
            return response.json({"error": "Only the assistant may call this."}, status=401)
        return None


def warm_up() -> None:
    """Answer one message nobody has sent: the catalogue and the wording are read with it."""
    latest = {"text": "where is LI4", "intent": {}, "entities": []}
    tracker = Tracker("warm-up", {}, latest, [], False, None, {}, "action_listen")
    asyncio.run(AnswerActionPoints().run(CollectingDispatcher(), tracker, {}))


def main() -> int:
    """Run the action server until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("sanic").setLevel(logging.WARNING)
    try:
        port = port_setting("ACTION_PORT", 5055)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    # No cross-origin header: no web page has any business here.
    app = create_app("actions", cors_origins="")
    if token := os.environ.get("ACU_ACTION_TOKEN"):
        ask_for_token(app, token)
    warm_up()
    app.run(
        host=os.environ.get("ACU_ACTION_BIND") or HOST,
        port=port,
        workers=1,
        access_log=False,
        debug=False,
        motd=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
