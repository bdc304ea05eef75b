"""Chat with the assistant in the terminal."""

from __future__ import annotations

import contextlib
import json
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

from scripts.processes import Stopped, stop_on_signals
from scripts.run import is_healthy, running
from scripts.settings import HOST, Problem, ports

QUIT = {"/quit", "/exit", "/stop"}
# A proxy set for the outer world must not see a talk on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def send(port: int, sender: str, message: str) -> list[dict[str, Any]]:
    """Say something to the assistant and return its messages."""
    request = urllib.request.Request(
        f"http://{HOST}:{port}/webhooks/rest/webhook",
        data=json.dumps({"sender": sender, "message": message}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with _opener.open(request, timeout=60) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise Problem(f"The assistant did not answer: {error}") from None


def show(messages: list[dict[str, Any]]) -> list[str]:
    """Print texts and numbered buttons; return what each number would say."""
    payloads: list[str] = []
    for message in messages:
        if message.get("text"):
            print(message["text"])
        for button in message.get("buttons") or []:
            payloads.append(button.get("payload") or button["title"])
            print(f"  {len(payloads)}. {button['title']}")
    if not messages:
        print("(no answer)")
    return payloads


def choose(typed: str, payloads: list[str]) -> str:
    """Turn the number of a button into what the button says."""
    if typed.isdecimal() and 0 < int(typed) <= len(payloads):
        return payloads[int(typed) - 1]
    return typed


def talk(port: int) -> None:
    """Pass lines to and fro until the end of the input."""
    sender, payloads = f"shell-{uuid.uuid4()}", []
    print("Type and press Enter. A number presses a button. /quit ends.", flush=True)
    while True:
        try:
            typed = input("> ").strip()
        except EOFError:
            return
        if typed in QUIT:
            return
        if typed:
            payloads = show(send(port, sender, choose(typed, payloads)))


@contextlib.contextmanager
def server() -> Iterator[int]:
    """Use the assistant that is running, or run one for as long as we talk."""
    port, _ = ports()
    if is_healthy(port, "/chat/api/health"):
        yield port
        return
    with running() as assistant:
        yield assistant.port


def main() -> int:
    """Chat until the person leaves."""
    stop_on_signals()
    try:
        with server() as port:
            talk(port)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
