"""ReloadConfig: what of the configuration can change while the daemon runs, checked as a whole and put in force."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fluxherod.core.types import AssetInfo
from fluxherod.engine.commands import Caller, ReloadCommand
from fluxherod.engine.operators import reloading
from fluxherod.engine.ports import DataUnavailable
from fluxherod.engine.runner import Stopped
from fluxherod.errors import ConfigurationError
from fluxherod.rpc.errors import Refused, check_reply, invalid
from fluxherod.rpc.info import Configuration, Origin, Reconfiguration
from fluxherod.rpc.live import Live
from fluxherod.rpc.runtime import changed_values, runtime_values

log = logging.getLogger(__name__)

# Of what a caller or the file says: a refusal must fit into its trailers, its text into less of them than its fields.
MOST_SHOWN, LONGEST_SHOWN, LONGEST_PROBLEM, LONGEST_IN_TEXT = 5, 60, 300, 140

_DECIDED = ("market.symbols",)
_SECTIONS = ("strategy.", "risk.")
_AROUND = ("daemon.log_level", "alerts.urls", "alerts.min_severity", "alerts.repeat_after_s", "alerts.most_per_hour")


def reloadable(key: str) -> bool:
    """Does a key take effect without a restart."""
    return key in _DECIDED or key in _AROUND or key.startswith(_SECTIONS)


def resettable(key: str) -> bool:
    """Can a key be changed through the API, so that the change can be dropped again."""
    return key in _DECIDED or key.startswith(_SECTIONS)


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Keys with a new value in force, and keys whose new value waits for a restart."""

    changed: tuple[str, ...]
    waiting: tuple[str, ...]


class Reloader:
    """The configuration in force, and its change. Whoever asks brings a caller: an RPC, or a signal."""

    def __init__(self, live: Live, first: Configuration, sources: Reconfiguration) -> None:
        self._live = live
        self._sources = sources
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[Reloaded]] = set()
        self.values: dict[str, Any] = dict(flat(first.model_dump()))
        self.origins: Mapping[str, Origin] = first.origins

    def in_force(self) -> dict[str, Any]:
        """Each key with its value now, with what was changed at run time."""
        changed = runtime_values(self._live.engine, self.values) if self._live.started else {}
        return {**self.values, **changed}

    async def reload(self, caller: Caller, reset: Collection[str]) -> Reloaded:
        """Read the configuration again and put in force what can be; the same caller gets the same answer again.

        Raises:
            Refused: CONFIG_INVALID, SYMBOL_IN_USE, BROKER_UNAVAILABLE: nothing has changed then.
        """
        if wrong := sorted(key for key in reset if not self._may_reset(key)):
            some = ", ".join(repr(key[:LONGEST_SHOWN]) for key in wrong[:MOST_SHOWN])
            raise invalid("reset_keys", f"keys that can be changed through the API, unlike {some}")
        # Whoever asked may leave meanwhile: what the engine has taken must be in force around it, too.
        task = asyncio.ensure_future(self._in_turn(caller, tuple(sorted(reset))))
        self._running.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_tell)
            raise

    def _ended(self, task: asyncio.Task[Reloaded]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # its asker has it, or has left

    async def _in_turn(self, caller: Caller, reset: tuple[str, ...]) -> Reloaded:
        async with self._lock:
            if (before := self._before(caller)) is not None:
                check_reply(await self._live.runner.ask(ReloadCommand(caller, reset, before.settings)))
                return Reloaded(before.changed, before.waiting)
            return await self._reload(caller, reset)

    async def _reload(self, caller: Caller, reset: tuple[str, ...]) -> Reloaded:
        config = await self._read()
        settings = self._sources.settings(config)
        universe = self._live.engine.universe
        planned = reloading.plan(universe, settings, reset)
        assets = await self._assets(planned.joining)
        if refused := reloading.refusal(universe, planned, {asset.symbol: asset for asset in assets if asset.found}):
            raise _invalid(refused[0].value, refused[1])
        values = dict(flat(config.model_dump()))
        new = {key: value for key, value in values.items() if reloadable(key)}
        after = {**self.values, **new} | changed_values(planned.overrides, planned.settings, values)
        before = self.in_force()
        changed = tuple(key for key in values if after[key] != before[key])
        waiting = tuple(key for key in values if not reloadable(key) and values[key] != self.values[key])
        command = ReloadCommand(caller, reset, settings, assets, changed, waiting)
        reply = await self._live.runner.ask(command)
        if reply.code.value == "CONFIG_INVALID":
            raise _invalid(reply.code.value, reply.text)
        check_reply(reply)
        around = [key for key in _AROUND if key in new and new[key] != self.values.get(key)]
        self.values |= new
        self.origins = {key: config.origins[key] if key in new else origin for key, origin in self.origins.items()}
        self._sources.apply(config, around)
        return Reloaded(changed, waiting)

    def _may_reset(self, key: str) -> bool:
        return key in self.values and resettable(key)

    def _before(self, caller: Caller) -> ReloadCommand | None:
        known = self._live.engine.commands.answers.get(caller, self._live.now_ns)
        return known.command if known is not None and isinstance(known.command, ReloadCommand) else None

    async def _read(self) -> Configuration:
        try:
            return await asyncio.to_thread(self._sources.read)  # a disk may hang; the loop must not
        except ConfigurationError as error:
            shown = [problem[:LONGEST_PROBLEM] for problem in error.problems[:MOST_SHOWN]]
            more = len(error.problems) - len(shown)
            listed = "; ".join(problem[:LONGEST_IN_TEXT] for problem in shown)
            text = f"nothing was changed: {listed}{f'; and {more} more' if more else ''}"
            raise Refused("CONFIG_INVALID", text, fields=dict(_problems(shown))) from error

    async def _assets(self, symbols: Iterable[str]) -> tuple[AssetInfo, ...]:
        """What the broker says of the symbols that join: it goes into the journal with the command."""
        try:
            return tuple(await asyncio.gather(*map(self._live.runner.asset, symbols)))
        except DataUnavailable as problem:
            raise Refused("BROKER_UNAVAILABLE", f"the broker can't be asked about new symbols: {problem}") from problem


def _tell(task: asyncio.Task[Reloaded]) -> None:
    """A fault that nobody else hears of: the asker has left."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, Refused | Stopped):
        log.error("a reload failed, and who asked for it has left", exc_info=error)


def _problems(problems: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each key with what is wrong with it; what is wrong with the file as a whole stands under its name."""
    for problem in problems:
        key = problem.split(" ", 1)[0].rstrip(":")
        yield (key if "." in key else "file"), problem


def _invalid(reason: str, text: str) -> Refused:
    key = "market.symbols" if text.startswith("market.symbols") else "reset_keys"
    return Refused(reason, f"nothing was changed: {text}", fields={key: text})


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its dotted name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
