"""Refusals on the wire: one error, one table from reason to gRPC code, rich details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from fluxhero.v1 import errors_pb2
from fluxherod.engine.effects import Reply, ReplyCode
from fluxherod.rpc.convert_risk import risk_decision

DOMAIN = "fluxhero"
RETRY_AFTER_S = 1.0
# Bytes. Errors travel as trailers, of which gRPC takes 8 kB by default, and may repeat what a caller has sent.
LONGEST_TEXT = 800
LONGEST_FIELD = 250
MOST_OF_FIELDS = 2500

_CODES: dict[grpc.StatusCode, tuple[str, ...]] = {
    grpc.StatusCode.INVALID_ARGUMENT: ("INVALID_FIELD", "INVALID_PAGE_TOKEN", "REQUEST_ID_REUSED", "INVALID_ORDER"),
    grpc.StatusCode.NOT_FOUND: (
        "SYMBOL_UNKNOWN",
        "ORDER_NOT_FOUND",
        "POSITION_NOT_FOUND",
        "SIGNAL_NOT_FOUND",
        "TRADE_NOT_FOUND",
        "ALERT_NOT_FOUND",
        "BACKTEST_NOT_FOUND",
        "NO_DATA",
    ),
    grpc.StatusCode.FAILED_PRECONDITION: (
        "RISK_REJECTED",
        "RISK_ADJUSTED",
        "TRADING_HALTED",
        "TRADING_DISABLED",
        "ORDER_NOT_CANCELABLE",
        "ORDER_NOT_REPLACEABLE",
        "ALREADY_DONE",
        "SYMBOL_IN_USE",
        "SYMBOL_NOT_TRADABLE",
        "FOREIGN_POSITION",
        "CONFIG_INVALID",
        "BACKTEST_ENDED",
        "BACKTEST_FAILED",
    ),
    grpc.StatusCode.ABORTED: ("REVISION_CONFLICT",),
    grpc.StatusCode.UNAVAILABLE: (
        "NOT_READY",
        "SHUTTING_DOWN",
        "BROKER_UNAVAILABLE",
        "TOKENS_UNREADABLE",
        "NOT_DURABLE",
    ),
    grpc.StatusCode.UNAUTHENTICATED: ("TOKEN_MISSING", "TOKEN_INVALID"),
    grpc.StatusCode.PERMISSION_DENIED: ("ROLE_INSUFFICIENT",),
    grpc.StatusCode.RESOURCE_EXHAUSTED: ("SLOW_CONSUMER", "LIMIT_EXCEEDED"),
    grpc.StatusCode.UNIMPLEMENTED: ("NOT_IMPLEMENTED",),
    grpc.StatusCode.INTERNAL: ("INTERNAL",),
}
CODE_OF_REASON = {reason: code for code, reasons in _CODES.items() for reason in reasons}
_RETRIED = frozenset({"NOT_READY", "SHUTTING_DOWN", "BROKER_UNAVAILABLE", "LIMIT_EXCEEDED", "NOT_DURABLE"})


class Refused(Exception):
    """A call that is refused: a stable reason, a sentence for people, and what else the caller should know.

    `fields` maps bad fields to what is allowed there, `metadata` goes into the ErrorInfo, `details` are more messages;
    `code` is for a reason that has another code in some call, `retry_s` says when trying again makes sense, for
    reasons that say so at all; what is `held` waits a moment before it is told.
    """

    def __init__(
        self,
        reason: str,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        details: Sequence[Message] = (),
        code: grpc.StatusCode | None = None,
        retry_s: float = RETRY_AFTER_S,
        held: bool = False,
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text
        self.fields = dict(fields or {})
        self.metadata = dict(metadata or {})
        self.details = tuple(details)
        self.retry_s = retry_s
        self.held = held
        self.code = code or CODE_OF_REASON[reason]

    def to_message(self) -> status_pb2.Status:
        """The google.rpc.Status that travels in `grpc-status-details-bin`."""
        metadata = {key: _cut(value, LONGEST_FIELD) for key, value in self.metadata.items()}
        parts: list[Message] = [error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN, metadata=metadata)]
        if self.fields:
            parts.append(self._violations())
        if self.reason in _RETRIED:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromTimedelta(timedelta(seconds=self.retry_s))
            parts.append(retry)
        packed = [_pack(part) for part in (*parts, *self.details)]
        return status_pb2.Status(code=self.code.value[0], message=_cut(self.text, LONGEST_TEXT), details=packed)

    def _violations(self) -> error_details_pb2.BadRequest:
        """The bad fields, as many of them as there is room for."""
        bad, room = error_details_pb2.BadRequest(), MOST_OF_FIELDS
        for field, text in self.fields.items():
            violation = error_details_pb2.BadRequest.FieldViolation(
                field=_cut(field, LONGEST_FIELD), description=_cut(text, LONGEST_FIELD), reason=self.reason
            )
            room -= violation.ByteSize()
            if room < 0:
                break
            bad.field_violations.append(violation)
        return bad


def _cut(text: str, most: int) -> str:
    """The beginning of a text, in so many bytes."""
    encoded = text.encode(errors="replace")
    return text if len(encoded) <= most else encoded[:most].decode(errors="ignore") + "…"


def _pack(message: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


def invalid(field: str, text: str) -> Refused:
    """A field that can't be accepted, and what is allowed."""
    return Refused("INVALID_FIELD", f"{field}: {text}", fields={field: text})


def not_ready(text: str) -> Refused:
    """The daemon does not know enough yet."""
    return Refused("NOT_READY", text)


def not_durable(reply: Reply, fault: str) -> Refused:
    """A command that was taken and decided on; whether that outlives the process is not known while the disk fails."""
    decided = "" if reply.code is ReplyCode.OK else f" (refused, {reply.code}: {reply.text})"
    text = f"the command was taken{decided}, but that is not durable yet: {fault}. Ask again with the same request_id"
    return Refused("NOT_DURABLE", text)


def check_reply(reply: Reply) -> Reply:
    """The reply, when it is the answer that the caller wanted.

    Raises:
        Refused: with the reply's reason, and risk's decision when risk was asked.
    """
    if reply.code is ReplyCode.OK:
        return reply
    decision = [risk_decision(reply.decision)] if reply.decision is not None else []
    metadata = {"order_id": reply.order_id} if reply.order_id else {}
    raise Refused(reply.code.value, reply.text, metadata=metadata, details=decision)


def known_reasons() -> frozenset[str]:
    """Every reason that the contract names."""
    prefix = "ERROR_REASON_"
    return frozenset(name.removeprefix(prefix) for name in errors_pb2.ErrorReason.keys())  # noqa: SIM118
