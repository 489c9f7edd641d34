"""`fluxherod test-alerts`: a message to every channel, and what became of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from fluxherod.adapters import channel_urls
from fluxherod.adapters.channels import Message, connect
from fluxherod.engine.effects import Severity
from fluxherod.errors import ConfigurationError

ANSWER_WITHIN_S = 30.0


def check_channels(urls: Sequence[str]) -> None:
    """See whether Apprise understands each URL; nothing is sent.

    Raises:
        ConfigurationError: with a sentence for each that it does not understand.
    """
    problems = []
    for number, url in enumerate(urls, 1):
        try:
            connect(url)
        except ValueError as problem:
            problems.append(f"alerts.urls: {channel_urls.label(number, url)}: {problem}")
    if problems:
        raise ConfigurationError(problems)


def try_channels(urls: Sequence[str], mode: str, answer_within_s: float = ANSWER_WITHIN_S) -> int:
    """Send to all at once and print a line a channel; 0 when each took it, else 1.

    Raises:
        ConfigurationError: when there is no channel.
    """
    if not urls:
        raise ConfigurationError(['alerts.urls: is empty; set a list of Apprise URLs, such as ["mailtos://…"]'])
    trials = [_Trial(number, url, mode.upper()) for number, url in enumerate(urls, 1)]
    until = time.monotonic() + answer_within_s
    for trial in trials:
        trial.thread.join(max(0.0, until - time.monotonic()))
        result = trial.result
        print(f"{trial.label}: {f'FAILED, {result}' if result else 'delivered'}", flush=True)
    return 1 if any(trial.result for trial in trials) else 0


class _Trial:
    """One channel's message on its way; one that hangs is left behind with the process."""

    def __init__(self, number: int, url: str, mode: str) -> None:
        self.label = channel_urls.label(number, url)
        self.result = "no answer in time"
        text = "This is a test of the alerts of fluxherod: nothing has happened, and nothing needs to be done."
        self._message = Message(f"[FluxHero {mode}] INFO: TEST", text, Severity.INFO)
        self.thread = threading.Thread(target=self._send, args=(url,), daemon=True)
        self.thread.start()

    def _send(self, url: str) -> None:
        try:
            self.result = connect(url)(self._message)
        except ValueError as problem:
            self.result = str(problem)
