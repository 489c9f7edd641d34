"""Mutants of what a backtest trades by: fills, books, guards, entries."""

from __future__ import annotations

from collections.abc import Iterable

from mutants.mutant import Mutant, mutants_of

_ORACLE = ("test_against_oracle", "test_fills", "test_truths")


def _of(file: str, tests: tuple[str, ...], changes: Iterable[tuple[str, str, str]]) -> tuple[Mutant, ...]:
    return mutants_of(file, tests, changes, "backtest")


FILLS = _of(
    "fills.py",
    ("test_fills", "test_truths"),
    [
        ("a buy pays the slippage", "fine * (10_000 + slippage_bp)", "fine * (10_000 - slippage_bp)"),
        ("a buy is rounded up", "return -(-fine * (10", "return (fine * (10"),
        ("an order as large as its share is not large", "> share_bp * total", ">= share_bp * total"),
        ("volume is of the bars before", "range(begin, row)", "range(begin, row + 1)"),
        ("a touch is a hit", "price <= stop_e4 / E4", "price < stop_e4 / E4"),
        ("a touch is a hit of a short", "price >= stop_e4 / E4", "price > stop_e4 / E4"),
        ("no stop is not hit", "if stop_e4 <= 0:", "if stop_e4 < 0:"),
        ("an open beyond the stop fills there", "        return opening\n", "        return stop_e4 / E4\n"),
        ("a touch fills no limit", "if low < limit", "if low <= limit"),
        ("a touch fills no limit to sell", "if high > limit", "if high >= limit"),
    ],
)

BOOKING = _of(
    "booking.py",
    _ORACLE,
    [
        (
            "a buy costs its fee",
            '- abs(wanted) * book.rules[0]["commission_e4"]',
            '+ abs(wanted) * book.rules[0]["commission_e4"]',
        ),
        ("a trade pays twice", 'slot["cost_e4"], 0), 2 * fee_e4)', 'slot["cost_e4"], 0), fee_e4)'),
        ("what fills is no more at work", '"working_e4"] -= abs(wanted)', '"working_e4"] += abs(wanted)'),
        ("what ends unfilled is no more at work", '"working_e4"] -= abs(slot', '"working_e4"] += abs(slot'),
        ("an entry beyond its stop ends", "if beyond_stop(side, opening, slot", "if beyond_stop(-side, opening, slot"),
        ("a bar opens with its session", "return max(start_ns", "return min(start_ns"),
        ("a stop of a long is below", "beyond_stop(1, tape.low[at]", "beyond_stop(1, tape.high[at]"),
        ("a closed position frees its place", 'account["open"] -= 1\n    pnl', 'account["open"] -= 0\n    pnl'),
    ],
)

GUARDS = _of(
    "guards.py",
    ("test_against_oracle", "test_truths"),
    [
        ("a drawdown is from the peak", 'max(account["peak_e4"], equity_e4)', 'account["base_e4"]'),
        ("the worst disables", "return _DISABLED\n", "return _REDUCED\n"),
        (
            "a disabled account stays",
            'if account["disabled"]:\n        return _STAYS',
            'if account["disabled"]:\n        return _NORMAL',
        ),
        ("it recovers at its own threshold", 'rules["recovery_drawdown_bp"]', 'rules["warning_drawdown_bp"]'),
        ("a day's loss is of its base", "base_e4 - equity_e4, base_e4", "equity_e4 - base_e4, base_e4"),
        ("a lost day is lost once", 'not account["day_lost"] and day_lost(', "day_lost("),
        ("working entries end", "drop_entry(book, s, _CANCELLED)", "pass"),
        ("positions leave", 'slot["leaving"] = reason', "pass"),
        ("who leaves already keeps the reason", ' and slot["leaving"] == 0:', ":"),
        ("a new session forgets the lost day", 'account["day_lost"] = False', 'account["day_lost"] = True'),
    ],
)

ENTRIES = _of(
    "entries.py",
    ("test_against_oracle", "test_truths"),
    [
        ("one position a symbol", 'slot["quantity"] != 0 or slot["wanted"] != 0', 'slot["wanted"] != 0'),
        (
            "a breakout has its own volume",
            'if mode == _MEAN_REVERSION else decision["breakout_volume_ok"]',
            'if mode != _MEAN_REVERSION else decision["breakout_volume_ok"]',
        ),
        ("minus correlates like plus", "not abs(rho) <=", "not rho <="),
        ("what is held is not known alone", 'slots[other]["quantity"] == 0 and', 'slots[other]["quantity"] != 0 and'),
        (
            "mean reversion has a risk of its own",
            'if reverting else rules["trend_risk_bp"]',
            'if not reverting else rules["trend_risk_bp"]',
        ),
        ("a neutral entry is smaller", "if mode == _NEUTRAL else _WHOLE_BP", "if False else _WHOLE_BP"),
        ("a reduced account trades less", 'if account["reduced"] else _WHOLE_BP', "if False else _WHOLE_BP"),
        ("a limit is on the tick of its side", "on_tick_e4(price_e4, side < 0)", "on_tick_e4(price_e4, side > 0)"),
        ("a reduced account stops nearer", "if not reduced:", "if True:"),
        ("shorts are switched off", 'side < 0 and not rules["allow_shorts"]', "False"),
        (
            "no more positions than allowed",
            'account["open"] >= rules["max_positions"]',
            'account["open"] > rules["max_positions"]',
        ),
        ("what is at work takes its headroom", 'account["gross_e4"] + account["working_e4"]', 'account["gross_e4"]'),
        ("what is at work takes a place", 'account["open"] += 1', 'account["open"] += 0'),
        ("mean reversion's stop stays", '"trails"] = not reverting and', '"trails"] ='),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*FILLS, *BOOKING, *GUARDS, *ENTRIES)
