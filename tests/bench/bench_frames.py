"""Frames of the market-data stream on one core, JSON to domain values. `python tests/bench/bench_frames.py`."""

from __future__ import annotations

import json
import time
from typing import Any

from fluxherod.adapters.alpaca.frames import decode_market_frame

COUNT = 8_000


def bar(number: int) -> dict[str, Any]:
    """A minute bar as Alpaca sends it; all of a frame have one time."""
    cents = 38_000 + number
    prices = {name: (cents + offset) / 100 for name, offset in {"o": 0, "h": 9, "l": -7, "c": 4, "vw": 3}.items()}
    return {"T": "b", "S": f"S{number}", **prices, "v": 49_378, "n": 461, "t": "2021-02-22T19:15:00Z"}


def quote(number: int) -> dict[str, Any]:
    """A quote as Alpaca sends it; each has a time of its own."""
    sides = {"ax": "V", "ap": 389.2, "as": 100, "bx": "V", "bp": 389.1, "bs": 200}
    return {"T": "q", "S": f"S{number}", **sides, "c": ["R"], "z": "B", "t": f"2021-02-22T19:15:01.{number:09d}Z"}


def decode_ms(messages: list[dict[str, Any]]) -> float:
    """Milliseconds to read one frame of these messages, the best of many."""
    frame = json.dumps(messages).encode()
    best = float("inf")
    for _ in range(25):
        start = time.perf_counter()
        read = decode_market_frame(frame)
        best = min(best, time.perf_counter() - start)
        assert len(read.bars) + len(read.quotes) == COUNT
    return best * 1e3


def main() -> None:
    """Print the table."""
    broken = {**bar(0), "o": None}
    rows = {
        "minute bars": [bar(number) for number in range(COUNT)],
        "minute bars, one more is broken": [*(bar(number) for number in range(COUNT)), broken],
        "quotes": [quote(number) for number in range(COUNT)],
    }
    for name, messages in rows.items():
        print(f"one frame of {COUNT} {name:32} {decode_ms(messages):7.2f} ms")


if __name__ == "__main__":
    main()
