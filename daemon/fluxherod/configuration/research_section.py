"""The configuration's `research` table: backtests that the API runs, and how much of the machine they may take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from fluxherod.configuration.values import Section

_CLUSTER = re.compile(r"(tcp|tls)://([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")


def _cluster(value: str) -> str:
    """The address of a scheduler; empty for none."""
    if value and not _CLUSTER.fullmatch(value):
        raise ValueError('the address of a Dask scheduler, such as "tcp://10.0.0.5:8786", or an empty one')
    return value


def _folder(value: str) -> str:
    """The path of a folder; empty names the usual one."""
    path = Path(value).expanduser()
    if value and not path.is_absolute():
        raise ValueError("an absolute path, or one that starts with ~/, or an empty one")
    return str(path) if value else ""


class ResearchConfig(Section):
    """Backtests beside trading. `data_dir` has files of bars: empty is `data` in the state folder."""

    data_dir: Annotated[str, AfterValidator(_folder)] = ""
    at_once: Annotated[int, Field(ge=1, le=16)] = 1
    waiting: Annotated[int, Field(ge=0, le=1_000)] = 20
    memory_mb: Annotated[int, Field(ge=512, le=1_048_576)] = 4_096
    longest_s: Annotated[float, Field(ge=1, le=604_800)] = 21_600.0
    keep: Annotated[int, Field(ge=1, le=10_000)] = 200
    keep_mb: Annotated[int, Field(ge=10, le=1_048_576)] = 1_024
    max_symbols: Annotated[int, Field(ge=1, le=5_000)] = 500
    max_bars: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 20_000_000
    max_combinations: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    cluster: Annotated[str, AfterValidator(_cluster)] = ""
