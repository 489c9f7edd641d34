"""A recorded day against the backtest, bar by bar: both go on from what really was, so each difference is met once.

Three accounts are compared on every bar. *Predicted*: the driver goes on by this bar from the account as it was after
the last one; fills are the model's. *Live*: what the journal has. *Judged*: the driver decides on the bar with the
account as it was live. Live and judged must be alike, but for rules that are live alone. Where only the predicted one
is another, it follows from fills, prices or commands, and each of those is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fluxherod.backtest.book import Book
from fluxherod.backtest.model import ExitReason
from fluxherod.backtest.parity.causes import CANCELLING, Cause, Facts, Window, around, of_leaving
from fluxherod.backtest.parity.costs import Bar, costed
from fluxherod.backtest.parity.decisions import decision_findings, resting_stop
from fluxherod.backtest.parity.driving import Driving, Entered, Left, State, leaving, waiting
from fluxherod.backtest.parity.fills import fill_findings, of_late_fill
from fluxherod.backtest.parity.findings import Finding, Kind, Parity, price
from fluxherod.backtest.parity.recorded import EMPTY, Account, Fact, RecordedDay, Slot, Step, Stretch
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.jit import Record

_UNSEEN = Account(0, 0, 0, frozenset(), False, False, False, 0, 0, 0)
_BY_LIMITS = (int(ExitReason.BREAKER), int(ExitReason.DAILY_LOSS))
CLOSE_IS_NEAR_NS = 15 * MINUTE_NS
LIMITS_READ = "live each price is read, and what closes positions twice; in a backtest each bar's close"


class Unfollowable(ValueError):
    """The day's settings are of a kind that no backtest follows; the text names the setting."""


def compare(day: RecordedDay) -> Parity:
    """Every decision and every fill of a day on both sides.

    Raises:
        Unfollowable: when the bars are of extended hours.
    """
    comparison = Comparison(day)
    for stretch in day.stretches:
        if stretch.settings.session != "regular":
            raise Unfollowable(
                f"market.session = {stretch.settings.session}: a backtest follows regular sessions alone"
            )
        comparison.take(stretch)
    return comparison.parity()


class Comparison:
    """Goes through a day. `slots` is what each symbol had right after its last bar, `cash_e4` our cash by then."""

    def __init__(self, day: RecordedDay) -> None:
        self.day = day
        self.facts = Facts(day.facts)
        self.findings: list[Finding] = []
        self.slots: dict[str, Slot] = dict(day.opening)
        self.seqs: dict[str, int] = {}  # the input that each symbol's last bar came with
        self.cash_e4 = day.cash_e4
        self.flows_seq = day.first_seq - 1
        # Peak and base of the loss limits as the first bar of the day had them.
        self.account = next((step.account for part in day.stretches for step in part.steps), _UNSEEN)
        self.bars = 0
        self.prices: dict[str, int] = {}  # the newest close of each symbol

    def parity(self) -> Parity:
        """What was found."""
        self.findings += self._end()
        if self.day.differs_at is not None:
            why = "what this version makes of it is not what was recorded: fluxherod replay says more"
            text = f"input {self.day.differs_at}: {self.day.differing}"
            about = (self.day.differs_at, self.day.differs_ns, "", "journal", Kind.UNEXPLAINED)
            self.findings.append(Finding(*about, text, "other effects", why))
        live_e4, last = self._worth_e4(), self.day.stretches[-1].settings if self.day.stretches else None
        return Parity(
            day=self.day.day,
            symbols=last.symbols if last is not None else (),
            timeframe=last.timeframe if last is not None else "",
            bars=self.bars,
            history_bars=max((one.warm for part in self.day.stretches for one in part.series.values()), default=0),
            findings=tuple(self.findings),
            live_e4=live_e4,
            backtest_e4=live_e4 - sum(one.money_e4 for one in self.findings),
            differs_at=self.day.differs_at,
        )

    # --- bars --------------------------------------------------------------------------------------------------
    def take(self, stretch: Stretch) -> None:
        """The bars of one stretch."""
        driving = Driving(stretch)
        self.prices |= {symbol: driving.price_e4(number) for symbol, number in driving.number.items()}
        for steps in _at_one_time(stretch.steps):
            self._bar(driving, stretch, steps)

    def _bar(self, driving: Driving, stretch: Stretch, steps: Sequence[Step]) -> None:
        was = {step.symbol: self._was(step) for step in steps}
        windows = {step.symbol: self._window(stretch, step) for step in steps}
        bar = Bar(driving, stretch, steps, was, windows, driving.step(self._state(), steps))
        found: list[Finding] = []
        foreign_e4 = self.account.foreign_e4
        for step in steps:
            self.prices[step.symbol] = driving.price_e4(driving.number[step.symbol])
        for step in steps:
            found += self._of_step(bar, step)
            self.bars += step.live
            self.cash_e4 += sum(one.cash_e4 for one in step.filled)
            self.seqs[step.symbol], self.account = step.seq, step.account
        flowed_e4 = self._flow_until(steps[-1].seq) + self.account.foreign_e4 - foreign_e4
        live = driving.book(self._state())
        found += self._rest(bar, live, found)
        self.findings += costed(bar, live, flowed_e4, found)

    def _was(self, step: Step) -> Slot:
        """What the symbol had after its last bar; in shares of after a split, when there was one since."""
        if step.before is not None and self._facts_of(step, "SPLIT_APPLIED"):
            self.slots[step.symbol] = step.before
        return self.slots.get(step.symbol, EMPTY)

    def _facts_of(self, step: Step, *kinds: str) -> list[Fact]:
        return self.facts.between(step.symbol, self._since(step.symbol), step.seq, kinds)

    def _since(self, symbol: str) -> int:
        return self.seqs.get(symbol, self.day.first_seq - 1)

    def _window(self, stretch: Stretch, step: Step) -> Window:
        session = stretch.calendar.last_opened(step.end_ns - 1)
        near = session is not None and step.end_ns > session.close_ns - CLOSE_IS_NEAR_NS
        return Window(self.facts, step.symbol, self._since(step.symbol), step.seq, step.account, near)

    def _of_step(self, bar: Bar, step: Step) -> Iterator[Finding]:
        """What there is to tell of one symbol's bar."""
        driving, was, number = bar.driving, bar.was[step.symbol], bar.driving.number[step.symbol]
        entered, left = driving.filled(bar.predicted, was, number)
        bar.expected_e4[step.symbol] = _cash_e4(was, entered, left)
        yield from fill_findings(step, was, entered, left, bar.windows[step.symbol])
        yield from resting_stop(step, was, bar.windows[step.symbol])
        before = step.before if step.before is not None else was
        if not step.live:
            self.slots[step.symbol] = step.after if step.after is not None else was
            return
        predicted, settings = driving.decided(bar.predicted, number), bar.stretch.settings
        judged, slot = driving.judge(step, _seen(before, step), step.account)
        found = list(decision_findings(step, before, judged, predicted, settings))
        if any(one.kind is Kind.UNEXPLAINED for one in found):
            with driving.remembering(bar.stretch, step):
                other, _ = driving.judge(step, _seen(before, step), step.account)
            found = _by_memory(found, decision_findings(step, before, other, other, settings))
        yield from found
        self.slots[step.symbol] = step.after if step.after is not None else _carried(before, slot)

    # --- what no decision and no fill says -------------------------------------------------------------------------
    def _rest(self, bar: Bar, live: Book, found: Sequence[Finding]) -> Iterator[Finding]:
        """Whatever else the accounts have otherwise: positions that changed by no fill, or that are to be closed."""
        told = {one.symbol for one in found if one.kind is not Kind.SAME}
        differing = {bar.driving.symbols[number] for number in bar.driving.differing(bar.predicted, live)}
        for step in bar.steps:
            if step.symbol in differing - told:
                yield self._of_rest(bar, live, step)
        names = ("reduced", "disabled", "day_lost")
        here, there = ([name for name in names if book.account[0][name]] for book in (live, bar.predicted))
        if here != there:
            last, words = bar.steps[-1], (", ".join(here) or "normal", ", ".join(there) or "normal")
            yield Finding(last.seq, last.end_ns, "", "account", Kind.LOSS_LIMIT, *words, LIMITS_READ)

    def _of_rest(self, bar: Bar, live: Book, step: Step) -> Finding:
        window, slot = bar.windows[step.symbol], self.slots[step.symbol]
        number = bar.driving.number[step.symbol]
        if bar.predicted.slots[number]["leaving"] in _BY_LIMITS:
            cause = Cause(Kind.LOSS_LIMIT, LIMITS_READ)
        elif slot.position is not None and leaving(slot.position):
            cause = of_leaving(slot.position.exit_reason, None, window)
        elif slot.entry is not None and slot.entry.manual:
            cause = Cause(Kind.MANUAL_ORDER, f"{slot.entry.id} works")
        elif (command := window.command(CANCELLING)) is not None:
            cause = Cause(Kind.OPERATOR, command.text)
        else:
            cause = around(window)
        here, there = (_shown(book.slots[number]) for book in (live, bar.predicted))
        return Finding(step.seq, step.end_ns, step.symbol, "account", cause.kind, here, there, cause.text, cause.rule)

    # --- the account ----------------------------------------------------------------------------------------------
    def _state(self) -> State:
        account = self.account
        base_e4, peak_e4 = account.base_e4, account.peak_e4
        limits = account.reduced, account.disabled, account.day_lost
        # What is not ours is worth the same to both sides.
        return State(self.slots, self.cash_e4 + account.foreign_e4, *limits, peak_e4, base_e4)

    def _flow_until(self, seq: int) -> int:
        """Take cash that came or went by no fill, up to an input; how much it was."""
        amount_e4 = sum(amount for at, amount in self.day.flows if self.flows_seq < at <= seq)
        self.flows_seq = max(seq, self.flows_seq)
        self.cash_e4 += amount_e4
        return amount_e4

    # --- after the last bar ------------------------------------------------------------------------------------------
    def _end(self) -> Iterator[Finding]:
        """What filled after the last bar of each symbol: in the backtest it waits for the next day."""
        symbols = {*self.slots, *self.day.closing, *(one.order.symbol for one in self.day.fills)}
        for symbol in sorted(symbols):
            fills = [one for one in self.day.fills if one.order.symbol == symbol and one.seq > self._since(symbol)]
            slot, closing = self.slots.get(symbol, EMPTY), self.day.closing.get(symbol, EMPTY)
            moved = _shares(closing) - _shares(slot) - sum(one.order.side.sign * one.quantity for one in fills)
            price_e4 = self._price_e4(symbol, slot, closing)
            window = Window(self.facts, symbol, self._since(symbol), self.day.last_seq, self.account, True)
            for one in fills:
                money_e4 = one.cash_e4 + one.order.side.sign * one.quantity * price_e4
                cause = of_late_fill(one, slot, window)
                told = f"{one.order.side} {one.quantity} @ {price(round(one.value_e4 / one.quantity))}"
                about = (cause.kind, told, "", cause.text, cause.rule, None, money_e4)
                yield Finding(one.seq, one.now_ns, symbol, "fill", *about)
            if moved:
                cause, about_e4 = around(window._replace(at_close=False)), moved * price_e4
                last = self.day.last_seq
                text = f"{moved:+d} shares by no fill"
                yield Finding(last, 0, symbol, "account", cause.kind, text, "", cause.text, cause.rule, None, about_e4)

    def _price_e4(self, symbol: str, *slots: Slot) -> int:
        known = [slot.position.price_e4 for slot in slots if slot.position is not None]
        return self.prices.get(symbol) or (known[-1] if known else 0)

    def _worth_e4(self) -> int:
        """What the day's trading brought: positions at the last closes, those of the morning at their price then."""
        held_e4 = sum(_shares(slot) * self._price_e4(symbol, slot) for symbol, slot in self.day.closing.items())
        had_e4 = sum(slot.position.value_e4 for slot in self.day.opening.values() if slot.position is not None)
        flowed_e4 = sum(amount_e4 for _, amount_e4 in self.day.flows)
        return self.day.final_cash_e4 - self.day.cash_e4 - flowed_e4 + held_e4 - had_e4


def _at_one_time(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Bars in a row that end at one time, each symbol once."""
    some: list[Step] = []
    for step in steps:
        if some and (step.end_ns != some[-1].end_ns or step.symbol in {one.symbol for one in some}):
            yield some
            some = []
        some.append(step)
    if some:
        yield some


def _seen(before: Slot, step: Step) -> Slot:
    """What could be decided on: a position that was opened after the bar's end neither trails nor ends by it.

    No more does one of which a part is being closed.
    """
    position = before.position
    if position is None or (position.opened_ns < step.end_ns and not position.exit_reason):
        return before
    reason = position.exit_reason or "opened after this bar"
    return replace(before, position=replace(position, exit_reason=reason, exit_quantity=0))


def _carried(before: Slot, slot: Record) -> Slot:
    """What a symbol has between two bars that came with one input, by what the driver made of the first."""
    position = before.position
    if position is None or not slot["quantity"]:
        return before
    reason = position.exit_reason or ("the rule of its mode" if slot["leaving"] else "")
    stop_e4 = int(slot["stop_e4"]) or None
    return replace(
        before, position=replace(position, stop_e4=stop_e4, best_e4=int(slot["best_e4"]), exit_reason=reason)
    )


def _by_memory(found: list[Finding], again: Iterable[Finding]) -> list[Finding]:
    """Where the sides did not agree: do they with what the live kernel remembers of before the bars that both have?"""
    if any(one.kind is Kind.UNEXPLAINED for one in again):
        return found
    text = "with what the live kernel remembers of earlier bars the backtest decides alike"
    return [replace(one, kind=Kind.LONGER_MEMORY, why=text) if one.kind is Kind.UNEXPLAINED else one for one in found]


def _cash_e4(was: Slot, entered: Entered | None, left: Left | None) -> int:
    """What the backtest's own fills of a bar do to cash."""
    wanted = waiting(was)
    cash_e4 = 0
    if entered is not None:
        cash_e4 -= (1 if wanted > 0 else -1) * entered.quantity * entered.price_e4
    if left is not None:
        quantity = was.position.quantity if was.position is not None else wanted
        cash_e4 += (1 if quantity > 0 else -1) * left.quantity * left.price_e4
    return cash_e4


def _shares(slot: Slot) -> int:
    return slot.position.quantity if slot.position is not None else 0


def _shown(slot: Record) -> str:
    """A symbol of a book, in words."""
    words = []
    if slot["quantity"]:
        words.append(f"holds {int(slot['quantity'])}, stop {price(int(slot['stop_e4']))}")
    if slot["wanted"]:
        words.append(f"orders {int(slot['wanted'])}")
    if slot["leaving"]:
        words.append("is being closed")
    return ", ".join(words) or "nothing"
