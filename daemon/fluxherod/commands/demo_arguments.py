"""The options of `fluxherod demo`; apart from what it does, which no other command should have to import."""

from __future__ import annotations

import argparse
from pathlib import Path

from fluxherod.commands.arguments import positive


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--speed",
        type=positive(float),
        default=5850.0,
        metavar="X",
        help="exchange seconds a second (default: 5850, four seconds a session)",
    )
    parser.add_argument("--symbols", type=_symbols, metavar="A,B", help="what to trade (default: AAPL,GOOG,IBM,MSFT)")
    parser.add_argument("--synthetic", type=int, metavar="SEED", help="generated prices in place of the real ones")
    parser.add_argument("--start", metavar="DATE", help="first day to trade, YYYY-MM-DD")
    parser.add_argument("--sessions", type=positive(int), metavar="N", help="end after so many sessions")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep state and cache in this folder")
    parser.add_argument("--port", type=_port, default=50051, help="gRPC port of the daemon (default: 50051, 0: any)")
    parser.add_argument("--sim-port", type=_port, default=0, help="port of the simulator (default: any)")
    parser.add_argument("--log-level", default="info", metavar="LEVEL", help="debug, info (default), warning or error")


def _symbols(text: str) -> list[str]:
    return [symbol.strip().upper() for symbol in text.split(",") if symbol.strip()]


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text}: allowed is a port from 0 to 65535")
    return int(text)
