"""REST answers that are not what the request deserves: server errors, with or without the request carried out."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

# Alpaca's own errors; an error of the proxy before it is a page of HTML.
NEVER = 0
ERRORS: dict[int, tuple[int, str]] = {
    429: (42910000, "rate limit exceeded"),
    500: (50010000, "internal server error occurred"),
    503: (50310000, "service unavailable"),
    504: (50410000, "request timed out"),
}


@dataclass(slots=True)
class RestFault:
    """The next `times` requests of a method and a path (their beginnings; empty is any) are answered with an error.

    With `carried_out` the request takes effect and only its answer is lost. The status 0 is no answer at all: the
    client waits until it gives up.
    """

    status: int
    method: str = ""
    path: str = ""
    times: int = 1
    carried_out: bool = False
    html: bool = False

    @property
    def media_type(self) -> str:
        return "text/html" if self.html else "application/json"

    @property
    def silent(self) -> bool:
        return self.status == NEVER

    def body(self) -> bytes:
        code, message = ERRORS[self.status]
        if self.html:
            title = f"{self.status} {message.title()}"
            return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()
        return msgspec.json.encode({"code": code, "message": message})


@dataclass(slots=True)
class RestFaults:
    """The faults to come, in the order in which they were asked for."""

    waiting: list[RestFault] = field(default_factory=list)

    def take(self, method: str, path: str) -> RestFault | None:
        """The fault that a request meets, if any."""
        for fault in self.waiting:
            if method.startswith(fault.method) and path.startswith(fault.path):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None
