"""Serve the custom actions to this machine only; the stock server listens on every interface."""

from __future__ import annotations

import logging
import sys

from rasa_sdk.endpoint import create_app

from scripts.settings import HOST, Problem, port_setting


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
    app.run(host=HOST, port=port, workers=1, access_log=False, debug=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
