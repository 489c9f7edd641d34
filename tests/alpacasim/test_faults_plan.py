"""A fault plan is read and checked, and decides by its seed alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from alpacasim.__main__ import load_tape, parser, settings
from alpacasim.calendar import SECOND_NS, Calendar
from alpacasim.fault_plan import KINDS, parse_plan, read_file
from alpacasim.faults import Faults, Message

NOW = 1_704_378_600 * SECOND_NS  # 2024-01-04T14:30:00Z
SYMBOLS = ("QQQ", "SPY")


def plan(*faults, **top):
    return parse_plan({"fault": list(faults), **top}, SYMBOLS, NOW)


def in_force(*faults, seed=7):
    there = Faults()
    there.add(plan(*faults, seed=seed))
    return there


def passed(there, channel="bars", symbol="SPY", stream="market", now=NOW, number=0):
    """(channel, symbol, number, delay in s) of what becomes of one message."""
    out = there.messages(stream, [Message(channel, symbol, {"number": number})], now)
    return [(one.channel, one.symbol, one.content["number"], one.delay_ns // SECOND_NS) for one in out]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"kind": "explode"}, f"fault 1: kind is 'explode': {', '.join(KINDS)} are allowed"),
        ({}, f"fault 1: kind is None: {', '.join(KINDS)} are allowed"),
        (
            {"kind": "halt", "symbols": "SPY", "seconds": 1},
            "fault 1 (halt): seconds is unknown: symbols, from, until are allowed",
        ),
        ({"kind": "halt"}, "fault 1 (halt): symbols is None: QQQ, SPY are allowed"),
        ({"kind": "drop", "symbols": ["IBM"]}, "fault 1 (drop): symbols is ['IBM']: QQQ, SPY are allowed"),
        ({"kind": "drop", "count": 0}, "fault 1 (drop): count is 0: a whole number from 1 is allowed"),
        (
            {"kind": "drop", "probability": 1.5},
            "fault 1 (drop): probability is 1.5: a number above 0 and up to 1 is allowed",
        ),
        (
            {"kind": "drop", "from": "soon"},
            "fault 1 (drop): from is 'soon': an RFC 3339 time, or exchange seconds from now, is allowed",
        ),
        ({"kind": "drop", "from": 60, "until": 60}, "fault 1 (drop): until is 60: a time after from is allowed"),
        ({"kind": "drop", "channel": "prices"}, "fault 1 (drop): channel is 'prices': trades, quotes, bars"),
        ({"kind": "drop", "event": "filled"}, "fault 1 (drop): event is 'filled': accepted, pending_new, new,"),
        (
            {"kind": "drop", "stream": "trade", "channel": "bars"},
            "fault 1 (drop): channel is 'bars': the trade stream has none",
        ),
        ({"kind": "delay"}, "fault 1 (delay): seconds is None: a number above 0 is allowed"),
        ({"kind": "mute"}, "fault 1 (mute): stream is None: market, trade are allowed"),
        (
            {"kind": "refuse_connection", "stream": "trade", "status": 406},
            "fault 1 (refuse_connection): status is 406: 429, 500, 503 are allowed",
        ),
        ({"kind": "rest", "status": 200}, "fault 1 (rest): status is 200: 0, 429, 500, 503, 504 are allowed"),
        ({"kind": "rest", "html": 1}, "fault 1 (rest): html is 1: true or false is allowed"),
        ({"kind": "clock_skew"}, "fault 1 (clock_skew): seconds is None: a number is allowed, below 0"),
        (
            {"kind": "split", "symbols": "SPY", "ex_date": "soon"},
            "fault 1 (split): ex_date is 'soon': a date (YYYY-MM-DD) is allowed",
        ),
    ],
)
def test_an_entry_that_makes_no_sense_is_named_with_its_field_and_what_is_allowed(entry, text):
    with pytest.raises(ValueError, match="fault 1") as raised:
        plan(entry)
    assert str(raised.value).startswith(text)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"faults": []}, "faults is unknown: seed and fault are allowed"),
        ({"seed": "x"}, "seed is 'x': a whole number is allowed"),
        ({"fault": {"kind": "drop"}}, "fault is not a list of entries"),
        ({"fault": [{"kind": "drop"}, {"kind": "delay"}]}, "fault 2 (delay): seconds is None: a number above 0"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_whole(content, text):
    with pytest.raises(ValueError, match="is ") as raised:
        parse_plan(content, SYMBOLS, NOW)
    assert str(raised.value).startswith(text)


def test_times_are_absolute_or_seconds_from_now(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'seed = 7\n[[fault]]\nkind = "drop"\nfrom = 90\nuntil = 120.5\n'
        '[[fault]]\nkind = "drop"\nfrom = 2024-01-04T14:40:00Z\n'
        '[[fault]]\nkind = "drop"\nfrom = "2024-01-04T09:40:00-05:00"\n'
    )
    made = parse_plan(read_file(file), SYMBOLS, NOW)
    assert made.seed == 7
    assert [(fault.from_ns - NOW) / SECOND_NS for fault in made.faults] == [90, 600, 600]
    assert [fault.until_ns for fault in made.faults] == [NOW + 120_500_000_000, None, None]


def test_the_readme_s_plan_can_be_played(tmp_path):
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    file = tmp_path / "plan.toml"
    file.write_text(readme.partition("```toml\n")[2].partition("```")[0])
    assert [one.kind for one in parse_plan(read_file(file), SYMBOLS, NOW).faults] == ["late_bars", "rest", "half_dead"]


def test_the_readme_and_the_help_name_every_kind():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert [kind for kind in KINDS if f"`{kind}`" not in readme or kind not in parser().format_help()] == []


def test_a_file_that_is_no_toml_is_said_with_its_name(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("seed = \n")
    with pytest.raises(ValueError, match=r"plan\.toml: Invalid value"):
        read_file(file)


def test_the_command_line_takes_a_plan(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text('[[fault]]\nkind = "revisions"\n')
    options = parser().parse_args(["--synthetic", "7", "--symbols", "SPY", "--faults", str(file)])
    assert settings(options, load_tape(options), Calendar()).faults == {"fault": [{"kind": "revisions"}]}


def test_a_fault_is_met_in_its_time_so_often_as_its_count_and_where_it_says():
    there = in_force({"kind": "drop", "channel": "bars", "symbols": "SPY", "from": 10, "until": 20, "count": 2})
    at = [NOW + seconds * SECOND_NS for seconds in (9, 10, 15, 16, 20)]
    assert [len(passed(there, now=ns)) for ns in at] == [1, 0, 0, 1, 1]
    assert [len(passed(there, *where, now=at[1])) for where in (("quotes", "SPY"), ("bars", "QQQ"))] == [1, 1]
    assert (there.body(at[1])[0]["met"], there.body(at[1])[0]["in_force"]) == (2, False)


def test_the_seed_alone_draws_who_meets_a_fault():
    def drawn(seed):
        there = in_force({"kind": "drop", "probability": 0.3}, seed=seed)
        return [len(passed(there)) for _ in range(400)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 80 < drawn(1).count(0) < 160


def test_a_reordered_message_comes_after_the_next_of_its_symbol():
    there = in_force({"kind": "reorder", "channel": "bars", "count": 1})
    assert passed(there, number=1) == [("bars", "SPY", 1, 90)]
    assert passed(there, symbol="QQQ", number=1) == [("bars", "QQQ", 1, 0)]
    assert passed(there, number=2) == [("bars", "SPY", 2, 0), ("bars", "SPY", 1, 0)]
    assert passed(there, number=3) == [("bars", "SPY", 3, 0)]


def test_faults_of_one_message_add_up():
    there = in_force({"kind": "duplicate"}, {"kind": "late_bars", "seconds": 5}, {"kind": "delay", "seconds": 2})
    assert passed(there) == [("bars", "SPY", 0, 7)] * 2
    assert passed(there, "quotes") == [("quotes", "SPY", 0, 2)] * 2
    assert passed(there, "fill", stream="trade") == [("fill", "SPY", 0, 2)] * 2


def test_parts_of_an_execution_are_whole_shares_and_never_all():
    there = in_force({"kind": "partial_fills"})
    parts = [there.portion("SPY", 10, NOW) for _ in range(100)]
    assert set(parts) == set(range(1, 10))
    assert there.portion("SPY", 1, NOW) == 1
