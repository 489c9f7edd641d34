"""`safety.json`: what stops trading, in a plain file that outlives a lost database and that a person can read.

Whoever finds nothing but this file knows whether trading was stopped, by whom, why, and from which peak losses count.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fluxherod.core.money import format_e4, parse_e4
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, KillSwitch, SafetyState
from fluxherod.engine.ports import NotMirrored
from fluxherod.failpoints import reach

NAME = "safety.json"
VERSION = 1
ABOUT = "What stops FluxHero from trading. fluxherod writes it at each change and reads it when it starts."
_SECOND_NS = 1_000_000_000

Count = Annotated[int, Meta(ge=0)]
Money = Annotated[str, Meta(pattern=r"^-?\d+\.\d{2,4}$")]
Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")]


class _KillSwitch(Struct, forbid_unknown_fields=True):
    reason: str
    by: str
    since: Time | None
    flatten: bool
    foreign: bool = False  # files of before it was known have none


class _Breaker(Struct, forbid_unknown_fields=True):
    status: BreakerStatus
    latched: bool
    reason: str
    changed: Time | None
    peak_equity: Money
    reached: Time | None


class _DailyLoss(Struct, forbid_unknown_fields=True):
    reason: str
    day: str
    base: Money
    base_day: str
    reached: Time | None
    carried: Money


class _File(Struct, forbid_unknown_fields=True):
    about: str
    version: Count
    epoch: str
    run: Count
    inputs: Count
    kill_switch: _KillSwitch
    breaker: _Breaker
    daily_loss: _DailyLoss


class MirrorFile:
    """A `ports.Mirror` in one folder; only its owner can read the file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._turn = asyncio.Lock()

    def read(self) -> tuple[SafetyState | None, str]:
        """What it says; None with "" when there is no file, None and why when it can't be read or trusted."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return None, ""
        except OSError as error:
            return None, f"{self.path} can't be read: {error.strerror or error}"
        try:
            return _decode(content), ""
        except (ValueError, msgspec.MsgspecError) as error:
            return None, f"{self.path} is damaged: {error}"

    async def write(self, state: SafetyState) -> None:
        """Replace it as a whole; done when file and folder are on the disk.

        Raises:
            NotMirrored: when that is impossible; the file says what it said before.
        """
        async with self._turn:  # in order: an older state must not come last
            try:
                await asyncio.to_thread(self._replace, _encode(state))
            except OSError as error:
                raise NotMirrored(f"{self.path}: {error.strerror or error}") from error

    def put(self, state: SafetyState) -> None:
        """As `write`, at once: for a command, while no daemon runs.

        Raises:
            OSError: when that is impossible.
        """
        self._replace(_encode(state))

    def _replace(self, content: bytes) -> None:
        reach("mirror.before")
        beside = self.path.with_suffix(".json.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        reach("mirror.written")
        os.replace(beside, self.path)
        reach("mirror.renamed")
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        reach("mirror.after")


def raise_mark(folder: Path, epoch: str, last_seq: int) -> None:
    """Let safety.json name an input after a row: a journal that ends with this row is then known to be an old one.

    A file that is missing, damaged or of another journal is left as it is: a start is halted by that alone.

    Raises:
        OSError: when it can't be written.
    """
    mirror = MirrorFile(folder)
    state, _ = mirror.read()
    if state is not None and state.epoch == epoch and state.inputs <= last_seq:
        mirror.put(replace(state, inputs=last_seq + 1))


def _encode(state: SafetyState) -> bytes:
    kill_switch, breaker, daily = state.kill_switch, state.breaker, state.daily_loss
    file = {
        "about": ABOUT,
        "version": VERSION,
        "epoch": state.epoch,
        "run": state.run,
        "inputs": state.inputs,
        "kill_switch": {
            "reason": kill_switch.reason,
            "by": kill_switch.by,
            "since": _time(kill_switch.since_ns),
            "flatten": kill_switch.flatten,
            "foreign": kill_switch.foreign,
        },
        "breaker": {
            "status": breaker.status.value,
            "latched": breaker.latched,
            "reason": breaker.reason,
            "changed": _time(breaker.changed_ns),
            "peak_equity": format_e4(breaker.peak_e4),
            "reached": _time(breaker.reached_ns),
        },
        "daily_loss": {
            "reason": daily.reason,
            "day": daily.day,
            "base": format_e4(daily.base_e4),
            "base_day": daily.base_day,
            "reached": _time(daily.reached_ns),
            "carried": format_e4(daily.carried_e4),
        },
    }
    return json.dumps(file, indent=2).encode() + b"\n"


def _decode(content: bytes) -> SafetyState:
    version = msgspec.json.decode(content, type=dict[str, Any]).get("version")
    if version != VERSION:
        raise ValueError(f"version {version!r}, this fluxherod knows {VERSION}")
    file = msgspec.json.decode(content, type=_File)
    kill_switch, breaker, daily = file.kill_switch, file.breaker, file.daily_loss
    return SafetyState(
        file.epoch,
        file.run,
        file.inputs,
        KillSwitch(
            kill_switch.reason, kill_switch.by, _ns(kill_switch.since), kill_switch.flatten, kill_switch.foreign
        ),
        Breaker(
            breaker.status,
            breaker.latched,
            breaker.reason,
            _ns(breaker.changed),
            _amount("breaker.peak_equity", breaker.peak_equity),
            _ns(breaker.reached),
        ),
        DailyLoss(
            daily.reason,
            daily.day,
            _amount("daily_loss.base", daily.base),
            daily.base_day,
            _ns(daily.reached),
            parse_e4(daily.carried),
        ),
    )


def _amount(name: str, text: str) -> int:
    amount_e4 = parse_e4(text)
    if amount_e4 < 0:
        raise ValueError(f"{name} is {text}: not below 0")
    return amount_e4


def _time(ns: int) -> str | None:
    if not ns:
        return None
    return f"{datetime.fromtimestamp(ns // _SECOND_NS, UTC):%Y-%m-%dT%H:%M:%S}.{ns % _SECOND_NS:09d}Z"


def _ns(text: str | None) -> int:
    if text is None:
        return 0
    whole = datetime.fromisoformat(f"{text[:19]}+00:00")
    return int(whole.timestamp()) * _SECOND_NS + int(text[20:29])
