"""A run's process speaks with the daemon: progress now and then, questions to the broker, the end."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO

import msgspec

from fluxherod.jobs.messages import Answer, Ask, Ended, Progress, Said, Task

PACE_S = 0.2
_TASK, _ANSWER = msgspec.json.Decoder(Task), msgspec.json.Decoder(Answer)


class Fault(Exception):
    """The run can't be made; one of the API's reasons, and words for people."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Speech:
    """The pipes to the daemon. Where the daemon is gone, so is this process, with all that it started."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._answers: queue.SimpleQueue[tuple[Answer, bytes]] = queue.SimpleQueue()
        self._told_s = 0.0

    def listen(self) -> Task:
        """What is to be done; from then on answers are heard."""
        heard = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
        task = _TASK.decode(heard.readline())
        threading.Thread(target=self._hear, args=(heard,), daemon=True).start()
        return task

    def tell(self, fraction: float, done: int, total: int, text: str, *, at_once: bool = False) -> None:
        """Say how far it is, a few times a second at most."""
        now_s = time.monotonic()
        if at_once or now_s - self._told_s >= PACE_S:
            self._told_s = now_s
            self._say(Progress(fraction, done, total, text))

    async def ask(self, path: str, params: dict[str, str]) -> bytes:
        """What the broker answers. Raises Fault where it does not."""
        self._say(Ask(path, params))
        answer, body = self._answers.get()
        if answer.fault:
            raise Fault("BROKER_UNAVAILABLE", f"the broker gave no bars: {answer.fault}")
        return body

    def note(self, text: str) -> None:
        """Write to the daemon's log."""
        sys.stderr.write(f"{text}\n")

    def end(self, ended: Ended) -> None:
        """Say the last word."""
        self._say(ended)

    def _say(self, said: Said) -> None:
        self._out.write(msgspec.json.encode(said) + b"\n")
        self._out.flush()

    def _hear(self, heard: BinaryIO) -> None:
        while line := heard.readline():
            answer = _ANSWER.decode(line)
            self._answers.put((answer, heard.read(answer.size)))
        os.killpg(0, signal.SIGKILL)  # the daemon holds the other end


def own_output() -> BinaryIO:
    """Standard output for the daemon alone: whatever else prints goes to the log."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out
