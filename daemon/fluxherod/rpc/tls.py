"""TLS for the TCP ports: a certificate from files, or one that the daemon makes for itself.

Either is looked at again at each handshake, so a renewed one is used without a restart.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import grpc

from fluxherod.errors import ConfigurationError, FluxHeroError
from fluxherod.rpc.info import GrpcSection

log = logging.getLogger(__name__)

CERTIFICATE = "tls.cert"
KEY = "tls.key"
LOOK_EVERY_S = 1.0
RENEW_EVERY_S = 3600.0
Stamps = tuple[tuple[int, int], ...]
T = TypeVar("T")


def server_keeper(
    settings: GrpcSection, listen: str, folder: Path, also: Iterable[str] = ()
) -> Keeper[grpc.ServerCertificateConfiguration] | None:
    """What keeps the port's certificate; None without TLS. `folder` keeps a certificate of the daemon's own.

    It is for the hosts of `also`, too: one that serves two ports must be for those of both.
    """
    if settings.tls == "off":
        return None
    hosts = own_hosts(settings, listen, also) if settings.tls == "self" else ()
    files = Files.of(settings, folder)
    return Keeper(files, folder, hosts, files.read)


def server_credentials(
    settings: GrpcSection, keeper: Keeper[grpc.ServerCertificateConfiguration]
) -> grpc.ServerCredentials:
    """What the port needs for TLS.

    Raises:
        ConfigurationError: when a file can't be used; the text names its key and says why.
    """
    fetch: Any = keeper.fetch  # None means unchanged, which the stubs don't know
    return grpc.dynamic_ssl_server_credentials(keeper.first(), fetch, bool(settings.tls_client_ca))


def own_hosts(settings: GrpcSection, listen: str, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Whom a certificate of the daemon's own is for, besides this machine."""
    host = listen.rpartition(":")[0].strip("[]")
    return tuple(dict.fromkeys([*([] if host in ("0.0.0.0", "::") else [host]), *settings.tls_hosts, *also]))


class Files:
    """The PEM files: certificate with its chain, key, and the CA of the clients (or None)."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None) -> None:
        self.certificate = certificate
        self.key = key
        self.client_ca = client_ca

    @classmethod
    def of(cls, settings: GrpcSection, folder: Path) -> Files:
        """The configured ones, or those of the daemon's own certificate."""
        client_ca = Path(settings.tls_client_ca) if settings.tls_client_ca else None
        if settings.tls == "self":
            return cls(folder / CERTIFICATE, folder / KEY, client_ca)
        return cls(Path(settings.tls_cert), Path(settings.tls_key), client_ca)

    def stamps(self) -> Stamps:
        """What changes when a file does."""
        paths = [path for path in (self.certificate, self.key, self.client_ca) if path is not None]
        return tuple((status.st_ino, status.st_mtime_ns) for status in map(Path.stat, paths))

    def read(self) -> grpc.ServerCertificateConfiguration:
        """What they hold, once it is seen to fit together.

        Raises:
            ConfigurationError: when it does not.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key, password=no_password)
        except (OSError, ValueError) as error:
            where = f"{self.certificate} and {self.key} (grpc.tls_cert, grpc.tls_key)"
            text = "a certificate chain and its unencrypted key, as PEM"
            raise ConfigurationError([f"{where}: {_why(error)}; allowed is {text}"]) from error
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        return grpc.ssl_server_certificate_configuration([pair], root_certificates=self._read_client_ca(context))

    def _read_client_ca(self, context: ssl.SSLContext) -> bytes | None:
        if self.client_ca is None:
            return None
        try:
            context.load_verify_locations(self.client_ca)
            return self.client_ca.read_bytes()
        except (OSError, ValueError) as error:
            where = f"{self.client_ca} (grpc.tls_client_ca)"
            raise ConfigurationError([f"{where}: {_why(error)}; allowed are certificates, as PEM"]) from error


class Keeper(Generic[T]):
    """Gives a server the certificate in force, as `read` makes it. gRPC runs `fetch` at each handshake, in a thread."""

    def __init__(self, files: Files, folder: Path, hosts: Sequence[str], read: Callable[[], T]) -> None:
        self._files = files
        self._read = read
        self._folder = folder
        self._hosts = hosts
        self._own = files.certificate == folder / CERTIFICATE
        self._turn = threading.Lock()
        self._stamps: Stamps = ()
        self._look_at_s = 0.0
        self._renew_at_s = 0.0

    @property
    def due(self) -> bool:
        """Whether `fetch` would look at the files."""
        return time.monotonic() >= self._look_at_s

    def first(self) -> T:
        """The certificate to start with.

        Raises:
            FluxHeroError: when there is none that can be used.
        """
        self._renew()
        configuration = self._read()
        self._stamps = self._files.stamps()
        return configuration

    def fetch(self) -> T | None:
        """A new certificate; None when the last one holds, also because the new one can't be used, which is told."""
        with self._turn:
            now_s = time.monotonic()
            if now_s < self._look_at_s:
                return None
            self._look_at_s = now_s + LOOK_EVERY_S
            try:
                self._renew()
                stamps = self._files.stamps()
                if stamps == self._stamps:
                    return None
                self._stamps = stamps
                configuration = self._read()
            except (FluxHeroError, OSError) as problem:
                log.error("the TLS files changed and can't be used, so the certificate of before stays: %s", problem)
                return None
            log.info("the TLS certificate was read again from %s", self._files.certificate)
            return configuration

    def look_again(self) -> str:
        """Have the next handshake look at the files, whatever the time; say what it will find. Reads them."""
        with self._turn:
            self._look_at_s = 0.0
            try:
                if self._files.stamps() == self._stamps:
                    return "unchanged"
                self._read()
            except (FluxHeroError, OSError) as problem:
                return f"can't be used, so the certificate of before stays: {problem}"
            return "changed, and used from now on"

    def _renew(self) -> None:
        now_s = time.monotonic()
        if self._own and now_s >= self._renew_at_s:
            # Here and not above: it takes long to import, and most daemons need it never.
            from fluxherod.rpc.certificates import keep_certificate

            self._renew_at_s = now_s + RENEW_EVERY_S
            try:
                keep_certificate(self._files.certificate, self._files.key, self._hosts, datetime.now(UTC))
            except OSError as error:
                text = f"the daemon's own certificate can't be kept in {self._folder}: {_why(error)}"
                raise ConfigurationError([f"{text} (grpc.tls, http.tls, storage.state_dir)"]) from error


def no_password() -> str:
    """Asked for by an encrypted key: it fails instead of asking a terminal.

    Raises:
        ValueError: always.
    """
    raise ValueError("the key is encrypted, and nobody is there to give its password: openssl pkey writes a plain one")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "the key is not that of the certificate" if "MISMATCH" in str(error) else f"no PEM ({error.reason})"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
