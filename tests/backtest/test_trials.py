"""The ledger of trials: what it remembers, what it counts, and what can't be done to it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from backtest.walks import CONFIG, data, walk

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score, play
from fluxherod.backtest.space import configured
from fluxherod.backtest.trials import Ledger, LedgerFault

OTHER = configured(CONFIG, {"trend_adx": 30})


def recorded(ledger: Ledger, config: BacktestConfig, over: DataSet) -> Score:
    found = play(over.laid, config)
    ledger.record(over, config, found)
    return found


def test_a_trial_is_known_to_the_bit_after_the_file_was_closed(tmp_path: Path) -> None:
    with Ledger(tmp_path / "trials.db") as ledger:
        score = recorded(ledger, CONFIG, data())
        assert ledger.known(data(), CONFIG) is not None
    with Ledger(tmp_path / "trials.db") as ledger:
        again = ledger.known(data(), CONFIG)
        assert again is not None
        assert again.to_bytes() == score.to_bytes()
        assert again.trades > 0
        assert ledger.known(data(), OTHER) is None
        assert ledger.known(data(2), CONFIG) is None


def test_equal_parameters_are_one_configuration() -> None:
    with Ledger(None) as ledger:
        recorded(ledger, configured(CONFIG, {"trend_adx": 30.0}), data())
        assert ledger.known(data(), replace(CONFIG, params=replace(CONFIG.params, trend_adx=30))) is not None


def test_what_was_flushed_outlives_a_kill(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from backtest.walks import CONFIG, data\n"
        "from fluxherod.backtest.score import SCORE, Score\n"
        "from fluxherod.backtest.trials import Ledger\n"
        "import numpy as np\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "ledger.record(data(), CONFIG, Score(np.zeros(1, SCORE)[0]))\n"
        "ledger.flush()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    here = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])}
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "t.db")], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    with Ledger(tmp_path / "t.db") as ledger:
        assert ledger.known(data(), CONFIG) is not None


def test_a_trial_is_never_changed_or_deleted(tmp_path: Path) -> None:
    with Ledger(tmp_path / "trials.db") as ledger:
        recorded(ledger, CONFIG, data())
    base = sqlite3.connect(tmp_path / "trials.db")
    for attempt in ("DELETE FROM trials", "UPDATE trials SET session_sharpe = 9"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            base.execute(attempt)
    base.close()


def test_many_can_write_to_it_at_a_time(tmp_path: Path) -> None:
    with Ledger(tmp_path / "trials.db") as one, Ledger(tmp_path / "trials.db") as other:
        recorded(one, CONFIG, data())
        recorded(other, CONFIG, data())
        recorded(other, OTHER, data())
        one.flush()
        other.flush()
        assert one.tried(data()).count == 2


def test_it_counts_the_trials_on_the_same_time_of_the_same_symbols_each_once() -> None:
    """A bar more makes no new data, and running the same again on it no new trial."""
    whole = data()
    longer, half, later = data(last=date(2013, 10, 15)), data(last=date(2013, 3, 29)), DataSet.of(
        [walk(1, date(2013, 10, 1), date(2014, 5, 30))], CONFIG
    )  # fmt: skip
    other = DataSet.of([walk(1, date(2013, 1, 1), date(2013, 9, 30), "IBM")], CONFIG)
    with Ledger(None) as ledger:
        scores = [recorded(ledger, config, whole) for config in (CONFIG, OTHER)]
        for elsewhere in (longer, half, later, other):
            recorded(ledger, CONFIG, elsewhere)
        recorded(ledger, configured(CONFIG, {"entry_atr": 0.2}), longer)
        assert ledger.tried(whole).count == 3
        assert {score.session_sharpe for score in scores} <= set(ledger.tried(whole).sharpes.tolist())
        assert ledger.tried(half).count == 1
        assert ledger.tried(other).count == 1
        assert ledger.tried(whole).variance == pytest.approx(np.var(ledger.tried(whole).sharpes, ddof=1))


def test_the_same_trial_with_other_code_counts_when_its_result_is_another(tmp_path: Path) -> None:
    with Ledger(tmp_path / "trials.db") as ledger:
        recorded(ledger, CONFIG, data(last=date(2013, 10, 15)))  # mostly the same time: no trial more
        recorded(ledger, CONFIG, data())
    base = sqlite3.connect(tmp_path / "trials.db")
    copy = (
        "INSERT INTO trials SELECT NULL, data, config, ?, at_ns, parameters, session_sharpe, {} "
        "FROM trials WHERE number = 2"
    )
    base.execute(copy.format("score"), ("the same",))
    base.execute(copy.format("zeroblob(length(score))"), ("another",))
    base.commit()
    base.close()
    with Ledger(tmp_path / "trials.db") as ledger:
        assert ledger.tried(data()).count == 2


def test_a_file_of_someone_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no ledger " * 200)
    with pytest.raises(LedgerFault, match=r"text.*name another file"):
        Ledger(tmp_path / "text")
    base = sqlite3.connect(tmp_path / "theirs.db")
    base.execute("CREATE TABLE theirs (one)")
    base.close()
    with pytest.raises(LedgerFault, match=r"theirs.db.*version is 0.*name another file"):
        Ledger(tmp_path / "theirs.db")
    with pytest.raises(LedgerFault, match="unable to open"):
        Ledger(tmp_path / "nowhere" / "trials.db")


def test_a_data_set_is_known_by_all_that_a_run_sees_of_it() -> None:
    bars = walk(1, date(2013, 1, 1), date(2013, 3, 1))
    same = DataSet.of([bars], CONFIG).fingerprint
    assert DataSet.of([walk(1, date(2013, 1, 1), date(2013, 3, 1))], CONFIG).fingerprint == same
    cents = replace(bars, close=np.nextafter(bars.close, np.inf))
    others = [
        DataSet.of([bars.first(len(bars) - 1)], CONFIG),
        DataSet.of([replace(bars, symbol="IBM")], CONFIG),
        DataSet.of([cents], CONFIG),
        DataSet.of([bars], replace(CONFIG, start_ns=int(bars.start_ns[9]))),
        DataSet.of([bars], replace(CONFIG, timeframe_ns=CONFIG.timeframe_ns // 2)),
        DataSet.of([bars, replace(bars, symbol="IBM")], CONFIG),
    ]
    assert len({same, *(one.fingerprint for one in others)}) == len(others) + 1
