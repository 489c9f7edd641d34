"""A tape through the whole stack over sockets, in lock-step."""

from harness.audit import check_books, check_explained, check_journal, check_no_difference, check_orders
from harness.lockstep import Lockstep


def test_trades_happen_and_each_has_its_explanation(undisturbed: Lockstep) -> None:
    trades = check_explained(undisturbed.daemon)
    assert {one.symbol for one in trades} == {"SPY", "QQQ", "AAPL"}
    assert {one.HasField("closed_at") for one in trades} == {True, False}
    assert len(check_orders(undisturbed.simulator)) == len(trades)


def test_executions_positions_and_cash_are_the_exchange_s_to_the_cent(undisturbed: Lockstep) -> None:
    check_books(undisturbed.daemon, undisturbed.simulator)
    check_no_difference(undisturbed.installation)


def test_the_journal_holds_and_a_replay_wants_the_same_byte_for_byte(undisturbed: Lockstep) -> None:
    check_journal(undisturbed.installation)
