"""A failed call in words that help, and the exit code that goes with it."""

from __future__ import annotations

import json
import os

from fluxhero_client.access import own_certificate
from fluxhero_client.address import Address
from fluxhero_client.cli.console import Console
from fluxhero_client.client import Client
from fluxhero_client.errors import (
    AccessDenied,
    DeadlineExceeded,
    FluxHeroError,
    InvalidRequest,
    Misconfigured,
    NotFound,
    Refused,
    Unavailable,
)

EXIT_CODES: tuple[tuple[type[FluxHeroError], int], ...] = (
    (InvalidRequest, 2),
    (Misconfigured, 2),
    (Unavailable, 3),
    (DeadlineExceeded, 3),
    (Refused, 4),
    (NotFound, 5),
    (AccessDenied, 6),
)

_HOW_TO_START = """\
start one:
  make demo                        try it: simulator and real past prices, no account needed
  fluxherod run --config FILE      at Alpaca (paper unless the file says live)
  systemctl start fluxherod        where it is installed as a service"""


def report(error: FluxHeroError, client: Client | None, console: Console, as_json: bool) -> int:
    """Say what went wrong on standard error, reasons and all; the exit code. Without a client nothing was sent."""
    console = console.on_errors()
    if as_json:
        console.note(json.dumps(_dictionary(error), ensure_ascii=False))
    elif client is not None and isinstance(error, Unavailable) and not error.reason:
        _report_absence(error, client, console)
    else:
        _report_answer(error, console)
    if error.request_id and isinstance(error, Unavailable | DeadlineExceeded) and not as_json:
        console.note(f"if it may have arrived, repeat it safely with --request-id {error.request_id}")
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)


def _report_absence(error: FluxHeroError, client: Client, console: Console) -> None:
    address = client.address
    console.note(f"{_prefix(console)}no daemon answers at {address.target} ({_origin(address)})")
    cause = error.text.rpartition("last error: ")[2]
    console.note(f"  {console.paint(cause, 'dim')}")
    if address.considered:
        console.note("looked before that at:")
        width = max(len(place) for place, _ in address.considered)
        for place, found in address.considered:
            console.note(f"  {place.ljust(width)}  {found}")
    if not client.access.ca and (certificate := own_certificate(os.environ)) and not address.target.startswith("unix:"):
        console.note(f"if it speaks TLS there: --ca {certificate}")
    console.note(_HOW_TO_START)


def _origin(address: Address) -> str:
    return {"given": "as --address says", "default": "the default", "profile": "as the profile says"}.get(
        address.origin, f"by {address.origin}"
    )


def _report_answer(error: FluxHeroError, console: Console) -> None:
    reason = f" [{error.reason}]" if error.reason else ""
    console.note(f"{_prefix(console)}{error.text}{console.paint(reason, 'dim')}")
    if isinstance(error, AccessDenied) and error.remedy:
        console.note(f"  {error.remedy}")
    for violation in error.violations:
        console.note(f"  {violation.field}: {violation.text}")
    for key, value in error.metadata.items():
        console.note(f"  {key}: {value}")
    if error.retry_after_s is not None:
        console.note(f"  try again in {error.retry_after_s:g} s")
    if error.decision is not None:
        from fluxhero_client.cli.show.explanation import print_decision

        print_decision(error.decision, console)
    if error.reason == "RISK_ADJUSTED":
        console.note("\nplace what is left of it with --accept-adjusted")


def _prefix(console: Console) -> str:
    return console.paint("fluxhero: ", "bad")


def _dictionary(error: FluxHeroError) -> dict[str, object]:
    found: dict[str, object] = {"error": error.code, "reason": error.reason, "text": error.text}
    if error.metadata:
        found["metadata"] = dict(error.metadata)
    if error.violations:
        found["violations"] = [{"field": item.field, "text": item.text} for item in error.violations]
    if isinstance(error, AccessDenied) and error.remedy:
        found["remedy"] = error.remedy
    if error.request_id:
        found["request_id"] = error.request_id
    if error.decision is not None:
        from fluxhero_client.cli.show import messages

        found["decision"] = json.loads(messages.line(error.decision))
    return found
