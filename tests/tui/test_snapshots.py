"""Every screen as a picture, at the smallest and at a common size; and each state that must not be mistaken.

A picture that was meant to change is made anew by `SNAPSHOTS=write pytest tests/tui/test_snapshots.py`; look at it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tui import world

from fluxhero.v1 import risk_pb2, system_pb2
from fluxhero_client import Unavailable
from fluxhero_client.errors import Failure
from fluxhero_tui.dialogs.ticket import Ticket
from fluxhero_tui.state.link import Phase

Sit = Callable[..., Any]
PICTURES = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40)]
SCREENS = ["dashboard", "chart", "positions", "orders", "signals", "risk", "backtest", "log"]


def plain(svg: str) -> str:
    """Without the number that each picture has for itself, and without fonts from elsewhere."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def picture(seat: Any, name: str) -> str:
    return plain(seat.app.export_screenshot(title=f"fluxhero tui: {name}"))


async def compare(seat: Any, name: str) -> None:
    width, height = seat.app.size
    file = PICTURES / f"{name}-{width}x{height}.svg"
    if os.environ.get("SNAPSHOTS") == "write":
        file.write_text(picture(seat, name), encoding="utf-8")
    assert file.exists(), f"there is no {file.name} yet: SNAPSHOTS=write makes it"
    kept, patience = file.read_text(encoding="utf-8"), 100
    while (fresh := picture(seat, name)) != kept and patience:
        # On a busy machine the last stroke of the brush may be late.
        patience -= 1
        await seat.pilot.pause(0.02)
    if fresh != kept:
        other = PICTURES / f"{file.stem}.differs.svg"
        other.write_text(fresh, encoding="utf-8")
        pytest.fail(f"{file.name} looks otherwise now: compare it with {other.name}")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_each_screen_looks_as_it_did(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as seat:
        for name in SCREENS:
            await seat.go(name)
            if name == "chart":
                await seat.until(lambda: "•" in seat.text())
            await seat.pilot.wait_for_scheduled_animations()
            await seat.settle()
            await compare(seat, name)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_lost_daemon_is_said_and_what_is_old_is_grey(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as seat:
        seat.daemon.gone = True
        seat.daemon.say(Unavailable(Failure("UNAVAILABLE", "the daemon has gone")))
        await seat.until(lambda: seat.app.desk.link.phase is Phase.LOST)
        seat.clock.now_s += 12.4
        await seat.settle()
        await compare(seat, "disconnected")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_halt_and_a_breaker_are_said_on_every_screen(sit: Sit, size: tuple[int, int]) -> None:
    stopped = world.risk(
        halted=True,
        halt_reason="fire alarm",
        halted_by="token:desk",
        breaker=risk_pb2.BREAKER_STATE_DISABLED,
        breaker_reason="Trading disabled: 20% drawdown breached. Manual review required.",
        breaker_latched=True,
        drawdown_pct=20.2,
        size_multiplier_bp=0,
    )
    halted = world.status(state=system_pb2.TRADING_STATE_HALTED)
    async with sit(size=size, first=world.snapshot(risks=[stopped], statuses=[halted])) as seat:
        await seat.go("risk")
        await compare(seat, "halted")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_real_money_is_unmistakable(sit: Sit, size: tuple[int, int]) -> None:
    live = world.snapshot(statuses=[world.status(system_pb2.TRADING_MODE_LIVE)])
    async with sit(size=size, first=live) as seat:
        await compare(seat, "live")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_read_only_terminal_is_marked_and_offers_less(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size, role="read") as seat:
        await seat.go("positions")
        await compare(seat, "read-only")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_ticket_has_the_waterfall_beside_it(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await seat.until(lambda: isinstance(seat.app.screen, Ticket))
        await seat.press("type:100", "tab")
        await seat.until(lambda: "44 shares" in seat.text())
        seat.app.screen.set_focus(None)
        await seat.settle()
        await compare(seat, "ticket")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_without_a_daemon_the_terminal_says_what_to_do(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size, absent=True) as seat:
        await seat.until(lambda: "connection refused" in seat.text())
        await seat.settle()
        await compare(seat, "absent")
