"""AAPL's real minutes over its 7:1 split, over sockets, in lock-step: `make acceptance DATA=DIR`."""

import csv
import gzip
import os
from decimal import Decimal
from pathlib import Path

import pytest
from harness.splits import Scene, check_split

DATA = os.environ.get("FLUXHERO_DATA", "")
# Three sessions of June 2014 with extended hours, prices as they were traded.
FILE = "AAPL_1Min_split.csv.gz"


@pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
@pytest.mark.timeout(600)
def test_aapl_is_held_over_its_split_and_nothing_fires_nothing_is_stopped_out_and_every_cent_is_right(
    tmp_path: Path,
) -> None:
    with gzip.open(Path(DATA) / FILE, "rt", newline="") as file:
        rows = [
            (one["timestamp"], *(float(one[name]) for name in ("open", "high", "low", "close")), int(one["volume"]))
            for one in csv.DictReader(file)
        ]
    scene = Scene(
        symbol="AAPL",
        rows=rows,
        first_day="2014-06-06",
        ex_date="2014-06-09",
        entry_time="2014-06-06T13:32",
        exit_time="2014-06-09T19:00",
        shares=30,
        stop=Decimal("620.00"),
    )
    check_split(scene, tmp_path)
