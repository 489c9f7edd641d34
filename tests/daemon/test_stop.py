"""Signals: which of them end the daemon, and which let it read its configuration again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from fluxherod.service import stop as module
from fluxherod.service.stop import Stop, hold_hangups

NUMBERS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number in NUMBERS:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)


def test_a_hangup_before_the_loop_runs_neither_ends_the_daemon_nor_is_lost() -> None:
    hold_hangups()
    signal.raise_signal(signal.SIGHUP)  # while the program is being loaded
    stop = Stop()
    stop.interrupt()
    assert stop.reload.is_set()
    stop.reload.clear()
    signal.raise_signal(signal.SIGHUP)  # while the journal is being replayed
    assert (stop.reload.is_set(), stop.reason) == (True, "")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert stop.reason == "received SIGTERM"


async def test_a_hangup_asks_for_a_reload_and_a_termination_for_an_end() -> None:
    stop = Stop()
    stop.interrupt()
    stop.listen()
    for _ in range(2):
        signal.raise_signal(signal.SIGHUP)
        async with asyncio.timeout(20):
            await stop.reload.wait()
        stop.reload.clear()
    assert stop.reason == ""
    signal.raise_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await stop.wait(asyncio.create_task(asyncio.Event().wait())) == "received SIGTERM"
    stop.ignore()
    signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize("reloads", [True, False])
def test_where_the_terminal_has_gone_or_nothing_is_reloaded_a_hangup_ends_it(
    reloads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, terminal = os.openpty()
    try:
        monkeypatch.setattr(module, "STANDARD_STREAMS", (terminal,))
        stop = Stop(reloads=reloads)
        stop.interrupt()
        if reloads:
            signal.raise_signal(signal.SIGHUP)  # sent by somebody: the terminal is there
            assert stop.reload.is_set()
    finally:
        os.close(ours)
    try:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
    finally:
        os.close(terminal)
    assert stop.reason == "received SIGHUP"


def test_nohups_wish_is_kept() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = Stop()
    stop.interrupt()
    signal.raise_signal(signal.SIGHUP)
    assert not stop.reload.is_set()
