"""Mutants of the kernel over columns of bars: figures and decisions in blocks."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

_TESTS = ("test_columns",)

COLUMNS = mutants_of(
    "columns.py",
    _TESTS,
    [
        ("one more bar has a seed to wait for", 'index > known["decision_index"]', 'index >= known["decision_index"]'),
        ("the first bar has no close before", "index + k > 0 else np.nan", "index + k >= 0 else np.nan"),
        ("a seed counts its bars", "known, index + k, high", "known, index, high"),
        ("the rows are as many as the bars", "out.close.shape[0] != bars", "out.close.shape[0] < bars"),
        ("the first symbol is one", "if i < 0 or", "if i <= 0 or"),
        ("a part goes on where the one before ended", "index + first, params", "index, params"),
        ("the last block is shorter", "min(BLOCK, bars - first)", "min(BLOCK, bars)"),
    ],
)

DECISIONS = mutants_of(
    "decisions.py",
    _TESTS,
    [
        (
            "the second deciding bar is the first of a block",
            '> params["decision_index"]',
            '>= params["decision_index"]',
        ),
        ("a block counts its bars", 'state["index"] += count', 'state["index"] += count - 1'),
        ("before every figure is valid no rule stands", 'word if one["valid"] else', "word if True else"),
        (
            "a regime goes on over blocks",
            'state["raw"], state["run"], state["confirmed"] = before, run, confirmed',
            'state["raw"] = before',
        ),
        ("a run is of equal classes", "raw == before, (word", "True, (word"),
        ("an edge is what did not stand", "& ~conditions[j], regimes", "& ~0, regimes"),
        ("the last condition is remembered", "= conditions[np.uintp(count)]", "= conditions[np.uintp(0)]"),
        (
            "the last rules are remembered",
            "words[np.uintp(count - 1)] & _OF_ENTRIES",
            "words[np.uintp(0)] & _OF_ENTRIES",
        ),
        ("a short is not long", "int(entry < 0)", "int(entry > 0)"),
        ("an entry enters", "int(entry != 0)", "int(entry > 0)"),
        ("a gap is told", 'GAP_OK * int(one["gap_ok"]', 'GAP_OK * int(one["volume_ok"]'),
        (
            "an exit is of its side",
            'EXIT_MR_LONG * int(one["exit_mr_long"])',
            'EXIT_MR_LONG * int(one["exit_mr_short"])',
        ),
        ("words are as many as the bars", "words.shape[0] < bars", "words.shape[0] + 1 < bars"),
    ],
)

FIGURES = mutants_of(
    "indicators/columns.py",
    _TESTS,
    [
        ("a gap is of the close before", "closes[np.uintp(PAST + k - 1)])", "closes[np.uintp(PAST + k)])"),
        ("KAMA's ring turns", '(kama["position"] + count) % period', '(kama["position"] + count - 1) % period'),
        (
            "each high is compared with the last",
            "prices.high[before], prices.low[before]",
            "prices.low[before], prices.low[before]",
        ),
        (
            "the last high is remembered",
            'state["previous_high"], state["previous_low"] = prices.high[last]',
            'state["previous_high"], state["previous_low"] = prices.low[last]',
        ),
        ("a fall is a loss", "max(-change, 0.0)", "max(change, 0.0)"),
        ("the path has no sign", "= abs(change)", "= change"),
        (
            "efficiency is over a period",
            "closes[np.uintp(PAST + k - period)]",
            "closes[np.uintp(PAST + k - period + 1)]",
        ),
        ("Wilder's sum forgets", "plus = multiply_add(1.0 - weight, plus", "plus = multiply_add(1.0, plus"),
        ("no movement leaves ADX", "if dx >= 0.0 else index", "if True else index"),
        ("a gain has its weight", "= weight * max(change, 0.0)", "= max(change, 0.0)"),
        (
            "bands have a period of their own",
            'if known["bollinger_period"] != known',
            'if known["bollinger_period"] < known',
        ),
        ("the lower band is below", "middle - width", "middle + width"),
        ("bands are as wide as they are told", 'params["bollinger_width"] * sigma', "2.0 * sigma"),
        ("the average volume is a mean", '* params["volume_weight"]', '* params["bollinger_weight"]'),
    ],
)

WINDOWS = mutants_of(
    "indicators/unrolled.py",
    _TESTS,
    [
        (
            "the oldest of a ring comes first",
            "PAST - period + k)] = ring[np.uintp(position + k)]",
            "PAST - period + k)] = ring[np.uintp(k)]",
        ),
        (
            "the newest is kept",
            "ring[np.uintp(k)] = column[np.uintp(end - position + k)]",
            "ring[np.uintp(k)] = column[np.uintp(end - position + k - 1)]",
        ),
        ("a sum holds n values", "values[np.uintp(PAST + k - period + 1)]", "values[np.uintp(PAST + k - period)]"),
        (
            "a full ring begins anew",
            "position, prefix, begin = 0, 0.0, border + 1",
            "position, prefix, begin = 0, prefix, border + 1",
        ),
        (
            "deviations are of the newest close",
            "reference, suffix = closes[np.uintp(PAST + border)]",
            "reference, suffix = closes[np.uintp(PAST + begin)]",
        ),
        (
            "moments hold n closes",
            "np.uintp(PAST + k - period + 1), np.uintp(k)",
            "np.uintp(PAST + k - period), np.uintp(k)",
        ),
        ("the last full ring decides", "borders * period - position, 0.0", "period - position, 0.0"),
        ("a ring remembers what is before the block", "if k >= 0 else ring", "if k > 0 else ring"),
        ("a ring that was full has no prefix", "position, prefix = 0, 0.0", "position, prefix = 0, prefix"),
        ("a bar that ends a block has no prefix", "(0.0, 0.0, 0.0), border + 1", "prefix, border + 1"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*COLUMNS, *DECISIONS, *FIGURES, *WINDOWS)
