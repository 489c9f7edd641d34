"""What the daemon and a run's process say to each other: a line of JSON each; an answer's bytes follow its line."""

from __future__ import annotations

import msgspec


class Task(msgspec.Struct, frozen=True):
    """What the process is to do: the first line that it reads.

    Args:
        kind: the number of the API's BacktestKind; the request is in `request.pb` of `folder`.
        now_ns: trading time: no bar after it is complete.
        history_bars: bars before the start that warm the indicators up.
        data_dir, cache_dir: where files of bars are, and where bars are kept.
        feed, source: what bars are of which the broker is asked.
        cluster: the address of a Dask scheduler; empty for the cores of this machine.
    """

    kind: int
    folder: str
    now_ns: int
    history_bars: int
    max_bars: int
    memory_mb: int
    data_dir: str
    cache_dir: str
    feed: str
    source: str
    cluster: str = ""


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How far it is: a part of 1, and bars, windows or combinations of how many."""

    fraction: float
    done: int = 0
    total: int = 0
    text: str = ""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A request to the broker's host of market data, which only the daemon has the keys for."""

    path: str
    params: dict[str, str]


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The last thing it says: nothing, or why it failed, with one of the API's reasons."""

    reason: str = ""
    text: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The line before the `size` bytes that the host answered, or why there are none."""

    size: int = 0
    fault: str = ""


Said = Progress | Ask | Ended
