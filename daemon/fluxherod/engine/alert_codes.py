"""Every alert that can be raised: how urgent it is, what it means, and what to do about it.

`docs/alerts.md` is made from this table, and a test finds any code that is raised and not here.
"""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.engine.effects import Severity

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL
_BOTH = (WARNING, CRITICAL)
_LOOK_AFTER = (
    "Look at the broker's own page after every open position and its stop. Look at the network and at "
    "status.alpaca.markets; the connection is tried again for ever."
)
_WAIT = (
    "Nothing, when it comes back soon: it is tried again for ever. Else look at the network and at "
    "status.alpaca.markets."
)

_SECOND = "Look at positions and prices. A second reading, seconds later, decides whether everything is closed."
_RESET = "Review what was lost and why, then fluxhero reset-breaker; positions stay small until it is set to normal."
_COMPARE = (
    "Compare positions and orders (fluxhero positions, fluxhero orders) with the broker's own page, find out what was "
    "lost, then fluxhero resume."
)


@dataclass(frozen=True, slots=True)
class AlertCode:
    """What stands behind a code. Of several severities each alert has one, by how bad it is."""

    severities: tuple[Severity, ...]
    meaning: str
    remedy: str


def _code(severity: Severity | tuple[Severity, ...], meaning: str, remedy: str) -> AlertCode:
    return AlertCode(severity if isinstance(severity, tuple) else (severity,), meaning, remedy)


CODES: dict[str, AlertCode] = {
    # --- the connections ----------------------------------------------------------------------------
    "AUTHENTICATION_FAILED": _code(
        CRITICAL,
        "The broker refuses the credentials.",
        "Put keys that are accepted into the daemon's credentials and restart it; until then look after open "
        "positions at the broker's own page.",
    ),
    "MARKET_LINK_DOWN": _code(_BOTH, "The market-data stream has ended.", _WAIT),
    "TRADING_LINK_DOWN": _code(_BOTH, "The stream of order updates has ended; orders are polled.", _WAIT),
    "REST_LINK_DOWN": _code(_BOTH, "The broker's host does not answer: no order can be sent.", _LOOK_AFTER),
    "BROKER_LINK_DOWN": _code(
        _BOTH,
        "A fault in the daemon's own adapter to the broker.",
        "Look after open positions at the broker's own page, and report it with the log's traceback.",
    ),
    "DATA_LINK_DOWN": _code(
        _BOTH,
        "History or missing minutes can't be loaded.",
        "Nothing, when it comes back soon: it is asked for again. Symbols without history are not traded meanwhile.",
    ),
    "MARKET_LINK_LOST": _code(CRITICAL, "The quick attempts to connect the market-data stream failed.", _LOOK_AFTER),
    "TRADING_LINK_LOST": _code(CRITICAL, "The quick attempts to connect the order updates failed.", _LOOK_AFTER),
    "MARKET_FEED_STALE": _code(
        WARNING,
        "The market-data stream was connected and mute while REST had newer bars.",
        "Nothing the first time: it is connected anew and the gap is filled. If it comes again, look at "
        "status.alpaca.markets.",
    ),
    "CLOCK_OFF": _code(
        CRITICAL,
        "The machine's clock and Alpaca's are apart.",
        "Let NTP set the clock: timedatectl set-ntp true, or chronyc makestep.",
    ),
    # --- orders and their protection -----------------------------------------------------------------
    "ORDER_NOT_APPROVED": _code(
        CRITICAL,
        "An order that should reduce a position was not approved, and was not sent.",
        "Close the position by hand (fluxhero close SYMBOL, or the broker's own page) and report it: this is a fault.",
    ),
    "ORDER_ENDED_BY_BROKER": _code(
        WARNING,
        "The broker ended an order that nobody here ended: rejected, expired or cancelled.",
        "Read the reason. A stop is placed again by itself; an entry is not, its signal has gone.",
    ),
    "ORDER_MISMATCH": _code(
        CRITICAL,
        "An order with an id of ours is another order at the broker.",
        "Look who else trades on this account with these ids; the symbol takes no new risk until it is settled.",
    ),
    "ORDER_OUTDATED": _code(
        INFO,
        "An entry was not sent, because its signal was too old by then.",
        "Nothing. If it comes often, look at the connection and at the machine's load.",
    ),
    "CANCEL_PENDING": _code(
        WARNING,
        "The broker has not confirmed a cancel for long; it is asked again.",
        "Look at the order at the broker's own page. What waits for it (an exit, a stop) goes on once it has ended.",
    ),
    "STOP_REFUSED": _code(
        CRITICAL,
        "The broker refused a protective stop: the shares are guarded by the daemon alone.",
        "Read the reason, place a stop or close the position by hand if it stays; the daemon must keep running.",
    ),
    "STOP_NOT_ACTED": _code(
        CRITICAL,
        "The price is through a stop and the broker has not acted: the daemon sells by itself.",
        "Look at the position at the broker's own page until it is closed.",
    ),
    "POSITION_REVERSED": _code(
        CRITICAL,
        "More was sold than was held: the position has turned around, and is being closed.",
        "Look at the position at the broker's own page until it is flat, and report it: this is a fault.",
    ),
    "ENTRY_STOPPED": _code(
        INFO, "The price was through the stop before an entry was filled: the entry is cancelled.", "Nothing."
    ),
    "ORDER_ABANDONED": _code(
        WARNING,
        "A limit order that opens a position was not filled, however often it followed the market, or could not follow "
        "it: what is left of it is given up.",
        "Nothing: what it has filled is guarded by a stop. Place it anew if it is still wanted.",
    ),
    "CHASE_REDUCED": _code(
        INFO,
        "What is left of a limit order went on with fewer shares, as risk allows no more at the new price.",
        "Nothing.",
    ),
    "EXIT_WAITS_FOR_HALT": _code(
        WARNING,
        "A position is to be closed while its symbol does not trade: the exit waits behind its stop.",
        "Nothing: it goes out when the symbol trades again; fluxhero close sends it to the broker now. Expect a gap in "
        "the price.",
    ),
    "EXIT_DESPITE_HALT": _code(
        WARNING,
        "The market-data stream is down, so the end of a halt may have been missed: an exit that waited goes out.",
        "Look at the order at the broker's own page: while the symbol is halted it waits there, or is refused.",
    ),
    # --- reconciliation --------------------------------------------------------------------------------
    "FOREIGN_ORDER": _code(
        WARNING,
        "An order at the broker is not ours; it is left alone.",
        "Cancel it at the broker if nobody wants it. Trade by hand on another account, or through fluxhero.",
    ),
    "ORDER_NOT_IN_JOURNAL": _code(
        CRITICAL,
        "A working order has a daemon's id and is not in the journal: a backup was restored, a database lost, or the "
        "daemon ended while its disk failed.",
        "Look at it at the broker's own page, and cancel it there if nobody wants it. Until it is gone, or an operator "
        "halts and resumes, its symbol is not traded; a stop or an exit that only reduces a position is taken in.",
    ),
    "ORDER_TAKEN_IN": _code(
        WARNING,
        "A stop or an exit that the journal lost works at the broker and only reduces a position of ours: it is in our "
        "books again, with what it has filled.",
        "Nothing: the position is guarded, or closed, as any other.",
    ),
    "ORDER_IDLE_AT_BROKER": _code(
        WARNING,
        "The broker does not work an order that has not ended: it is suspended, or done for the day.",
        "Nothing: the daemon watches the price meanwhile, and sends one that is done for the day again.",
    ),
    "POSITION_ADOPTED": _code(
        WARNING,
        "Shares of ours were closed at the broker, by hand, by another program or by the broker: they are booked so.",
        "Find out who closed them. Close positions through fluxhero, so that no stop of them is in the way.",
    ),
    "POSITION_UNCLEAR": _code(
        CRITICAL,
        "The broker's position and ours have differed for a minute, and no order that is under way explains it.",
        "Look at the symbol's orders and its position at the broker's own page; cancel what nobody wants.",
    ),
    "FOREIGN_POSITION_GUARDED": _code(
        INFO,
        "Shares that are not ours get a protective stop of ours (orders.foreign_positions is protect).",
        "Nothing. Before selling them by hand cancel that stop at the broker's own page; it goes with the shares.",
    ),
    "FOREIGN_SHARES_HELD": _code(
        WARNING,
        "Flatten was to close shares that are not ours, and an order of somebody else holds them: they are left alone.",
        "Cancel that order at the broker's own page: the shares are then closed. Resume ends the closing.",
    ),
    "UNPROTECTED_SHARES": _code(
        CRITICAL,
        "Shares of ours have had no working stop at the broker for five seconds; the daemon watches their price.",
        "Read the cause. If it stays, look at the symbol's orders at the broker's own page, or close the position.",
    ),
    "LEFT_UNPROTECTED": _code(
        CRITICAL,
        "The daemon was told to stop, and within seconds the broker did not confirm a stop for some shares.",
        "Start it again, or look after the shares at the broker's own page: nobody else watches their price.",
    ),
    "FLATTEN_AT_CLOSE": _code(
        INFO,
        "The session ends soon: entries are cancelled and all of ours is closed (orders.flatten_at_close).",
        "Nothing.",
    ),
    "POSITION_DIFFERENCE": _code(
        CRITICAL,
        "The broker's position and ours differ: the difference counts in the exposure, the symbol is not traded.",
        "Find out who traded. Close or buy back the difference at the broker, and trading of the symbol goes on.",
    ),
    "CASH_ADOPTED": _code(
        WARNING,
        "The broker's cash differs from ours: a deposit, a fee, a dividend. Theirs is adopted.",
        "Compare with the account's activities at the broker.",
    ),
    "DAILY_BASE_UNCERTAIN": _code(
        WARNING,
        "Cash came or went over a close while the daemon did not run: the daily loss may be counted from too low.",
        "Look at the day's loss yourself until the next session.",
    ),
    # --- the market --------------------------------------------------------------------------------------
    "BARS_INCOMPLETE": _code(
        WARNING,
        "Minutes are missing, REST did not have them in time, and the bar was decided without them.",
        "Nothing for this bar. If it comes often, look at the network and at status.alpaca.markets.",
    ),
    "SYMBOL_HALTED": _code(
        WARNING,
        "The exchange has halted a symbol: entries are cancelled, exits wait.",
        "Nothing: it goes on when the symbol trades again. Read the reason of the halt.",
    ),
    "SYMBOL_LIMIT_STATE": _code(
        WARNING,
        "A symbol's price has reached its limit band: entries are cancelled, exits wait.",
        "Nothing: it goes on when the price is within the band again, or a halt follows.",
    ),
    "SYMBOL_RESUMED": _code(INFO, "A symbol trades again.", "Nothing."),
    "SPLIT_APPLIED": _code(
        INFO,
        "A split was applied to a symbol's history, position, stop and trade.",
        "Compare the position and its stop with the broker's before the open.",
    ),
    "SPLITS_UNKNOWN": _code(
        WARNING,
        "The corporate actions of the day could not be read.",
        "Look for splits of your symbols by hand. The daemon asks again tomorrow morning and at a restart.",
    ),
    "HISTORY_NOT_ADJUSTED": _code(
        WARNING,
        "A symbol's history does not fit its announced split, and was adjusted here.",
        "Compare the symbol's bars with another source.",
    ),
    # --- symbols and parameters ----------------------------------------------------------------------------
    "SYMBOL_NOT_TRADABLE": _code(
        WARNING,
        "The broker does not trade a symbol that is followed.",
        "Remove it from market.symbols, or by fluxhero remove-symbol SYMBOL.",
    ),
    "SYMBOL_NOT_FOLLOWED": _code(
        WARNING,
        "The market-data feed does not take a symbol that was added.",
        "Look at your market-data plan's limit of symbols, then add it again.",
    ),
    "SYMBOLS_OVERRIDDEN": _code(
        INFO,
        "The configuration (market.symbols) lists symbols that an operator removed at run time.",
        "Add them again by fluxhero add-symbol SYMBOL, or take them out of market.symbols.",
    ),
    "PARAMETERS_SET_ASIDE": _code(
        CRITICAL,
        "Parameters changed at run time do not go together with the configuration; no new risk is taken.",
        "Set them anew by fluxhero set-parameter, or change the configuration and restart.",
    ),
    "LIMITS_SET_ASIDE": _code(
        CRITICAL,
        "Limits changed at run time do not go together with the configuration; no new risk is taken.",
        "Set them anew by fluxhero limits set, or change the configuration and restart.",
    ),
    # --- what stops trading --------------------------------------------------------------------------------
    "BREAKER_WARNING": _code(
        WARNING,
        "The drawdown has reached the warning limit: entries are smaller, stops are tighter.",
        "Look at the losing trades. It ends by itself when the drawdown is below the recovery limit.",
    ),
    "BREAKER_RECOVERED": _code(INFO, "The drawdown is below the recovery limit again.", "Nothing."),
    "BREAKER_REACHED": _code(CRITICAL, "The critical drawdown was read for the first time: no new entries.", _SECOND),
    "BREAKER_CLEARED": _code(INFO, "The second reading is below the critical drawdown: entries go on.", "Nothing."),
    "BREAKER_DISABLED": _code(
        CRITICAL,
        "The critical drawdown is confirmed: trading is disabled, everything of ours is being closed.",
        _RESET,
    ),
    "BREAKER_CLOSED": _code(CRITICAL, "The circuit breaker has closed the last position.", _RESET),
    "BREAKER_RESET": _code(INFO, "An operator has ended what the breaker or the daily loss had latched.", "Nothing."),
    "DAILY_LOSS_REACHED": _code(CRITICAL, "The daily loss was read for the first time: no new entries.", _SECOND),
    "DAILY_LOSS_CLEARED": _code(INFO, "The second reading is below the daily loss: entries go on.", "Nothing."),
    "DAILY_LOSS": _code(
        CRITICAL, "The daily loss is confirmed: trading is disabled, everything of ours is being closed.", _RESET
    ),
    "DAILY_LOSS_CLOSED": _code(CRITICAL, "The daily loss has closed the last position.", _RESET),
    "DAILY_LOSS_ENDED": _code(INFO, "A new session has ended the daily loss, as configured.", "Nothing."),
    "LOSS_NOT_CONFIRMED": _code(
        CRITICAL,
        "A loss limit is reached by our books and not by the broker's: no new entries, and nothing is closed.",
        "Compare positions and prices with the broker's own page: a wrong price, or a split that is not known? "
        "fluxhero flatten closes everything.",
    ),
    "KILL_SWITCH": _code(_BOTH, "An operator has halted trading, or flattened.", "Review it, then fluxhero resume."),
    "KILL_SWITCH_OFF": _code(INFO, "An operator has ended a halt.", "Nothing."),
    "FLATTEN_CLOSED": _code(WARNING, "A flatten has closed the last position.", "Review it, then fluxhero resume."),
    "MIRROR_FAILED": _code(
        CRITICAL,
        "The file that says what stops trading, safety.json, can't be written: no new entries.",
        "Make room on the disk or mend it; it is tried again every few seconds.",
    ),
    "MIRROR_WRITTEN": _code(INFO, "The file safety.json is written again.", "Nothing."),
    "STORAGE_FAILED": _code(
        CRITICAL,
        "The journal can't be written (the disk is full, read-only, broken, too slow, or the database is damaged or "
        "locked): no new entries. Exits, stops and cancels leave all the same. Told at once by the channels and the "
        "log, by the API once it is durable.",
        "Make room on the disk or mend it, as the text says; it is tried again every second. Of a damaged database "
        "fluxherod verify says where; stop the daemon, then fluxherod rebuild. Until then do not end the daemon "
        "without need: what it does now is in no journal.",
    ),
    "STORAGE_RECOVERED": _code(INFO, "The journal is written again, and nothing is missing in it.", "Nothing."),
    "START_WITHOUT_MIRROR": _code(
        CRITICAL,
        "There is a database and no safety.json: trading starts halted. So it is once after an update from a version "
        "without that file.",
        _COMPARE,
    ),
    "START_WITHOUT_DATABASE": _code(
        CRITICAL, "There is a safety.json and no database: trading starts halted, with what the file says.", _COMPARE
    ),
    "START_OTHER_MIRROR": _code(
        CRITICAL, "The file safety.json belongs to another database: trading starts halted.", _COMPARE
    ),
    "START_OLD_DATABASE": _code(
        CRITICAL, "The database is older than safety.json, as a restored backup is: trading starts halted.", _COMPARE
    ),
    "START_MIRROR_DAMAGED": _code(
        CRITICAL, "The file safety.json can't be read or trusted: trading starts halted.", _COMPARE
    ),
    "START_ORDERS_UNKNOWN": _code(
        CRITICAL,
        "There is neither a database nor a safety.json, but the broker has orders of FluxHero: trading starts halted.",
        _COMPARE,
    ),
    # --- the daemon itself -------------------------------------------------------------------------------------
    "RESTARTED_AFTER_CRASH": _code(
        WARNING,
        "The daemon has started again after a process that did not end in good order.",
        "Look in the log (journalctl -u fluxherod) for how it ended, and compare positions, orders and stops with the "
        "broker's own page.",
    ),
    "JOURNAL_FAILED": _code(
        CRITICAL,
        "The journal could not be written for so long that the daemon has ended, or can't be written at all. Told by "
        "the channels and the log alone.",
        "Look after open positions at the broker's own page; stops at the broker stand, and exits may have left that "
        "are in no journal. Make room on the disk or mend it, then start the daemon.",
    ),
    "DAEMON_FAILED": _code(
        CRITICAL,
        "The daemon has ended by a failure. Told by the channels and the log alone.",
        "Look after open positions at the broker's own page; stops at the broker stand. Read the log (journalctl -u "
        "fluxherod); under systemd it starts again by itself.",
    ),
    "RELOAD_FAILED": _code(
        WARNING,
        "A reload by SIGHUP (systemctl reload) was not done, and nothing has changed.",
        "Mend what the text names, see what fluxherod check-config says of it, and reload again.",
    ),
    "TOKENS_UNREADABLE": _code(
        CRITICAL,
        "The list of tokens is gone or damaged: every call with a token is refused, and the daemon trades on.",
        "On the daemon's machine its Unix socket still answers (fluxhero status, fluxhero halt). Restore tokens.json "
        "in the state folder, or remove it and restart the daemon, which then makes new tokens.",
    ),
    "JOURNAL_DIFFERS": _code(
        CRITICAL,
        "A replay of the journal by the code that recorded it does not give the same effects: a fault of the daemon, "
        "or of the machine's memory or processor. Trading goes on.",
        "Compare positions and orders with the broker's own page before the next restart. Keep a copy of the state "
        "folder, run fluxherod verify and fluxherod replay on it, and report what they say.",
    ),
    "ARCHIVE_FAILED": _code(
        WARNING,
        "Days that are over can't be sealed, or snapshots can't be made, twice in a row. Nothing is lost: the rows "
        "stay in the database, and a start takes longer.",
        "Make room on the disk or mend it; fluxherod verify says what is damaged. It is tried again every ten minutes.",
    ),
    "ARCHIVE_DAMAGED": _code(
        WARNING,
        "A file with old trades, orders, signals or equity is damaged or missing: what asks for them is refused, not "
        "answered with a part. Trading does not need it and goes on.",
        "Put the file that it names back, from a backup; or stop the daemon, run fluxherod rebuild (the journal has it "
        "all) and start it again.",
    ),
    "CHANNEL_FAILED": _code(
        WARNING,
        "A channel of [alerts] does not take what is sent to it. It is told here and in the log alone.",
        "Try it with fluxherod test-alerts, mend alerts.urls and restart. Meanwhile look at fluxhero alerts.",
    ),
}


def remedy(code: str) -> str:
    """What to do about an alert of a code; "" of one that is not known (an old journal's)."""
    known = CODES.get(code)
    return known.remedy if known is not None else ""
