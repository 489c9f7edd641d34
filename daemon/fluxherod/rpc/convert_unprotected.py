"""Unprotected shares, and differences to the broker's books, as protobuf."""

from __future__ import annotations

from fluxhero.v1 import risk_pb2
from fluxherod.engine.orders.unprotected import Span, Unprotected
from fluxherod.engine.reconciling.differences import Differences
from fluxherod.rpc.convert import optional_timestamp, timestamp


def unprotected_spans(unprotected: Unprotected, now_ns: int) -> list[risk_pb2.UnprotectedSpan]:
    """The times of the session in which shares had no working stop at the broker, oldest first."""
    return [_span(span, now_ns) for span in unprotected.spans(now_ns)]


def _span(span: Span, now_ns: int) -> risk_pb2.UnprotectedSpan:
    return risk_pb2.UnprotectedSpan(
        symbol=span.symbol,
        shares=span.shares,
        start_time=timestamp(span.start_ns),
        end_time=optional_timestamp(span.end_ns),
        cause=span.cause,
        share_seconds=span.share_seconds(now_ns),
    )


def differences(known: Differences) -> list[risk_pb2.ReconciliationDifference]:
    """What the last reconciliation found, by subject."""
    return [
        risk_pb2.ReconciliationDifference(
            subject=found.subject,
            symbol=found.symbol,
            ours=found.ours,
            theirs=found.theirs,
            rule=found.rule,
            confirmed=found.sure,
            since=timestamp(found.since_ns),
        )
        for _, found in sorted(known.standing.items())
    ]
