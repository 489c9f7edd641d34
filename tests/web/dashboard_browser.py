"""Chromium on the dashboard of a real daemon, driven over a pipe."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from harness.lockstep import Lockstep

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("dashboard") / "driver.mjs"


def free_port() -> int:
    """A port that nobody listens on; a daemon that is started again takes the same one."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Browser:
    """A Chromium that makes checks of dashboard/checks.mjs."""

    def __init__(self, url: str) -> None:
        self.url = url
        chromium, node = shutil.which("chromium"), shutil.which("node")
        there = (ROOT / "node_modules" / "axe-core").exists()
        if not (chromium and node and there):
            pytest.skip("not installed: chromium, node or the npm packages (make setup-test)")
        self._process = subprocess.Popen(
            [str(node), str(DRIVER), str(chromium)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def ask(self, check: str, **told: Any) -> Any:
        """What a check begins; `answer` gives what it saw."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"check": check, "told": {"url": self.url, **told}}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """What the check saw that was asked for."""
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "failed" not in answer, answer["failed"]
        saw: dict[str, Any] = answer["saw"]
        return saw

    def look(self, check: str, **told: Any) -> dict[str, Any]:
        """What a check saw."""
        self.ask(check, **told)
        return self.answer()


class Tab:
    """A page that stays open: what is done there is a list of steps of dashboard/tabs.mjs."""

    def __init__(self, browser: Browser, name: str, **told: Any) -> None:
        """`beside`: another tab's name, to open it in the same window; `token`: to sign in with."""
        self._browser, self._name = browser, name
        browser.look("tab", tab=name, **told)

    def do(self, *steps: tuple[Any, ...]) -> list[Any]:
        """What each of the steps gave."""
        gave: list[Any] = self._browser.look("steps", tab=self._name, steps=steps)["gave"]
        return gave

    def text(self, selector: str = "body") -> str:
        """What is there now, in one line."""
        return str(self.do(("text", selector))[0])

    def until(self, selector: str, text: str) -> None:
        """Return once an element shows a text."""
        self.do(("until", selector, text))

    def close(self) -> list[str]:
        """What the page did that it must not: errors, requests to others."""
        faults: list[str] = self.do(("close",))[0]
        return faults


@dataclass
class Desk:
    """A daemon that holds a position, and a browser to look at it."""

    pair: Lockstep
    browser: Browser

    @property
    def state(self) -> Path:
        """The daemon's state folder, which holds its tokens."""
        return self.pair.installation.folder / "state"

    def token(self, role: str) -> str:
        """The token of a role that the first start has made."""
        return (self.state / f"{role}.token").read_text().strip()

    def tab(self, name: str, role: str = "", **told: Any) -> Tab:
        """A page, signed in with a role's token when one is named."""
        return Tab(self.browser, name, **({"token": self.token(role)} if role else {}), **told)
