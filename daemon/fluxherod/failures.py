"""How a failure of the daemon is told: the cause alone, however deep in groups of failures it is."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from fluxherod.engine.effects import AlertRaised, Severity
from fluxherod.engine.ports import StoreFailed
from fluxherod.errors import FluxHeroError

log = logging.getLogger(__name__)


class JournalFailed(FluxHeroError):
    """The journal can't be written or read: the daemon must not trade without it."""


class DaemonFault(FluxHeroError):
    """A fault of the daemon itself; its log has the traceback."""


def reason_of(error: Exception) -> FluxHeroError:
    """What a person should read of a failure, however deep in groups of failures it is; a fault is logged whole."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, StoreFailed):
            return JournalFailed(f"the journal failed: {cause}; no new risk was taken after it")
    for cause in causes:
        if isinstance(cause, FluxHeroError):
            return cause
    log.critical("a fault of the daemon", exc_info=error)
    return DaemonFault(
        f"a fault of the daemon has ended it ({type(causes[0]).__name__}: {causes[0]}); the log has its traceback. "
        "Stops at the broker stand, and nothing else watches open positions until it is started again"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _causes(part)
    else:
        yield error


def last_alert(reason: FluxHeroError) -> AlertRaised:
    """What is told as the daemon ends by a failure. It is no alert of the API: the journal takes none any more."""
    if isinstance(reason, JournalFailed):
        return AlertRaised("JOURNAL_FAILED", Severity.CRITICAL, str(reason))
    return AlertRaised("DAEMON_FAILED", Severity.CRITICAL, str(reason))
