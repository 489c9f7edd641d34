"""Work beside the screen: what asks the daemon, or waits for a person, while keys and stream go on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode

from fluxhero_client import FluxHeroError


def start(node: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], group: str, *, alone: bool = False) -> None:
    """Begin it; `alone` ends what of the same group is still under way. It ends with its node.

    What the daemon refuses, a connection that has gone, a fault of our own: it is said, and the terminal goes on.
    """
    terminal: Any = node.app

    async def guarded() -> None:
        try:
            await work()
        except FluxHeroError as error:
            terminal.refused(error)
        except Exception as error:
            terminal.fault(error)

    # As a function, not as a coroutine: one that is replaced before it began would never be awaited.
    found: Any = guarded
    node.run_worker(found, group=group, exclusive=alone)
