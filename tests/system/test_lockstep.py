"""A few sessions through the whole stack over sockets, in lock-step."""

from pathlib import Path

from harness.audit import check_books, check_explained, check_journal, check_no_difference, check_orders
from harness.lockstep import lockstep

SESSION = 390


def test_whatever_the_daemon_trades_its_books_are_the_exchange_s_and_its_journal_replays_byte_for_byte(
    tmp_path: Path,
) -> None:
    played = ("--synthetic", "1", "--symbols", "SPY,QQQ,AAPL")
    with lockstep(tmp_path, played, ("SPY", "QQQ", "AAPL"), "15Min") as pair:
        pair.step(3 * SESSION)
        check_books(pair.daemon, pair.simulator)
        check_no_difference(pair.installation)
        trades = check_explained(pair.daemon)
        assert len(trades) >= 3
        assert any(one.closed_at.seconds for one in trades)
        assert any(not one.closed_at.seconds for one in trades)
        assert len(check_orders(pair.simulator)) == len(trades)
        assert pair.daemon.stop() == 0
    check_journal(pair.installation)
