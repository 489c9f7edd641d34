"""Lists in pages. A page token carries a fingerprint of its list and filters, so another list's token is refused."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fluxherod.rpc import validate
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.tables import Page

T = TypeVar("T")
MOST_READS = 50
LONGEST_TOKEN = 512  # ours are far shorter; a parser recurses as deep as a text nests


@dataclass(frozen=True, slots=True)
class Items(Generic[T]):
    """A page's items and the token of the page after it."""

    items: list[T]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class Paging:
    """What a list request says of its page, checked: size, position (`token`), and the time range."""

    size: int
    token: str
    since_ns: int | None
    until_ns: int | None
    _fingerprint: int

    @classmethod
    def of(cls, request: Any) -> Paging:
        """Read `page_size`, `page_token`, `start_time` and `end_time` of a list request.

        Raises:
            Refused: when one of them is not allowed.
        """
        size, fingerprint = validate.page_size(request.page_size), _fingerprint(request)
        since_ns, until_ns = time_range(request)
        return cls(size, _open(request.page_token, fingerprint), since_ns, until_ns, fingerprint)

    def seal(self, token: str) -> str:
        """The token as the caller sees it."""
        return urlsafe_b64encode(f"{self._fingerprint:08x}{token}".encode()).decode() if token else ""

    async def collect(
        self, fetch: Callable[[int, str], Awaitable[Page[T]]], keep: Callable[[T], bool] | None = None
    ) -> Items[T]:
        """A page of what `fetch(size, token)` reads and `keep` lets pass; short when little passes."""
        items: list[T] = []
        token = self.token
        for _ in range(MOST_READS):
            try:
                page = await fetch(self.size - len(items), token)
            except ValueError as error:
                raise foreign_token() from error
            items += [item for item in page.items if keep is None or keep(item)]
            token = page.next_token
            if not token or len(items) >= self.size:
                break
        return Items(items, self.seal(token))

    def slice(self, items: Sequence[T], key: Callable[[T], list[Any]]) -> Items[T]:
        """A page of a list in memory that is sorted by `key`, ascending; nothing but the page is copied."""
        after = self._key()
        try:
            start = 0 if after is None else bisect_right(items, after, key=key)
        except TypeError as error:  # a forged token with another list's kind of key
            raise foreign_token() from error
        end = start + self.size
        page = list(items[start:end])
        return Items(page, self.seal(json.dumps(key(page[-1]))) if end < len(items) else "")

    def _key(self) -> list[Any] | None:
        if not self.token:
            return None
        try:
            key = json.loads(self.token)
        except (ValueError, RecursionError) as error:
            raise foreign_token() from error
        if not isinstance(key, list):
            raise foreign_token()
        return key


def time_range(request: Any) -> tuple[int | None, int | None]:
    """Read `start_time` and `end_time` of a request; None where it has none.

    Raises:
        Refused: when one of them is not allowed.
    """
    since_ns, until_ns = _bound(request, "start_time"), _bound(request, "end_time")
    if since_ns is not None and until_ns is not None and since_ns >= until_ns:
        raise invalid("end_time", "must be later than start_time")
    return since_ns, until_ns


def _fingerprint(request: Any) -> int:
    filters = type(request)()
    filters.CopyFrom(request)
    filters.ClearField("page_size")
    filters.ClearField("page_token")
    return zlib.crc32(request.DESCRIPTOR.full_name.encode() + filters.SerializeToString(deterministic=True))


def _open(token: str, fingerprint: int) -> str:
    if not token:
        return ""
    if len(token) > LONGEST_TOKEN:
        raise foreign_token()
    try:
        text = urlsafe_b64decode(token.encode()).decode()
    except ValueError as error:
        raise foreign_token() from error
    if text[:8] != f"{fingerprint:08x}" or len(text) == 8:
        raise foreign_token()
    return text[8:]


def foreign_token() -> Refused:
    """A page token that is not of this list."""
    allowed = "the next_page_token of the answer before, with the same filters"
    return Refused("INVALID_PAGE_TOKEN", f"page_token: {allowed}", fields={"page_token": allowed})


def _bound(request: Any, field: str) -> int | None:
    if field not in request.DESCRIPTOR.fields_by_name or not request.HasField(field):
        return None
    return validate.time_ns(getattr(request, field), field)
