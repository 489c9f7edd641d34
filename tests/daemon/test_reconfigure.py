"""What a file that is read again changes around the engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.receivers import webhook

from fluxherod import logs
from fluxherod.adapters.alert_limits import AlertLimits
from fluxherod.adapters.channels import Channels
from fluxherod.configuration.config import Config, to_settings
from fluxherod.configuration.layers import Flag, load_config
from fluxherod.engine.effects import Alert, AlertRaised, AlertUpdated, Severity
from fluxherod.errors import ConfigurationError
from fluxherod.service.reconfigure import Reconfigure


class Nobody:
    def publish(self, *_: Any) -> None:
        return None


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    level, quiet = root.level, logging.getLogger("httpx").level
    yield
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(quiet)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fluxhero.toml"


def write(file: Path, text: str) -> None:
    file.write_text('[market]\nsymbols = ["SPY"]\n' + text)


def load(file: Path, *flags: Flag) -> Config:
    return load_config(file, {"HOME": str(file.parent)}, flags)


def test_it_reads_the_same_file_with_the_same_flags_again(file: Path) -> None:
    write(file, "[risk]\nmax_positions = 3\n")
    config = load(file, Flag("daemon.log_level", "debug"))
    write(file, '[risk]\nmax_positions = 2\n[daemon]\nlog_level = "error"\n')
    again = config.read_again()
    assert (again.risk.max_positions, again.daemon.log_level) == (2, "debug")
    assert again.origins["daemon.log_level"].layer == "flag"
    write(file, "[risk]\nmax_positions = 0\n")
    with pytest.raises(ConfigurationError, match=r"risk\.max_positions"):
        again.read_again()


async def test_the_level_and_the_channels_of_the_new_file_hold(file: Path) -> None:
    with webhook() as old, webhook() as new:
        write(file, f'[alerts]\nurls = ["{old.url}"]\n')
        config = load(file)
        channels = Channels(
            Nobody(), config.alerts.urls, AlertLimits(0.0, 1000), Severity.WARNING, "paper", lambda _: None, 0.001
        )
        await channels.run()
        try:
            parts = Reconfigure(config, lambda config: to_settings(config, 0), channels)
            channels.publish(1, 0, raised("ONE", Severity.WARNING))
            write(file, f'[daemon]\nlog_level = "debug"\n[alerts]\nurls = ["{new.url}"]\nmin_severity = "critical"\n')
            parts.apply(parts.read(), ("daemon.log_level", "alerts.urls", "alerts.min_severity"))
            channels.publish(2, 0, raised("TWO", Severity.WARNING) + raised("THREE", Severity.CRITICAL))
            async with asyncio.timeout(60):
                while not (old.answered and new.answered):  # noqa: ASYNC110 - threads do what is waited for
                    await asyncio.sleep(0.002)
        finally:
            channels.close()
    assert [request["title"].rpartition(" ")[2] for request in old.requests] == ["ONE"]
    assert [request["title"].rpartition(" ")[2] for request in new.requests] == ["THREE"]
    assert logging.getLogger().level == logging.DEBUG
    assert logging.getLogger("httpx").level == logging.WARNING


def raised(code: str, severity: Severity) -> list[Any]:
    alert = Alert(f"a-{code}", code, severity, "look", "", 1, 1)
    return [AlertRaised(code, severity, "look", ""), AlertUpdated(alert)]


async def test_what_is_secret_in_a_new_channel_is_hidden_from_the_log(file: Path) -> None:
    write(file, "")
    config = load(file)
    channels = Channels(Nobody(), (), AlertLimits(0.0, 1000), Severity.WARNING, "paper", lambda _: None)
    parts = Reconfigure(config, lambda config: to_settings(config, 0), channels)
    write(file, '[alerts]\nurls = ["json://me:verysecretword@127.0.0.1:9"]\n')
    parts.apply(parts.read(), ("alerts.urls",))
    channels.close()
    assert "verysecretword" not in logs.redactor.clean("it says verysecretword")
