"""What a configuration that was read again changes around the engine: the log's level and the alert channels."""

from __future__ import annotations

from collections.abc import Callable, Collection

from fluxherod import logs
from fluxherod.adapters.alert_limits import AlertLimits
from fluxherod.adapters.channel_urls import secret_parts
from fluxherod.adapters.channels import Channels
from fluxherod.configuration.config import AlertsConfig, Config
from fluxherod.engine.effects import Severity
from fluxherod.engine.settings import Settings


class Reconfigure:
    """The sources of a configuration, and the parts that follow it while the daemon runs."""

    def __init__(self, config: Config, settings: Callable[[Config], Settings], channels: Channels) -> None:
        self._config = config
        self._settings = settings
        self._channels = channels

    def read(self) -> Config:
        """Read file, environment and flags again.

        Raises:
            ConfigurationError: with every problem of every layer.
        """
        return self._config.read_again()

    def settings(self, config: Config) -> Settings:
        """What the engine decides by."""
        return self._settings(config)

    def apply(self, config: Config, changed: Collection[str]) -> None:
        """Put the log's level and the alert channels in force, those of the `changed` keys."""
        if "daemon.log_level" in changed:
            logs.set_level(config.daemon.log_level)
        if any(key.startswith("alerts.") for key in changed):
            alerts = config.alerts
            for url in alerts.urls:
                for part in secret_parts(url):
                    logs.redactor.hide(part)
            urls = alerts.urls if "alerts.urls" in changed else None
            limits = limits_of(alerts) if {"alerts.repeat_after_s", "alerts.most_per_hour"} & {*changed} else None
            self._channels.configure(urls, limits, Severity(alerts.min_severity))


def limits_of(alerts: AlertsConfig) -> AlertLimits:
    """How often what goes to the channels."""
    return AlertLimits(alerts.repeat_after_s, alerts.most_per_hour)
