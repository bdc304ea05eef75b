"""Serve the baseline's action, as `python -m rasa_sdk` would, but to this machine only."""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app

from scripts.settings import HOST


def main() -> int:
    """Run the action server on the port named by the first argument until it is told to stop."""
    app = create_app("benchmarks.baseline.actions")
    app.run(host=HOST, port=int(sys.argv[1]), workers=1, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
