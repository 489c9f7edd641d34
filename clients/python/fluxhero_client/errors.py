"""One error tree for every call, decoded from the `google.rpc.Status` that comes with a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import grpc
    from google.protobuf.any_pb2 import Any as AnyMessage

    from fluxhero.v1.risk_pb2 import RiskDecision

_DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field of a request, or one bad key of a configuration."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Everything that came with a failed call."""

    code: str
    text: str
    reason: str = ""
    metadata: Mapping[str, str] | None = None
    violations: tuple[FieldViolation, ...] = ()
    retry_after_s: float | None = None
    decision: RiskDecision | None = None


class FluxHeroError(Exception):
    """A call that failed.

    Attributes:
        text: what happened, for people.
        code: the gRPC status, such as "FAILED_PRECONDITION".
        reason: the stable name of `fluxhero.v1.ErrorReason` without its prefix; empty when the daemon gave none.
        metadata: figures that belong to the reason, such as `broker_code`.
        violations: the bad fields.
        retry_after_s: when to try again; None when the daemon gave no time.
        decision: the risk engine's decision with its checks and the sizing waterfall; None without one.
        request_id: the id of the mutation that failed (empty for reads): repeating the call with it is safe.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.text = failure.text
        self.code = failure.code
        self.reason = failure.reason
        self.metadata: Mapping[str, str] = failure.metadata or {}
        self.violations = failure.violations
        self.retry_after_s = failure.retry_after_s
        self.decision = failure.decision
        self.request_id = ""


class Unavailable(FluxHeroError):
    """No daemon answers, or it is not ready, stopping, or cut off from the broker."""


class DeadlineExceeded(FluxHeroError):
    """No answer in time; a mutation may have happened."""


class Refused(FluxHeroError):
    """The daemon understood and said no: risk, a halt, or a state that forbids it."""


class NotFound(FluxHeroError):
    """There is nothing with this id, symbol or time."""


class InvalidRequest(FluxHeroError):
    """The request itself is wrong; `violations` names its fields."""


class AccessDenied(FluxHeroError):
    """The token is missing or not valid, or its role does not cover the call; `remedy` says what was tried."""

    remedy = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.remedy})" if self.remedy else self.text


class Misconfigured(FluxHeroError):
    """Nothing was sent: a profile, a token file or a certificate on this side can't be used."""

    @classmethod
    def of(cls, text: str) -> Misconfigured:
        """One without a gRPC status, as no call was made."""
        return cls(Failure("", text))


class LimitExceeded(FluxHeroError):
    """Too many calls or streams, or a stream that was read too slowly."""


class Unsupported(FluxHeroError):
    """This daemon does not serve the call."""


class DaemonFault(FluxHeroError):
    """A fault of the daemon, logged there under `metadata["incident"]`."""


_CLASSES: dict[str, type[FluxHeroError]] = {
    "UNAVAILABLE": Unavailable,
    "CANCELLED": Unavailable,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
    "FAILED_PRECONDITION": Refused,
    "ABORTED": Refused,
    "ALREADY_EXISTS": Refused,
    "NOT_FOUND": NotFound,
    "INVALID_ARGUMENT": InvalidRequest,
    "OUT_OF_RANGE": InvalidRequest,
    "UNAUTHENTICATED": AccessDenied,
    "PERMISSION_DENIED": AccessDenied,
    "RESOURCE_EXHAUSTED": LimitExceeded,
    "UNIMPLEMENTED": Unsupported,
}


def from_rpc(error: grpc.aio.AioRpcError) -> FluxHeroError:
    """The error of a failed call; details that this SDK does not know are left out."""
    code = error.code().name
    text = error.details() or code.lower().replace("_", " ")
    encoded = next((value for key, value in error.trailing_metadata() or () if key == _DETAILS_KEY), None)
    failure = _decode(code, text, encoded) if isinstance(encoded, bytes) else Failure(code, text)
    return _CLASSES.get(code, DaemonFault)(failure)


def _decode(code: str, text: str, encoded: bytes) -> Failure:
    from google.protobuf.message import DecodeError
    from google.rpc.status_pb2 import Status

    try:
        status = Status.FromString(encoded)
        details = {detail.type_url.rpartition("/")[2]: detail for detail in status.details}
        return _failure(code, status.message or text, details)
    except DecodeError:
        return Failure(code, text)


def _failure(code: str, text: str, details: Mapping[str, AnyMessage]) -> Failure:
    from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo

    info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
    for message in (info, bad, retry):
        if detail := details.get(message.DESCRIPTOR.full_name):
            detail.Unpack(message)
    return Failure(
        code,
        text,
        reason=info.reason,
        metadata=dict(info.metadata),
        violations=tuple(FieldViolation(item.field, item.description) for item in bad.field_violations),
        retry_after_s=retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
        decision=_decision(details),
    )


def _decision(details: Mapping[str, AnyMessage]) -> RiskDecision | None:
    detail = details.get("fluxhero.v1.RiskDecision")
    if detail is None:
        return None
    from fluxhero.v1.risk_pb2 import RiskDecision

    decision = RiskDecision()
    detail.Unpack(decision)
    return decision
