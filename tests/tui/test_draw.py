"""Lines, figures, bars, tables and charts: pure functions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tui import world

from fluxhero.v1 import common_pb2, risk_pb2, system_pb2
from fluxhero_tui.actions.action import Action, Registry
from fluxhero_tui.actions.catalog import REGISTRY
from fluxhero_tui.dialogs import fields
from fluxhero_tui.draw import bars, candles, digits, grid, ink
from fluxhero_tui.draw.figures import age, compact, price
from fluxhero_tui.draw.grid import Column, Order
from fluxhero_tui.draw.ink import Span
from fluxhero_tui.panels import decision, header, risk
from fluxhero_tui.panels.header import Top
from fluxhero_tui.state.link import Link
from fluxhero_tui.state.model import Model
from fluxhero_tui.state.role import Role

LINES = st.lists(st.tuples(st.text("abc é┃漢字̈", min_size=1, max_size=9), st.sampled_from(["", "good", "dim"]))).map(
    lambda pairs: tuple(Span(*pair) for pair in pairs)
)
COLUMNS = (
    Column("name", lambda row: row[0], 6),
    Column("value", lambda row: str(row[1]), 6, right=True, rank=1, sort=lambda row: row[1]),
    Column("why", lambda row: row[2], 8, rank=2, flexible=True),
)
ROWS = [("b", 9, "x y"), ("a", 10, "y"), ("c", 1, "z")]


@given(LINES, st.integers(0, 30), st.booleans())
def test_a_padded_line_is_just_as_wide_as_it_should_be(line: ink.Line, room: int, right: bool) -> None:
    assert ink.width(ink.pad(line, room, right)) == room


@given(LINES, LINES, st.integers(1, 40))
def test_two_lines_on_a_row_never_need_more_than_the_row(left: ink.Line, right: ink.Line, room: int) -> None:
    assert ink.width(ink.spread(left, right, room)) == room


@pytest.mark.parametrize(
    "text", ["市場が閉まった。理由は不明", "stop 損失 and 市場が閉まった。理由は不明", "a" * 40, "e\u0301" * 30]
)
def test_columns_stand_where_they_stand_whatever_is_written_in_those_before(text: str) -> None:
    columns = [Column("what", str, 12), Column("then", lambda row: "|", 1)]
    assert cell_len(ink.plain(grid.row_line(text, columns, grid.fitted(columns, 15))).partition("|")[0]) == 14
    assert {cell_len(ink.plain(row)) for row in ink.beside([(ink.wrap(text, 12), 12)])} == {12}
    assert cell_len(ink.plain(ink.heading(text, 60, "note"))) == 60


@given(st.lists(st.text("ab-漢字é", min_size=1, max_size=30), min_size=1), st.integers(8, 40))
def test_a_sentence_is_wrapped_into_its_room_and_keeps_every_letter(words: list[str], room: int) -> None:
    rows = [ink.plain(row) for row in ink.wrap(" ".join(words), room, indent="  ")]
    assert max(cell_len(row) for row in rows) <= max(room, 10)
    assert "".join("".join(rows).split()) == "".join(words)


def test_a_reason_in_chinese_ends_its_banner_where_the_screen_ends() -> None:
    model = Model()
    model.apply(world.snapshot(risks=[world.risk(halted=True, halt_reason="火災報知器")]))
    (banner,) = header.banner(Top(model, Link().heard(0.0), Role.ADMIN, 0.0), 80)
    assert cell_len(ink.plain(banner)) == 80
    assert {span.tone for span in banner} == {"badge-bad"}


def test_a_cut_line_says_that_something_is_missing() -> None:
    assert ink.plain(ink.clip(ink.line("UNPROTECTED", ("_SHARES", "bad")), 8)) == "UNPROTE…"


def test_text_from_elsewhere_can_not_move_the_cursor() -> None:
    assert ink.clean("a\x1b[2Jb\nc\x9b") == "a·[2Jb·c·"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0.0s"), (0.42, "0.4s"), (12.7, "12s"), (185, "3m05s"), (7_800, "2h10m"), (270_000, "3d3h")],
)
def test_an_age_is_two_units_at_most(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_prices_show_what_matters() -> None:
    assert [price(451.283), price(12_345.6), price(0.1234)] == ["451.28", "12,345.60", "0.1234"]
    assert [compact(950), compact(12_345), compact(4_959_239)] == ["950", "12.3k", "4.96M"]


@given(st.floats(0, 2), st.integers(1, 60))
def test_a_meter_fills_its_room(share: float, room: int) -> None:
    assert ink.width(bars.meter(share, room, "good")) == room


def test_a_distance_goes_to_the_right_when_it_is_beyond_and_to_the_left_when_it_is_short() -> None:
    assert ink.plain(bars.balance(0.5, 9, "good")) == "····│██··"
    assert ink.plain(bars.balance(-0.25, 9, "bad")) == "···█│····"
    assert ink.plain(bars.balance(0.001, 9, "good")) == "····│█···"


def test_a_sparkline_goes_from_the_lowest_to_the_highest() -> None:
    assert bars.sparkline([1, 2, 3, 4], 3) == "▁▄▇"
    assert bars.sparkline([5, 5], 4) == "▄▄"
    assert bars.sparkline([], 4) == ""


@given(st.lists(st.floats(1, 1_000), min_size=1, max_size=80), st.integers(1, 40), st.integers(1, 8))
def test_a_plot_is_as_large_as_its_room(values: list[float], room: int, height: int) -> None:
    rows = bars.plot(values, room, height)
    assert [len(row) for row in rows] == [room] * height


def test_large_digits_are_rows_of_one_width() -> None:
    rows = digits.large("$98,507.1+-")
    assert len(rows) == 3
    assert len({len(row) for row in rows}) == 1


def test_columns_that_matter_least_leave_first_and_the_flexible_one_takes_the_rest() -> None:
    assert grid.fitted(COLUMNS, 40) == [(0, 6), (1, 6), (2, 24)]
    assert grid.fitted(COLUMNS, 16) == [(0, 6), (1, 6)]
    assert grid.fitted(COLUMNS, 3) == [(0, 6)]


def test_rows_are_ordered_by_figures_not_by_their_text() -> None:
    assert [row[1] for row in grid.arranged(ROWS, COLUMNS, Order(1))] == [1, 9, 10]
    assert [row[1] for row in grid.arranged(ROWS, COLUMNS, Order(1, descending=True))] == [10, 9, 1]
    assert grid.arranged(ROWS, COLUMNS, Order()) == ROWS


def test_a_search_wants_every_word_somewhere_in_the_row() -> None:
    assert grid.arranged(ROWS, COLUMNS, Order(), "y B") == [ROWS[0]]


def test_a_title_that_is_pointed_at_twice_turns_the_order_round() -> None:
    once = Order().toggled(1)
    assert (once, once.toggled(1)) == (Order(1), Order(1, descending=True))
    assert Order(2).next(3) == Order(None)


@pytest.mark.parametrize("room", [16, 40])
def test_the_mark_of_an_order_takes_no_letter_of_a_title_that_is_as_wide_as_its_column(room: int) -> None:
    tight = [replace(column, width=len(column.title)) for column in COLUMNS]
    shown = grid.fitted(tight, room)
    plain = ink.plain(grid.header(tight, shown, Order()))
    for number, left in ((0, 2), (1, 8), (2, 15)):
        marked = ink.plain(grid.header(tight, shown, Order(number, descending=True)))
        assert marked == plain[: left - 1] + "▼" + plain[left:]
        assert grid.column_at(marked.index("▼") - 2, shown) == number


@pytest.mark.parametrize("right", [False, True])
def test_the_mark_of_an_order_stands_right_in_front_of_its_title(right: bool) -> None:
    columns = [Column("one", str, 5), Column("two", str, 6, right=right)]
    marked = ink.plain(grid.header(columns, grid.fitted(columns, 13), Order(1)))
    assert marked == ("  one      ▲two" if right else "  one   ▲two   ")


def test_rising_and_falling_candles_have_different_shapes() -> None:
    chart = candles.Chart([candles.Candle(10, 14, 9, 13), candles.Candle(13, 14, 8, 9)])
    text = "\n".join(ink.plain(line) for line in candles.draw(chart, 30, 10))
    assert "┃" in text
    assert "█" in text
    assert {ink.width(line) for line in candles.draw(chart, 30, 10)} == {30}


def test_a_stop_that_is_near_is_on_the_chart_and_one_far_away_does_not_flatten_it() -> None:
    bars_ = [candles.Candle(100, 102, 99, 101)] * 5
    near = candles.draw(candles.Chart(bars_, levels=[candles.Level(98.0, "stop 98.00", "bad")]), 40, 12)
    far = candles.draw(candles.Chart(bars_, levels=[candles.Level(50.0, "stop 50.00", "bad")]), 40, 12)
    assert any("stop" in ink.plain(line) for line in near)
    assert not any("stop" in ink.plain(line) for line in far)


@pytest.mark.parametrize("room", [24, 38, 60, 80, 120])
def test_reasons_never_need_more_room_than_there_is(room: int) -> None:
    signal = world.signal()
    lines = decision.explanation(signal, "because", [], room)
    assert max(ink.width(line) for line in lines) <= room


def test_a_verdict_is_a_word_or_a_mark_and_never_a_colour_alone() -> None:
    text = "\n".join(ink.plain(line) for line in decision.rules(world.signal(outcome="noise").rules, 120))
    assert "✓ trend adx" in text
    assert "✗ volume" in text


def test_the_waterfall_shows_what_each_step_takes() -> None:
    text = "\n".join(ink.plain(line) for line in decision.waterfall(world.decision().sizing, 80))
    assert "position value       44" in text
    assert "-81" in text


@pytest.mark.parametrize(
    ("mode", "word"),
    [
        (system_pb2.TRADING_MODE_PAPER, "PAPER"),
        (system_pb2.TRADING_MODE_LIVE, "LIVE"),
        (system_pb2.TRADING_MODE_DEMO, "DEMO"),
        (system_pb2.TRADING_MODE_UNSPECIFIED, "?MODE?"),
    ],
)
def test_the_mode_is_a_word(mode: system_pb2.TradingMode, word: str) -> None:
    model = Model()
    model.apply(world.snapshot(statuses=[world.status(mode)]))
    assert word in header.mode(Top(model, Link().heard(0.0), Role.ADMIN, 0.0)).text


@pytest.mark.parametrize("room", [80, 100, 120, 200])
def test_mode_connection_breaker_and_kill_switch_are_always_there(room: int) -> None:
    model = Model()
    model.apply(world.snapshot(risks=[world.halted()]))
    text = ink.plain(header.state_line(Top(model, Link().heard(0.0), Role.READ, 0.4), room))
    assert len(text) == room
    for word in ("PAPER", "0.4s", "HALTED", "breaker", "1 alert", "READ", "10:30"):
        assert word in text


def test_a_feed_that_is_down_is_named() -> None:
    model = Model()
    feeds = [system_pb2.Feed(name="market", up=False), system_pb2.Feed(name="trading", up=True, stale=True)]
    model.apply(world.snapshot(statuses=[world.status(feeds=feeds)]))
    text = ink.plain(header.state_line(Top(model, Link().heard(0.0), Role.ADMIN, 0.4), 160))
    assert "FEED market down, trading stale" in text


def test_a_correlation_over_the_limit_and_one_that_is_not_known_are_marked() -> None:
    model = Model()
    model.apply(world.snapshot())
    report = world.report()
    report.correlations.append(risk_pb2.Correlation(symbol="IBM", other_symbol="SPY"))
    model.set_report(report)
    text = "\n".join(ink.plain(line) for line in risk.correlations(model, 60, 20))
    assert "0.85!" in text
    assert "?!" in text


def test_a_limit_of_unknown_use_is_said_to_be_unknown() -> None:
    model = Model()
    check = risk_pb2.RiskCheck(code="exposure", limit=1.0, verdict=common_pb2.VERDICT_FAILED, text="equity is missing")
    model.apply(world.snapshot(risks=[world.risk(usage=[check])]))
    assert any("✗ not known: equity is missing" in ink.plain(line) for line in risk.limits(model, 100, 20))


def test_a_key_means_one_thing_on_a_screen() -> None:
    def action(name: str, **more: object) -> Action:
        return Action(name, ("x",), name, name, "Trade", lambda terminal: None, **more)  # type: ignore[arg-type]

    here, everywhere = action("here", views=("orders",)), action("everywhere")
    registry = Registry([everywhere, here])
    assert registry.resolve("x", "orders", Role.READ) is here
    assert registry.resolve("x", "risk", Role.READ) is everywhere
    with pytest.raises(ValueError, match="share a key"):
        Registry([here, action("other", views=("orders", "risk"))])


def test_whatever_trades_needs_a_role_and_is_not_offered_without_it() -> None:
    for action in REGISTRY.actions:
        if action.group in ("Trade", "Stop trading") and action.name != "preview":
            assert action.role > Role.READ
            assert not action.offered(action.views[0] if action.views else "dashboard", Role.READ)


def test_each_action_has_a_key_and_says_what_it_does() -> None:
    for action in REGISTRY.actions:
        assert action.keys
        assert len(action.text) > 5


def test_figures_that_are_none_are_drawn_as_nothing() -> None:
    none = float("nan")
    assert ink.plain(bars.meter(none, 10, "good")) == "░" * 10
    assert ink.plain(bars.balance(none, 11, "good")) == "·····│·····"
    assert bars.sparkline([1.0, none, float("inf"), 2.0], 4) == "▁▇"
    assert bars.plot([none], 4, 1) == ["    "]


@pytest.mark.parametrize("room", [80, 120])
def test_a_feed_that_is_down_has_a_line_where_the_row_has_no_room_for_it(room: int) -> None:
    model = Model()
    model.status.feeds.add(name="market", up=True, stale=True)
    top = Top(model, Link().heard(0.0), Role.ADMIN, 0.0)
    assert ink.plain(header.banner(top, room)[0]).rstrip() == " FEED market stale: prices may be old"


def test_a_direction_of_writing_is_not_taken_from_elsewhere() -> None:
    assert ink.clean("buy \u202e01 SPY\u2066") == "buy ·01 SPY·"


def test_commas_only_part_thousands() -> None:
    assert (fields.whole("shares", "1,500"), fields.dollars("limit", "$1,234.50")) == (1_500, Decimal("1234.50"))
    for text in ("1,5", "44,10", "1,50,000", ",500"):
        with pytest.raises(fields.Wrong):
            fields.whole("shares", text)
        with pytest.raises(fields.Wrong):
            fields.dollars("limit", text)
