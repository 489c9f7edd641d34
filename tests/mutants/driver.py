"""Mutants of the time line of backtests and of the decisions that it trades by: ahead of the account, and shared."""

from __future__ import annotations

from collections.abc import Iterable

from mutants.mutant import Mutant, mutants_of


def _of(file: str, tests: tuple[str, ...], changes: Iterable[tuple[str, str, str]]) -> tuple[Mutant, ...]:
    return mutants_of(file, tests, changes, "backtest")


DRIVER = _of(
    "driver.py",
    ("test_trailing", "test_against_oracle", "test_truths", "test_logs", "test_ahead"),
    [
        ("the log of trades is not full", 'account["trades"] + most <= len', 'account["trades"] <= len'),
        ("the log of signals is not full", 'account["signals"] + most <= len', 'account["signals"] <= len'),
        ("the log of guards is not full", 'account["guards"] + most <= len', 'account["guards"] <= len'),
        ("the earliest bar goes first", "now = min(now, tape", "now = max(now * (now != _END), tape"),
        ("bars of one end go together", "(row)] == now:", "(row)] == now and not count:"),
        ("what warms up is not traded", "tape.next[s] > tape.warm[s]", "tape.next[s] >= tape.warm[s]"),
        ("the first bar that is traded may enter", "row >= tape.warm[s]", "row > tape.warm[s]"),
        ("a day's base is the last mark", '"base_e4"] = account["equity_e4"]', '"base_e4"] = account["cash_e4"]'),
        (
            "a stop works in the bar of its entry",
            'if book.slots[s]["quantity"] != 0:\n',
            'if book.slots[s]["quantity"] != 0 and book.slots[s]["entry_row"] != row:\n',
        ),
        (
            "what leaves has no signal any more",
            'slot["leaving"] != 0:\n        return\n    row',
            "False:\n        return\n    row",
        ),
        ("what leaves is trailed no more", 'or slot["leaving"] != 0 or slot["stop_e4"]', 'or slot["stop_e4"]'),
        ("what has no stop gets none by trailing", ' or slot["stop_e4"] <= 0:', ":"),
        ("a reduced account trails nearer", 'stop_atr(bool(account["reduced"])', "stop_atr(False"),
        ("the best price is remembered", '    slot["best_e4"] = best\n', ""),
        ("who wants something does not wait", 'account["open"] != 0 or book', "book"),
        ("a wait ends where an entry fires", "min(end - 1, _next_wanted", "min(end, _next_wanted"),
        ("a wait ends with what is decided", "min(left_in_block(verdicts, tape, 0, row), tape.last", "min(tape.last"),
        ("a wait ends where the log is full", '"signals"] - 1) if', '"signals"] + 9) if'),
        ("a session begins while nothing is held", 'if session != book.account[0]["session"]:', "if False:"),
        ("bars that go by are counted", 'account["times"] += count', 'account["times"] += count - 1'),
        ("who leaves does not hold", ' or book.slots[0]["leaving"] != 0 or', " or"),
        (
            "a session begins while something is held",
            'if tape.session[np.uintp(row)] != account["session"]:',
            "if False:",
        ),
        ("who holds hears of entries that are vetoed", "if logs or touches_stop", "if touches_stop"),
        ("who holds watches the stop", "or touches_stop(slot, tape, row) or", "or"),
        ("who holds watches the exit", " or _ends(tape, 0, row, slot, rules, verdicts):", ":"),
        ("who holds watches the guards", "if acts(account, rules, equity_e4):", "if False:"),
        ("a short loses while prices rise", '+ slot["quantity"] * (price', '+ abs(slot["quantity"]) * (price'),
        ("exposure has no sign", '["gross_e4"] += abs(quantity) * moved', '["gross_e4"] += quantity * moved'),
        ("a new peak has no trough yet", '= account["trough_e4"] = equity_e4\n', "= equity_e4\n"),
        ("the largest fall is kept", 'max(account["drawdown"], fall(', "max(0.0, fall("),
    ],
)

VERDICTS = _of(
    "verdicts.py",
    ("test_against_oracle", "test_truths", "test_ahead"),
    [
        ("each block of a symbol ends with nothing", "symbols * (ahead + 1)", "symbols * ahead"),
        ("words of symbols have room of their own", "np.arange(symbols) * ahead, ahead - 1", "0, ahead - 1"),
        ("entries of symbols have room of their own", 's * (place["mask"] + 2)', 's * (place["mask"] + 1)'),
        ("bars are counted from a symbol's first", "(row - tape.first[np.uintp(s)]) &", "row &"),
        ("a block that has not begun is not decided", "tape, s, row)) & mask)", "tape, s, row)))"),
        ("what is decided ends with the block", "(mask + 1 - _number", "(mask + 2 - _number"),
        ("an entry on this bar is the next", '["next"])] < row:', '["next"])] <= row:'),
        (
            "a long leaves as a long",
            "EXIT_MR_LONG if long else EXIT_MR_SHORT",
            "EXIT_MR_SHORT if long else EXIT_MR_LONG",
        ),
        ("the mode says which rule ends", "if mode == _MEAN_REVERSION:", "if mode != _MEAN_REVERSION:"),
        ("the last block is shorter", 'min(place["mask"] + 1, tape.last[s] - row)', 'place["mask"] + 1'),
        ("a block's entries begin anew", '    place["next"] = found\n', ""),
        ("signals from outside have a verdict each", '& ENTERS or rules["given"]:', "& ENTERS:"),
        ("ATR is that of the bar", '["atr"][np.uintp(k)]', '["atr"][np.uintp(0)]'),
        ("the time is that of the bar", "clock(tape, sessions, row + k)", "clock(tape, sessions, row)"),
        ("the whole regime is kept", ">> REGIME_BIT & REGIME", ">> REGIME_BIT & 1"),
        ("the close is ahead", "(sessions.close_ns[session] - end_ns)", "(end_ns - sessions.open_ns[session])"),
    ],
)

DECIDING = _of(
    "deciding.py",
    ("test_shared_figures", "test_ahead"),
    [
        ("nothing is decided twice", "tape.first, -1, entries.first", "tape.first, 0, entries.first"),
        ("each symbol has entries of its own", "tape.first, -1, entries.first", "tape.first, -1, 0"),
        ("a regime is confirmed", 'regimes[at] = decision["regime"]', "pass"),
        ("a regime begins as neutral", '= state["confirmed"] = _NEUTRAL', "= _NEUTRAL"),
        (
            "the first valid bar has its rules",
            "_valid_from(tape, params, s), tape",
            "_valid_from(tape, params, s) + 1, tape",
        ),
        ("a condition asks for the regime", "int(regimes[np.uintp(k)])", "int(regimes[np.uintp(0)])"),
        ("the first valid bar only remembers", "k > _valid_from", "k >= _valid_from"),
        ("each symbol has its first", "found.first[s] = count", "found.first[s] = 0"),
        ("nothing comes after the last entry", "found.rows[np.uintp(count)] = NO_ROW\n", "pass\n"),
        ("signals from outside have a verdict each", ' and not rules["given"]:', ":"),
        ("an entry has its regime", 'out["regime"] = regimes[np.uintp(row)]', "pass"),
        ("the noise filter hears the bar", "    judge_bar(out, params)\n", ""),
        ("a day's bars have no minutes", 'bool(rules["intraday"])', "True"),
    ],
)

SHARING = _of(
    "sharing.py",
    ("test_shared_figures", "test_trials_alone"),
    [
        ("just so many bytes are shared", "BYTES_A_ROW <= most_bytes", "BYTES_A_ROW < most_bytes"),
        ("the fourth in a row shares", "self._in_a_row > _ALONE", "self._in_a_row >= _ALONE"),
        (
            "other periods have figures of their own",
            "params.of_indicators, 0, None",
            "params.of_indicators, 0, self._known",
        ),
        ("other periods count anew", "params.of_indicators, 0, None", "params.of_indicators, self._in_a_row, None"),
        ("figures are computed once", "if self._known is None and self._share", "if self._share"),
        ("parts leave with their figures", "            self._parts.clear()\n", ""),
        ("a regime has its thresholds", '_REGIME = ("trend_adx", ', "_REGIME = ("),
        ("an exit has its threshold", 'attrgetter(*_OF_ENTRIES, "exit_atr")', "attrgetter(*_OF_ENTRIES)"),
        ("an entry has its thresholds", '(*_REGIME, *_OF_ENTRIES, "neut', '(*_REGIME, "neut'),
        ("an entry has its regime", '(*_REGIME, *_OF_ENTRIES, "neut', '(*_OF_ENTRIES, "neut'),
        ("neutral entries may be off", '"neutral_entries", *_NOISE', "*_NOISE"),
        ("entries have their noise filter", '"neutral_entries", *_NOISE', '"neutral_entries"'),
        ("each part is of its kind", '("regimes", _of_regimes(params))', '("rules", _of_rules(params))'),
        ("what is used stays", "self._parts.pop(key, None)", "self._parts.get(key)"),
        ("what was used longest ago leaves", "popitem(last=False)", "popitem(last=True)"),
        ("just so many bytes stay", "while self._bytes > self", "while self._bytes >= self"),
        ("figures take of the bytes", "most_bytes - len(laid.tape.start_ns) * BYTES_A_ROW", "most_bytes"),
        ("what is gone takes no bytes", "self._known, self._bytes = known, 0", "self._known = known"),
        ("each symbol ends with nothing", "else turned) + len(tape.first)", "else turned)"),
    ],
)

OUTSIDE = _of(
    "sharing.py",
    ("test_ahead",),
    [("signals from outside have room", "len(known) if len(tape.entry) else turned", "turned")],
)

MUTANTS: tuple[Mutant, ...] = (*DRIVER, *VERDICTS, *DECIDING, *SHARING, *OUTSIDE)
