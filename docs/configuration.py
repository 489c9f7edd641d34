"""List the keys of the configuration: `python docs/configuration.py > docs/configuration.md`."""

from __future__ import annotations

from pathlib import Path

from fluxherod.configuration.config import Config, value_of
from fluxherod.configuration.layers import KEYS, toml
from fluxherod.rpc.reload import reloadable, resettable

BY_MODE = {f"alpaca.{name}" for name in ("trading_url", "data_url", "market_stream_url", "trade_stream_url", "clock")}


def page() -> str:
    """The table of `configuration/config.py`, with what `rpc/reload.py` says of each key, as a page."""
    lines = [
        "# Keys of the configuration",
        "",
        "Generated from `daemon/fluxherod/configuration/config.py` and `rpc/reload.py` by `docs/configuration.py`;",
        "a test keeps it true. `systemd/fluxhero.toml` explains each key.",
        "",
        "A new value takes force at a reload (`systemctl reload fluxherod`, `fluxhero reload`) or at a restart. The",
        "API can change some of them itself; what it changed wins over the file until it is reset. [What a reload does]"
        "(service.md#reload).",
        "",
        "| key | default | takes force at a | by the API, too |",
        "|---|---|---|---|",
    ]
    for key in KEYS:
        when = "reload" if reloadable(key) else "restart"
        lines.append(f"| `{key}` | {_default(key)} | {when} | {'yes' if resettable(key) else ''} |")
    return "\n".join([*lines, ""])


def _default(key: str) -> str:
    if key in BY_MODE:
        return "by the mode"
    value = value_of(Config(), key)
    if isinstance(value, Path):
        return "by systemd"  # or else the XDG directories
    return f"`{toml(list(value) if isinstance(value, tuple) else value)}`"


if __name__ == "__main__":
    print(page(), end="")
