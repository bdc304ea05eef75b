"""What is put right in the assistant when its server has started, because Rasa has no setting for it.

docs/operations.md lists each of these with the fault of Rasa's that it answers.
"""

from __future__ import annotations

import gc
import logging
from typing import Any

from rasa.core.tracker_store import FailSafeTrackerStore

logger = logging.getLogger(__name__)


def take_off_the_net(agent: Any) -> None:
    """Let the failures of our tracker store be failures.

    Upstream fault: Rasa wraps every store so that a failed read gives an empty conversation and a failed write goes
    to memory: the user is answered as a stranger and the turn is never stored. A turn that fails is told instead.
    """
    net = agent.tracker_store
    if isinstance(net, FailSafeTrackerStore) and hasattr(net._tracker_store, "replies_to"):
        agent.tracker_store = net._tracker_store
        if agent.processor is not None:
            agent.processor.tracker_store = agent.tracker_store


async def warm_up(agent: Any) -> None:
    """Understand one message before anybody waits for it: what is loaded at the first use is then there.

    Upstream fault: Rasa says that it is ready when its model is unpacked, and the first user waits for the rest.
    """
    if getattr(agent, "is_warm", False) or not callable(getattr(agent, "parse_message", None)):
        return
    agent.is_warm = True
    try:
        await agent.parse_message("where is LI4")
    except Exception:
        logger.exception("The first message could not be understood")
    # What is there now stays: the garbage collector need not look at it in every round.
    gc.collect()
    gc.freeze()


def close_stores(agent: Any) -> None:
    """Give free what this process holds, so that nobody has to wait for it."""
    for store in (getattr(agent, "lock_store", None), getattr(agent.tracker_store, "database", None)):
        if callable(getattr(store, "close", None)):
            store.close()
