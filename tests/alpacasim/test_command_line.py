"""The command line, as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import httpx
import pytest

from alpacasim.__main__ import load_tape, parser, settings
from alpacasim.calendar import Calendar
from alpacasim.server import bind
from alpacasim.timestamps import utc_text


def read(*arguments):
    options = parser().parse_args(arguments)
    tape = load_tape(options)
    return settings(options, tape, Calendar())


def test_it_starts_a_minute_before_the_first_session_with_120_sessions_of_history():
    made = read("--synthetic", "7", "--symbols", "SPY")
    assert utc_text(made.start_ns) == "2023-06-27T13:29:00Z"
    assert made.last_day == date(2024, 12, 31)


def test_a_start_may_be_a_date_or_a_time():
    assert utc_text(read("--synthetic", "7", "--start", "2024-07-04").start_ns) == "2024-07-05T13:29:00Z"
    assert utc_text(read("--synthetic", "7", "--start", "2024-07-05T10:00:00-04:00").start_ns) == "2024-07-05T14:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--start", "soon"), "--start is 'soon': a New York date or an RFC 3339 time is allowed"),
        (("--cash", "-1"), "--cash is '-1': an amount above 0 is allowed"),
        (("--speed", "0"), "--speed is 0.0: a number above 0 is allowed"),
        (("--speed", "nan"), "--speed is nan: a number above 0 is allowed"),
        (("--spread-bp", "-5"), "--spread-bp is -5.0: 0 to 10000 is allowed"),
        (("--spread-bp", "nan"), "--spread-bp is nan: 0 to 10000 is allowed"),
        (("--rate-limit", "-3"), "--rate-limit is -3: a whole number from 0 is allowed, 0 is no limit"),
        (("--cash", "1e400"), "--cash is '1e400': an amount above 0 is allowed"),
        (
            ("--start", "2022-01-03"),
            "--start is '2022-01-03': a day with prices is allowed, from 2023-01-03 to 2024-12-31",
        ),
        (
            ("--start", "2024-12-02", "--end", "2024-01-02"),
            "--end is 2024-01-02: a day from the start on is allowed, which is 2024-12-02",
        ),
        (("--symbols", "SPY,A-1"), "--symbols is 'SPY,A-1': names like SPY,BRK.B are allowed"),
        (("--symbols", ","), "--symbols is ',': names like SPY,BRK.B are allowed"),
        (("--faults", "nowhere.toml"), "--faults nowhere.toml: No such file or directory; name a file in TOML"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(arguments, text):
    with pytest.raises(ValueError, match=text.split(":")[0]) as raised:
        read("--synthetic", "7", *arguments)
    assert str(raised.value) == text


def test_symbols_are_written_in_any_case_and_count_once():
    options = parser().parse_args(["--synthetic", "7", "--symbols", "spy, brk.b,SPY"])
    assert load_tape(options).symbols == ("BRK.B", "SPY")


def test_symbols_go_with_generated_prices_only(tmp_path):
    options = parser().parse_args(["--bars", str(tmp_path), "--symbols", "SPY"])
    with pytest.raises(ValueError, match="--symbols goes with --synthetic"):
        load_tape(options)


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "127.0.0.1", ":80", "127.0.0.1:http"])
def test_an_address_that_makes_no_sense_is_named(listen):
    done = run("--listen", listen)
    assert done == (2, f"alpacasim: --listen is '{listen}': HOST:PORT is allowed, with a port from 0 to 65535\n")


def test_a_port_in_use_is_named_with_what_helps():
    with bind("127.0.0.1", 0) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, said = run("--listen", address)
    assert status == 2
    assert said == (
        f"alpacasim: --listen: can't listen on {address}: address already in use; "
        "end what listens there, or take another port (0 is a free one)\n"
    )


def run(*arguments):
    """The status and the errors of a process that ends by itself."""
    command = (sys.executable, "-m", "alpacasim", "--synthetic", "7", "--symbols", "SPY", "--step", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def test_exactly_one_source_is_asked_for(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["--step"])
    with pytest.raises(SystemExit):
        parser().parse_args(["--sample", "--synthetic", "7"])
    assert "one of the arguments --bars --synthetic --sample is required" in capsys.readouterr().err


async def test_all_that_can_be_scripted_is_in_the_help_and_explained_by_the_simulator_itself(start):
    sim = await start()
    paths = {route.path for route in sim.simulator.app.routes if route.path.startswith("/sim/")}
    told = (await sim.http.get("/sim")).text
    assert len(paths) > 15
    assert [path for path in paths if path not in parser().format_help() or path not in told] == []


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_listens_and_ends_cleanly_on_a_signal(signal_number):
    environment = {"PYTHONPATH": str(Path(__file__).parents[2] / "daemon"), "PATH": ""}
    command = ("-m", "alpacasim", "--synthetic", "7", "--symbols", "SPY", "--step", "--listen", "127.0.0.1:0")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode()
        assert line.startswith("alpacasim listening on http://127.0.0.1:")
        async with httpx.AsyncClient() as http:
            assert (await http.get(line.split()[-1] + "/sim/clock")).json()["mode"] == "step"
        process.send_signal(signal_number)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
