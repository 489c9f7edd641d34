"""What stops trading, watched at each mark: circuit breaker, daily loss and kill switch, and what follows from them.

Nothing here stops an exit. While something of it closes positions, it goes by what is: a position that turns up late,
of an entry that filled while it was being cancelled, is closed like those that were open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fluxherod.core.calendar import new_york
from fluxherod.core.risk import breaker as rules
from fluxherod.core.risk.breaker import BASIS_POINTS, CONFIRM_AFTER_NS, Reading, limit
from fluxherod.core.risk.safety import BreakerStatus, SafetyState
from fluxherod.core.words import some_of
from fluxherod.engine.effects import AlertRaised, Effect, ReplyCode, RequestSnapshot, SafetyChanged, Severity
from fluxherod.engine.events import BrokerSnapshot, MirrorReported, Started
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.risk import loss_alerts, starts
from fluxherod.engine.settings import Settings

# A peak that grows is written down in steps: the file need not be written at each price.
PEAK_STEP_BP = 10
_NEVER_NS = 2**63 - 1


class Safety:
    """Holds the state; its `inputs` count what the engine was told, as the journal numbers it."""

    settings: Settings
    market: Market
    desk: Desk
    ledger: Ledger

    def __init__(self) -> None:
        self.state = SafetyState("", 0)
        self.inputs = 0
        self.mirror_fault = ""  # why the plain file could not be written; "" while it can
        self.closing = ""  # why everything of ours is being closed; "" when it is not
        self._told = self.state
        self._before = self.state  # what was told before that: what the file says where a process died in between
        self._told_closed = True
        self._watching = False  # inputs of before there was a breaker decide nothing when they are replayed
        self._doubts_books = False  # the journal is not the newest: cash that differs may have been lost
        self._is_first = False  # neither a database nor a mirror: the first snapshot tells whether that can be
        self._account_ns = 0  # when the newest account data was asked for
        self._doubted = False  # the broker's figures do not confirm what was read, and that has been told
        self._agrees = True  # the broker's cash is ours
        self._agreed_ns = 0  # and when it was so last
        self._swapped_e4 = 0  # shares that are not ours came for this, and the cash for them is not adopted yet
        self._seen_e4: int | None = None
        self._ask_ns: int | None = None  # when the account is asked for again, to confirm a reading
        self._rolls_ns = 0  # when the next session begins
        self._base_from_ns = 0  # account data of this time or later has the base of the session; 0 when it is known

    # --- starting ------------------------------------------------------------------------------------
    def begin(self, event: Started, first: bool, untouched: bool, now_ns: int, out: list[Effect]) -> bool:
        """A process starts: compare the journal with the plain file, and write the file. True: they don't agree."""
        journaled = None if first else replace(self.state, inputs=self.inputs - 1)
        finding = starts.find(event, journaled, untouched=untouched)
        self._watching = self._watching or event.mirror_read
        self._doubts_books = finding is not None and finding.code in starts.ANOTHER_JOURNAL
        if finding is not None or ((first or (untouched and event.mirror is None)) and event.mirror_read):
            self._is_first = finding is None and event.mirror is None  # and so until a snapshot has come
        self.mirror_fault, self._account_ns = "", 0
        self._told_closed = not self.ledger.positions
        if finding is not None:
            out.append(finding.alert)
        self._told = SafetyState("", 0)  # whatever it says, it is written
        lags = finding is None and event.mirror is not None and _same(event.mirror, self._before)
        self._put(starts.begin(replace(event, mirror=None) if lags else event, journaled, finding, now_ns), out)
        self._ask_ns = now_ns if self._first_ns else None
        return finding is not None

    def connect(self, settings: Settings, market: Market, desk: Desk, ledger: Ledger) -> None:
        """Look after these from now on."""
        self.market, self.desk, self.ledger = market, desk, ledger
        self.adopt(settings)
        self.look_again()

    def adopt(self, settings: Settings) -> None:
        """Put settings in force; what was read by others is read again."""
        self.settings = settings
        self._seen_e4 = None

    def look_again(self) -> None:
        """The calendar is another one."""
        self._rolls_ns = 0

    # --- what holds now --------------------------------------------------------------------------------
    @property
    def disabled(self) -> bool:
        """True while the breaker or the daily loss forbids entries until an operator (or a session) ends it."""
        return self.state.breaker.status is BreakerStatus.DISABLED or bool(self.state.daily_loss.reason)

    @property
    def reduced(self) -> bool:
        """True while entries are smaller and stops are tighter."""
        return self.state.breaker.status is BreakerStatus.REDUCED

    @property
    def reduction(self) -> str:
        """That entries are smaller and stops tighter, and until when, in words; "" while they are not."""
        if not self.reduced:
            return ""
        limits, latched = self.settings.limits, self.state.breaker.latched
        ends = "an operator sets it to normal" if latched else f"a drawdown below {limit(limits.recovery_drawdown_bp)}"
        size = limit(limits.reduced_size_bp)
        return f"the breaker is REDUCED: entries of {size} of their size and tighter stops, until {ends}"

    @property
    def size_bp(self) -> int:
        """The size of a new entry by the breaker, in basis points of the full size."""
        if self.disabled:
            return 0
        return self.settings.limits.reduced_size_bp if self.reduced else BASIS_POINTS

    @property
    def multipliers(self) -> tuple[tuple[str, int], ...]:
        """What the size of an entry is multiplied with while the breaker reduces, for `EntryRequest`."""
        return (("breaker", self.settings.limits.reduced_size_bp),) if self.reduced else ()

    @property
    def stopped(self) -> str:
        """Why no new risk is taken until a person (or a session) ends it; "" when nothing like that is so."""
        limits = self.settings.limits
        if self.state.breaker.status is BreakerStatus.DISABLED:
            breached = limit(limits.critical_drawdown_bp)
            return f"Trading disabled: {breached} drawdown breached. Manual review required."
        if self.state.daily_loss.reason:
            ends = "the next session" if limits.daily_loss_resumes == "next_session" else "an operator resets it"
            return f"Trading disabled: {self.state.daily_loss.reason}. No entries until {ends}."
        return self.state.kill_switch.reason

    @property
    def refusal(self) -> ReplyCode:
        """The word for an entry that is refused now."""
        if self.disabled:
            return ReplyCode.TRADING_DISABLED
        return ReplyCode.TRADING_HALTED if self.state.kill_switch.reason else ReplyCode.RISK_REJECTED

    def blocked(self) -> str:
        """What of it blocks new risk now, in words; "" when nothing does."""
        if self.stopped:
            return self.stopped if self.disabled else f"Trading halted: {self.stopped}. Resume when reviewed."
        if self.mirror_fault:
            return f"what stops trading can't be written beside the database ({self.mirror_fault})"
        limits = self.settings.limits
        if self.state.breaker.reached_ns:
            return f"a drawdown of {limit(limits.critical_drawdown_bp)} was read: a second reading decides"
        if self.state.daily_loss.reached_ns:
            return f"a daily loss of {limit(limits.daily_loss_bp)} was read: a second reading decides"
        if self._base_from_ns and limits.daily_loss_bp:
            return "the equity at the previous close is not known yet"
        return ""

    def next_due_ns(self) -> int | None:
        """When `watch` must run at the latest."""
        return self._ask_ns

    @property
    def _first_ns(self) -> int:
        """When the newest first reading was that no second one has decided on; 0 when there is none."""
        return max(self.state.breaker.reached_ns, self.state.daily_loss.reached_ns)

    # --- watching ------------------------------------------------------------------------------------------
    def watch(self, now_ns: int, out: list[Effect]) -> None:
        """Read the equity: after marks and fills, before anything is decided on them."""
        if not self._watching:
            return
        if now_ns >= self._rolls_ns:
            self._roll(now_ns, out)
        equity_e4 = self.ledger.equity_e4
        if equity_e4 is not None and (equity_e4 != self._seen_e4 or self._ask_ns is not None):
            self._seen_e4 = equity_e4
            account_e4 = self.ledger.account.equity_e4 if self.ledger.account is not None else equity_e4
            self._read(Reading(equity_e4, now_ns, account_e4, self._account_ns, self._agrees), out)
            self._ask(now_ns, out)
        elif self._ask_ns is not None and self._ask_ns <= now_ns:
            self._ask_ns = now_ns + CONFIRM_AFTER_NS  # the first snapshot is still awaited
        if self.closing:
            self.close_all(now_ns, out)

    def _read(self, reading: Reading, out: list[Effect]) -> None:
        before, limits = self.state, self.settings.limits
        breaker = rules.read_breaker(before.breaker, reading, limits)
        daily = rules.read_daily_loss(before.daily_loss, reading, limits)
        if breaker is before.breaker and daily is before.daily_loss:
            return
        self._put(replace(before, breaker=breaker, daily_loss=daily), out)
        out += loss_alerts.of_breaker(before.breaker, breaker, reading, self.settings, self.in_words)
        out += loss_alerts.of_the_day(before.daily_loss, daily, reading, self.settings, self.in_words)

    def _ask(self, now_ns: int, out: list[Effect]) -> None:
        """A second reading needs account data that is newer than the first."""
        if not self._first_ns:
            self._ask_ns, self._doubted = None, False
        elif self._ask_ns is None or self._ask_ns <= now_ns:
            if self._ask_ns is not None and self._account_ns > self._first_ns and not self._doubted:
                self._doubted = True
                out.append(loss_alerts.not_confirmed(self.ledger))
            self._ask_ns = now_ns + CONFIRM_AFTER_NS
            out.append(RequestSnapshot("a loss limit is reached: a second reading"))

    def _flow(self, event: BrokerSnapshot, foreign_e4: int, now_ns: int, out: list[Effect]) -> None:
        """Cash that came or went is no gain and no loss, but for what was paid for shares that are not ours."""
        amount_e4, self.ledger.adopted_e4 = self.ledger.adopted_e4, 0
        self._swapped_e4 += foreign_e4
        if amount_e4 * self._swapped_e4 < 0:
            paid_e4 = min(abs(amount_e4), abs(self._swapped_e4)) * (1 if amount_e4 > 0 else -1)
            amount_e4, self._swapped_e4 = amount_e4 - paid_e4, self._swapped_e4 + paid_e4
        self._agrees = event.account.cash_e4 == self.ledger.cash_e4
        if self._agrees:
            self._swapped_e4 = 0  # whatever came without cash was not bought
        if amount_e4 and self._watching and not self._doubts_books:
            dated = self._agreed_ns >= self._last_close_ns(now_ns)
            in_session = self.market.calendar.at(now_ns) is not None
            self._put(rules.with_flow(self.state, amount_e4, in_session, dated), out)
            if not dated and self.settings.limits.daily_loss_bp:
                out.append(loss_alerts.base_uncertain())
        self._doubts_books = self._doubts_books and not self._agrees
        if self._agrees:
            self._agreed_ns = event.asked_ns

    def _last_close_ns(self, now_ns: int) -> int:
        """The newest close of a session; 0 when the calendar knows none."""
        calendar = self.market.calendar
        session = calendar.last_opened(now_ns)
        if session is not None and session.close_ns > now_ns:
            session = calendar.last_opened(session.open_ns - 1)
        return session.close_ns if session is not None else 0

    def _roll(self, now_ns: int, out: list[Effect]) -> None:
        """A session may have begun: losses count against the close before it."""
        calendar = self.market.calendar
        session, following = calendar.last_opened(now_ns), calendar.following(now_ns)
        self._rolls_ns = _NEVER_NS if following is None else following.open_ns
        if session is None:
            return
        daily = self.state.daily_loss
        if daily.base_day != session.day:
            begun = rules.begin_session(daily, session.day, self.settings.limits)
            self._put(replace(self.state, daily_loss=begun), out)
            if daily.reason and not begun.reason:
                out.append(AlertRaised("DAILY_LOSS_ENDED", Severity.INFO, "A new session: entries are taken again."))
        self._base_from_ns = 0
        if not self.state.daily_loss.base_e4 and now_ns < session.close_ns:
            self._base_from_ns = session.open_ns
            out.append(RequestSnapshot("the equity at the previous close"))

    def snapshot(self, event: BrokerSnapshot, foreign_e4: int, now_ns: int, out: list[Effect]) -> None:
        """Take what the account says; the comparison with it changed the worth of what is not ours by `foreign_e4`."""
        self._flow(event, foreign_e4, now_ns, out)
        self._account_ns = max(self._account_ns, event.asked_ns)
        if self._is_first:
            self._is_first = False
            finding = starts.find_orders(event.orders)
            if finding is not None:
                out.append(finding.alert)
                self.halt(finding.text, now_ns, out)
        close_e4 = event.account.last_equity_e4 or self.ledger.equity_e4 or 0
        if self._base_from_ns and event.asked_ns >= self._base_from_ns and close_e4 > 0:
            self._base_from_ns, self._seen_e4 = 0, None
            self._put(replace(self.state, daily_loss=rules.with_base(self.state.daily_loss, close_e4)), out)

    def mirrored(self, event: MirrorReported, out: list[Effect]) -> None:
        """The plain file could not be written, or could again."""
        if event.fault and not self.mirror_fault:
            text = f"safety.json can't be written ({event.fault}): no new entries until it can. Look after the disk"
            out.append(AlertRaised("MIRROR_FAILED", Severity.CRITICAL, text))
        elif self.mirror_fault and not event.fault:
            out.append(AlertRaised("MIRROR_WRITTEN", Severity.INFO, "safety.json is written again"))
        self.mirror_fault = event.fault

    # --- what follows --------------------------------------------------------------------------------------
    def halt(self, reason: str, now_ns: int, out: list[Effect]) -> None:
        """The daemon halts trading by itself; what is halted already stays so for its own reason."""
        if not self.state.kill_switch.reason:
            self._put(starts.halted(self.state, reason, now_ns), out)

    def change(self, state: SafetyState, out: list[Effect]) -> None:
        """An operator changed it."""
        self._seen_e4 = None
        self._put(state, out)

    def _put(self, state: SafetyState, out: list[Effect]) -> None:
        """Take a state; what must outlive a lost database goes out to the file."""
        self.state, told = state, self._told
        self.ledger.peak_e4 = state.breaker.peak_e4
        grown_bp = (state.breaker.peak_e4 - told.breaker.peak_e4) * BASIS_POINTS
        if 0 <= grown_bp < told.breaker.peak_e4 * PEAK_STEP_BP and _but_peak(state) == _but_peak(told):
            return
        closing = _closing(state)
        if closing and not self.closing:
            self._told_closed = False
        self.closing = closing
        self._told, self._before = replace(state, inputs=self.inputs), told
        out.append(SafetyChanged(self._told))

    def close_all(self, now_ns: int, out: list[Effect]) -> None:
        """Close whatever of ours is open and not being closed as a whole."""
        for position in list(self.ledger.positions.values()):
            if self.state.kill_switch.flatten and self.desk.halts.insist(position):
                self.desk.protect(position.symbol, now_ns, out)
            if not position.exit_reason or position.exit_quantity:
                self.desk.leave(position, self.closing, now_ns, out, by=_closed_by(self.state))
        waits = self.state.kill_switch.foreign and self.ledger.foreign  # they are to be closed, too
        if not self.ledger.positions and not waits and not self._told_closed:
            self._told_closed = True
            out.append(loss_alerts.all_closed(self.state, self.ledger))

    def close_also(self, symbol: str, shares: int, now_ns: int, out: list[Effect]) -> None:
        """Close so many shares that are not ours: from here on they are a position like the others."""
        switch = self.state.kill_switch
        why = f"not opened by the daemon, closed by {switch.by}: {switch.reason}"
        self._told_closed = False
        self.ledger.adopt(symbol, shares, why, now_ns, out)
        self.close_all(now_ns, out)

    def in_words(self, now_ns: int, also: Iterable[str] = ()) -> str:
        """What closing means now: which symbols, `also` those of others, and when."""
        symbols = sorted({*self.ledger.positions, *also})
        if not symbols:
            return "no position of ours is open"
        words, following = f"closing {some_of(symbols)} at the market", self.market.calendar.following(now_ns)
        if self.market.calendar.at(now_ns) is not None:
            return words
        opens = f"{new_york(following.open_ns):%Y-%m-%d %H:%M} New York" if following is not None else "the next one"
        return f"{words}: it is closed, so this waits for the open, {opens}"


def _same(mirror: SafetyState, told: SafetyState) -> bool:
    """True where the file says just what it was told once; a person who stops trading in it changes that."""
    return _but_peak(mirror) == _but_peak(told)


def _but_peak(state: SafetyState) -> tuple[object, ...]:
    """Everything that is written down at once."""
    breaker = state.breaker
    steps = (breaker.status, breaker.latched, breaker.reason, breaker.changed_ns, breaker.reached_ns)
    return state.epoch, state.run, state.kill_switch, state.daily_loss, steps


def _closing(state: SafetyState) -> str:
    """Why everything of ours is closed; "" when it is not."""
    if state.breaker.status is BreakerStatus.DISABLED:
        return f"circuit breaker: {state.breaker.reason}"
    if state.daily_loss.reason:
        return f"daily loss: {state.daily_loss.reason}"
    return f"flattened: {state.kill_switch.reason}" if state.kill_switch.flatten else ""


def _closed_by(state: SafetyState) -> str:
    """The operator who asked for it; "" when a limit did."""
    limit_reached = state.breaker.status is BreakerStatus.DISABLED or state.daily_loss.reason
    by = state.kill_switch.by
    return "" if limit_reached or by == starts.BY_THE_DAEMON else by
