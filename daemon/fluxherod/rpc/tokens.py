"""`tokens.json`: who may call with which token. It holds only their hashes, so whoever reads it can't call.

A token is 256 random bits. One round of SHA-256 is the right hash for it: nothing can guess what has so much chance in
it, so there is nothing for a slow hash to slow down, and each call pays a microsecond instead of a tenth of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from fluxherod.errors import FluxHeroError
from fluxherod.failpoints import reach
from fluxherod.rpc.private_files import PRIVATE, open_private, write_private
from fluxherod.rpc.roles import Role

NAME = "tokens.json"
LOCK = "tokens.lock"
VERSION: Literal[1] = 1
ABOUT = "Who may call FluxHero over TCP. Change it with `fluxherod token`; the tokens themselves are not in it."
# Made at the first start, for the clients of this machine. Reading harms least: a group may have that one.
FIRST = {Role.READ: 0o640, Role.TRADE: PRIVATE, Role.ADMIN: PRIVATE}
SECRET_BITS = 256
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 43  # digits of base 62 that 256 bits take
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

RoleName = Literal["read", "trade", "admin"]
Aware = Annotated[datetime, Meta(tz=True)]


class TokensUnreadable(FluxHeroError):
    """The list of tokens is gone or damaged: no token can be checked."""


class TokenError(FluxHeroError):
    """A token that can't be made or revoked."""


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a token; `sha256` is of the whole token, in hexadecimal digits."""

    id: Annotated[str, Meta(min_length=1)]
    name: Annotated[str, Meta(pattern=f"^{_NAME.pattern}$")]
    role: RoleName
    created: Aware
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    expires: Aware | None = None
    revoked: Aware | None = None

    def ended(self, now: datetime) -> str:
        """Why it is no longer valid; empty while it is."""
        if self.revoked is not None:
            return f"was revoked on {self.revoked:%Y-%m-%d at %H:%M:%S UTC}"
        if self.expires is not None and now >= self.expires:
            return f"expired on {self.expires:%Y-%m-%d at %H:%M:%S UTC}"
        return ""


class _File(Struct, forbid_unknown_fields=True):
    about: str
    version: Literal[1]
    tokens: tuple[Token, ...]


def make_secret(role: Role) -> str:
    """A new token: `fhx_ROLE_` and 256 random bits, so that a search for leaked tokens knows it."""
    number, digits = secrets.randbits(SECRET_BITS), []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return f"fhx_{role}_{''.join(digits)}"


def digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


class TokenFile:
    """The list in a state folder. Everybody who changes it holds its lock; who reads it needs none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME

    def read(self) -> tuple[Token, ...]:
        """All tokens, revoked and expired ones too.

        Raises:
            TokensUnreadable: when there is no list, or it is damaged; the text says what to do.
        """
        remedy = "restore it, or remove it and restart the daemon, which then makes new tokens and knows no old one"
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=_File).tokens
        except OSError as error:
            raise TokensUnreadable(f"{self.path} can't be read ({error.strerror}): {remedy}") from error
        except (ValueError, msgspec.MsgspecError) as error:
            raise TokensUnreadable(f"{self.path} is damaged ({error}): {remedy}") from error

    def make_first(self, now: datetime) -> bool:
        """A token of each role, in a file of its own, unless there is a list already; True when they were made."""
        with self._locked():
            return self._make_first(now)

    def _make_first(self, now: datetime) -> bool:
        if self.path.exists():
            return False
        made = {role: make_secret(role) for role in FIRST}
        for role, secret in made.items():
            write_private(self.folder / f"{role}.token", f"{secret}\n".encode(), FIRST[role])
        reach("tokens.made")
        self._write(tuple(_token(str(role), role, secret, now, None) for role, secret in made.items()))
        reach("tokens.listed")
        return True

    def create(self, name: str, role: Role, now: datetime, lifetime: timedelta | None = None) -> tuple[Token, str]:
        """A new token; the second value is the only copy of it there will be.

        Raises:
            TokenError: when the name can't be one, or a valid token has it.
            TokensUnreadable: when the list can't be read.
        """
        if not _NAME.fullmatch(name):
            raise TokenError(f'"{name}": a name has letters, digits, ".", "_" and "-", and at most 63 of them')
        with self._locked():
            self._make_first(now)
            tokens = self.read()
            if any(token.name == name and not token.ended(now) for token in tokens):
                raise TokenError(f"a token named {name} is valid already: revoke it, or take another name")
            secret = make_secret(role)
            token = _token(name, role, secret, now, lifetime)
            self._write((*tokens, token))
        return token, secret

    def revoke(self, who: str, now: datetime) -> Token:
        """End the token with this id, or the valid one with this name. The daemon ends its streams within two seconds.

        Raises:
            TokenError: when no valid token has that id or name.
            TokensUnreadable: when the list can't be read.
        """
        with self._locked():
            tokens = self.read()
            found = [token for token in tokens if who in (token.id, token.name) and token.revoked is None]
            if not found:
                raise TokenError(f'no valid token has the id or the name "{who}": `fluxherod token list` shows all')
            gone = next((token for token in found if not token.ended(now)), found[0])
            revoked = msgspec.structs.replace(gone, revoked=now)
            self._write(tuple(revoked if token is gone else token for token in tokens))
            self._forget(gone)
        return revoked

    def _forget(self, token: Token) -> None:
        """A file of the first start that holds this token is of no use any more."""
        path = self.folder / f"{token.role}.token"
        if path.exists() and digest(path.read_text(encoding="utf-8", errors="replace").strip()) == token.sha256:
            path.unlink()

    def _write(self, tokens: tuple[Token, ...]) -> None:
        content = msgspec.json.encode(_File(ABOUT, VERSION, tokens))
        write_private(self.path, msgspec.json.format(content) + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = open_private(self.folder / LOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _token(name: str, role: Role, secret: str, now: datetime, lifetime: timedelta | None) -> Token:
    expires = now + lifetime if lifetime is not None else None
    word: RoleName = "read" if role is Role.READ else "trade" if role is Role.TRADE else "admin"
    return Token(secrets.token_hex(4), name, word, now, digest(secret), expires)


class TokenBook:
    """The list as the daemon goes by it: read again as soon as the file is another one."""

    def __init__(self, file: TokenFile) -> None:
        self._file = file
        self._tokens: tuple[Token, ...] = ()
        self._seen: tuple[int, ...] | None = None
        self._problem: TokensUnreadable | None = None

    def find(self, secret: str) -> Token | None:
        """The token, valid or not; None when it is none of ours.

        Raises:
            TokensUnreadable: when the list can't be read.
        """
        self._refresh()
        presented, found = digest(secret), None
        for token in self._tokens:  # all of them, so that the time it takes tells nothing
            if hmac.compare_digest(token.sha256, presented):
                found = token
        return found

    def get(self, identifier: str) -> Token | None:
        """The token of an id, as it is now.

        Raises:
            TokensUnreadable: when the list can't be read.
        """
        self._refresh()
        return next((token for token in self._tokens if token.id == identifier), None)

    def _refresh(self) -> None:
        # A look at the file costs two microseconds: less than any answer, and nothing revoked is let in meanwhile.
        try:
            status = self._file.path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
        except OSError:
            seen = (0, 0, 0, 0)
        if seen != self._seen:
            self._read(seen)
        if self._problem is not None:
            raise self._problem

    def _read(self, seen: tuple[int, ...]) -> None:
        self._problem = None
        try:
            self._tokens, self._seen = self._file.read(), seen
        except TokensUnreadable as problem:
            self._tokens, self._problem = (), problem
            # What is damaged stays so until it changes; what the system refuses may be there in a moment.
            self._seen = None if isinstance(problem.__cause__, OSError) else seen
