"""Draw the order table: `python docs/order_states.py > docs/order-states.md`."""

from __future__ import annotations

from fluxherod.core.orders import TRANSITIONS


def picture() -> str:
    """The table of `core/orders.py` as a page with a Mermaid state diagram."""
    lines = [
        "# The states of an order",
        "",
        "Generated from `daemon/fluxherod/core/orders.py` by `docs/order_states.py`; a test keeps it true.",
        "An event that a state does not list changes nothing: it is late or repeated.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> new",
    ]
    for state, row in TRANSITIONS.items():
        targets: dict[str, list[str]] = {}
        for event, target in row.items():
            if target is not state:
                targets.setdefault(target.value, []).append(event.value)
        lines += [f"    {state.value} --> {target}: {', '.join(events)}" for target, events in targets.items()]
        if state.ended:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    print(picture(), end="")
