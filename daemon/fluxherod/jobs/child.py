"""A run's process: started without secrets, heard, answered what it asks of the broker, ended with what it started."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import msgspec

from fluxherod.engine.ports import DataUnavailable
from fluxherod.jobs.messages import Answer, Ask, Ended, Progress, Said, Task
from fluxherod.service.niceness import REFUSED

log = logging.getLogger(__name__)

LONGEST_LINE = 1 << 20
LAST_WORDS = 4_096
LAST_WORDS_S = 2.0
# Where Python and its libraries are, and nothing else: the daemon's environment may name or hold secrets.
PASSED_ON = (
    "PATH",
    "PYTHONPATH",
    "NUMBA_CACHE_DIR",
    "HOME",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONDONTWRITEBYTECODE",
)
_SAID: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
Fetch = Callable[[str, Mapping[str, str]], Awaitable[bytes]]


class Child:
    """One process. `fetch` asks the broker and raises DataUnavailable, `told` hears how far it is."""

    def __init__(self, task: Task, fetch: Fetch, told: Callable[[Progress], None], longest_s: float) -> None:
        self._task = task
        self._fetch = fetch
        self._told = told
        self._longest_s = longest_s
        self._last_words = b""
        self._bytes_heard = 0

    async def run(self) -> Ended:
        """How it ended. Cancelled, the process and all that it started are gone when this returns."""
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        try:
            # Nothing is imported from the working directory, whoever may write there.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "fluxherod.jobs.worker"),
                cwd="/",
                env=environment,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                limit=LONGEST_LINE,
                start_new_session=True,  # so that what it starts can be ended with it
            )
        except OSError as error:
            return _failed(f"its process could not be started: {error}")
        listening = asyncio.create_task(self._listen(process))
        try:
            async with asyncio.timeout(self._longest_s):
                ended = await self._hear(process)
                code = await process.wait()
        except TimeoutError:
            return _failed(f"it took longer than {self._longest_s:g} s (research.longest_s)")
        except (ValueError, msgspec.MsgspecError) as error:
            return _failed(f"its process said what nobody understands: {error}")
        finally:
            await _end(process, listening)
        self._write_down(code)
        return ended or _failed(self._why(code))

    async def _hear(self, process: Process) -> Ended | None:
        """Do what it says until it ends; its last word, if it had one."""
        assert process.stdin is not None
        assert process.stdout is not None
        ended = None
        with suppress(ConnectionError):  # it has died: the end of its output says so
            process.stdin.write(msgspec.json.encode(self._task) + b"\n")
            await process.stdin.drain()
        async for line in process.stdout:
            said = _SAID.decode(line)
            if isinstance(said, Progress):
                self._told(said)
            elif isinstance(said, Ended):
                ended = said
            else:
                with suppress(ConnectionError):
                    await self._answer(said, process.stdin)
        return ended

    async def _answer(self, ask: Ask, into: asyncio.StreamWriter) -> None:
        try:
            body, fault = await self._fetch(ask.path, ask.params), ""
        except DataUnavailable as error:
            body, fault = b"", str(error)
        into.write(msgspec.json.encode(Answer(len(body), fault)) + b"\n")
        into.write(body)
        await into.drain()

    async def _listen(self, process: Process) -> None:
        """Keep the end of what it writes to its log."""
        assert process.stderr is not None
        while words := await process.stderr.read(LAST_WORDS):
            self._last_words = (self._last_words + words)[-LAST_WORDS:]

    def _write_down(self, code: int) -> None:
        for line in self._last_words.decode(errors="replace").splitlines():
            log.log(logging.DEBUG if code == 0 or REFUSED in line else logging.WARNING, "backtest: %s", line)

    def _why(self, code: int) -> str:
        if code < 0:
            name = signal.Signals(-code).name
            return f"its process was ended by {name}, perhaps for want of memory (research.memory_mb)"
        return f"its process ended with code {code}; the daemon's log has its last words"


def _failed(text: str) -> Ended:
    return Ended("BACKTEST_FAILED", text)


async def _end(process: Process, listening: asyncio.Task[None]) -> None:
    """The process and what it has started are no more, its pipes are at their end."""
    assert process.stdout is not None
    if process.returncode is None:  # one that ended by itself has left nothing
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_S):
            while await process.stdout.read(LONGEST_LINE):
                pass
            await listening
