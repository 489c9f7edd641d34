"""The HTTP server, in the daemon's own event loop: uvicorn's protocol without its process, signals and log."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from h11 import LocalProtocolError
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from fluxherod.rpc.sockets import ListenError
from fluxherod.rpc.tls import CERTIFICATE, KEY, Files, Keeper, no_password
from fluxherod.rpc.web.bridge import Bridge
from fluxherod.rpc.web.guard import Guard
from fluxherod.rpc.web.site import Pages, Site

log = logging.getLogger(__name__)

REQUEST_PATIENCE_S = 30.0  # for a request's first line and headers, and between two of a connection
UNWIND_S = 1.0
HANDSHAKE_S = 5.0
FULL_PAUSE_S = 1.0
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)  # the process or the machine has no room for another
# A client that takes nothing for so long, or is no longer there, is cut off by the kernel.
STALLED_MS = 60_000
_KEEPALIVE = ((socket.TCP_KEEPIDLE, 30), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3))


class HttpSection(Protocol):
    """The configuration's `http` table."""

    @property
    def listen(self) -> str: ...
    @property
    def hosts(self) -> tuple[str, ...]: ...
    @property
    def origins(self) -> tuple[str, ...]: ...
    @property
    def tls(self) -> str: ...
    @property
    def certificate_hosts(self) -> tuple[str, ...]: ...
    @property
    def tls_cert(self) -> str: ...
    @property
    def tls_key(self) -> str: ...
    @property
    def metrics(self) -> str: ...
    @property
    def max_connections(self) -> int: ...
    @property
    def max_request_bytes(self) -> int: ...


class HttpServer:
    """Serves calls and pages at `config.listen`, with TLS where a certificate is named, or is the daemon's own.

    That one is kept in `folder`, and is for the hosts of `also`, too.
    """

    def __init__(
        self, config: HttpSection, bridge: Bridge, pages: Pages, folder: Path = Path(), also: Iterable[str] = ()
    ) -> None:
        self.port = 0
        self.refused = 0
        self._bridge = bridge
        self._listen = config.listen
        self._most = config.max_connections
        self._files = _files(config, folder)
        self.keeper: Keeper[ssl.SSLContext] | None = None
        if self._files is not None:
            self.keeper = Keeper(self._files, folder, (*config.certificate_hosts, *also), self._tls)
        self._context: ssl.SSLContext | None = None
        self._state = ServerState()
        tls = self._files is not None
        site: Any = Site(Guard(config.listen, config.hosts, config.origins, tls=tls), bridge, pages)
        self._uvicorn = Config(
            site,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=int(REQUEST_PATIENCE_S),
        )
        self._opening: set[_Connection] = set()  # accepted, perhaps within their TLS handshake
        self._greetings: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """Open connections, those within their TLS handshake too."""
        return len(self._state.connections) + len(self._opening)

    async def start(self) -> int:
        """Listen and answer.

        Returns:
            The port.

        Raises:
            ListenError: when the address can't be listened on, or the certificate can't be used.
        """
        # It would tell each malformed request of a stranger.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self._uvicorn.load()
        if self.keeper is not None:
            self._context = await asyncio.to_thread(self.keeper.first)
        listener = self._socket()
        self._listening = asyncio.create_task(self._accept(listener))
        self._listening.add_done_callback(lambda _: listener.close())
        self.port = listener.getsockname()[1]
        return self.port

    async def stop(self, reason: str, grace_s: float) -> None:
        """Stop listening, wait for calls under way, then end them with the reason and close every connection."""
        if self._listening is None:
            return
        await _ended({self._listening})
        await self._bridge.stop(reason, grace_s)
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=UNWIND_S)  # they say why they end
        await _ended(self._greetings)
        for connection in list(self._state.connections):
            connection.transport.abort()

    async def _accept(self, listener: socket.socket) -> None:
        """Take connections in, each counted before a byte of it is read: a handshake, too, takes room and work."""
        while True:
            try:
                accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
            except OSError as error:
                if error.errno in _FULL:
                    log.error("no HTTP connection can be accepted: %s", error.strerror)
                # Otherwise that one was gone again.
                await asyncio.sleep(FULL_PAUSE_S if error.errno in _FULL else 0)
                continue
            if self.connections < self._most:
                self._greet(accepted)
            else:
                self.refused += 1
                accepted.close()
            await asyncio.sleep(0)  # also when there is always another one

    def _greet(self, accepted: socket.socket) -> None:
        connection = _Connection(self._uvicorn, self._state, self._opening.discard)
        self._opening.add(connection)
        greeting = asyncio.create_task(self._open(connection, accepted))
        self._greetings.add(greeting)
        greeting.add_done_callback(self._greetings.discard)

    async def _open(self, connection: _Connection, accepted: socket.socket) -> None:
        try:
            try:
                context = await self._context_now()
            except asyncio.CancelledError:
                accepted.close()
                raise
            patience_s = HANDSHAKE_S if context is not None else None
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, accepted, ssl=context, ssl_handshake_timeout=patience_s
            )
        except OSError as error:
            log.debug("a connection was not made: %s", error)
        finally:
            self._opening.discard(connection)

    async def _context_now(self) -> ssl.SSLContext | None:
        """With the certificate as it is now: one that was renewed is used without a restart."""
        if self.keeper is not None and self.keeper.due:
            self._context = await asyncio.to_thread(self.keeper.fetch) or self._context
        return self._context

    def _tls(self) -> ssl.SSLContext:
        assert self._files is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self._files.certificate, self._files.key, password=no_password)
        except (OSError, ValueError) as error:
            files = f"{self._files.certificate} (http.tls_cert) and {self._files.key} (http.tls_key)"
            raise ListenError(f"{files} can't be used: {error}; both are PEM, and they belong together") from error
        return context

    def _socket(self) -> socket.socket:
        """Like gRPC's: nobody else may listen there at the same time."""
        host, _, port = self._listen.rpartition(":")
        try:
            (family, kind, number, _, address), *_ = socket.getaddrinfo(
                host.strip("[]"), int(port), type=socket.SOCK_STREAM
            )
            listener = socket.socket(family, kind, number)  # without its number asyncio would not set TCP_NODELAY
        except OSError as error:
            raise ListenError(f"can't listen on {self._listen} (http.listen): {error}") from error
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            # Connections take these over from their listener.
            for option, value in (*_KEEPALIVE, (socket.TCP_USER_TIMEOUT, STALLED_MS)):
                listener.setsockopt(socket.IPPROTO_TCP, option, value)
            listener.bind(address)
            listener.setblocking(False)
            listener.listen(128)
        except OSError as error:
            listener.close()
            remedy = 'is another fluxherod running? http.listen = "" switches HTTP off'
            raise ListenError(f"can't listen on {self._listen} (http.listen): {error.strerror}; {remedy}") from error
        return listener


def _files(config: HttpSection, folder: Path) -> Files | None:
    if config.tls == "self":
        return Files(folder / CERTIFICATE, folder / KEY, None)
    return Files(Path(config.tls_cert), Path(config.tls_key), None) if config.tls_cert else None


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=UNWIND_S)


class _Connection(H11Protocol):
    """A connection; it ends when a request takes too long to begin. `opened` hears when it is there."""

    def __init__(self, config: Config, state: ServerState, opened: Callable[[_Connection], None]) -> None:
        super().__init__(config, state, {})
        self._opened = opened
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._opened(self)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def send_400_response(self, msg: str) -> None:
        """Where an answer is under way another can't begin: what came after its request is no HTTP."""
        try:
            if self._idle:
                super().send_400_response(msg)
        except LocalProtocolError:
            log.debug("a connection broke off within what is no HTTP")
        finally:
            if not self.transport.is_closing():
                self.transport.abort()

    @property
    def _idle(self) -> bool:
        cycle: Any = self.cycle  # None before the first request
        return cycle is None or cycle.response_complete

    def _wait(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = self.loop.call_later(REQUEST_PATIENCE_S, self._lose_patience)

    def _lose_patience(self) -> None:
        if self._idle:
            self.transport.abort()
