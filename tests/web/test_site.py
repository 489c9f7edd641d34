"""What is at which path, who may look, and what a browser is told to refuse."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import socket
import ssl
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from harness.stopwatch import Stopwatch
from rpc.certificates import Authority
from rpc.test_reads import trend
from web.conftest import BINARY, Web, until
from web.probe import SERVICE, messages

from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.engine.effects import Alert, AlertUpdated, Severity
from fluxherod.engine.streams.hub import Topic
from fluxherod.rpc import limits, tls
from fluxherod.rpc.certificates import keep_certificate
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.sockets import ListenError
from fluxherod.rpc.tls import own_hosts
from fluxherod.rpc.web import http
from fluxherod.rpc.web.bridge import STRANGERS_BYTES, Bridge
from fluxherod.rpc.web.context import WebContext
from fluxherod.rpc.web.frames import message_frame
from fluxherod.rpc.web.guard import Guard, is_local
from fluxherod.rpc.web.site import Pages, Site

STATUS = "fluxhero.v1.SystemService/GetStatus"
FORWARDED = {"x-forwarded-for": "192.0.2.1"}
FOREIGN = "https://desk.example.net"


async def post(web: Web, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await web.client.post(
        f"{web.url}/{STATUS}", content=message_frame(b""), headers={"content-type": BINARY, **named}
    )


class Page(HTMLParser):
    """What a page loads, and whether it holds anything that its own policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("style", "script") and "src" not in values:
            self.inline.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        self.loads += [values[name] or "" for name in ("href", "src") if name in values]


async def test_without_a_dashboard_a_page_says_what_this_is_and_all_it_names_is_there(web: Web) -> None:
    response = await web.client.get(web.url)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = Page(response.text)
    assert page.inline == []
    assert "fluxhero.v1.OrderService" in response.text
    assert "1.2.3" in response.text
    answers = {path: (await web.client.get(f"{web.url}{path}")).status_code for path in page.loads}
    assert answers == {"/about.css": 200, "/healthz": 503, "/livez": 200, "/metrics": 200}


async def test_every_answer_carries_the_security_headers(web: Web) -> None:
    answers = [await web.client.get(f"{web.url}{path}") for path in ("/", "/metrics", "/nothing", "/healthz")]
    answers += [await post(web), await post(web, host="evil.example.net"), await web.client.delete(web.url)]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers
        assert "date" in answer.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8050", "[::1]:9", "LOCALHOST:1"])
async def test_loopback_names_are_answered_at_any_port(web: Web, host: str) -> None:
    assert (await post(web, host=host)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example.net", "127.0.0.1.evil.example", "localhost@evil", "", "[::1", "a:b:c"])
async def test_a_name_that_is_not_ours_is_refused_before_anything_runs(web: Web, host: str) -> None:
    before = web.metrics.text()[0]
    assert (await post(web, host=host)).status_code in (400, 421)
    counted = re.compile(rb"fluxhero_rpc_requests_total.*")
    assert counted.findall(before) == counted.findall(web.metrics.text()[0])


async def test_a_page_of_another_origin_may_not_call(web: Web) -> None:
    assert (await post(web, origin=FOREIGN)).status_code == 403
    assert (await post(web, origin="null")).status_code == 403
    assert (await post(web, origin=f"http://localhost:{web.http.port + 1}")).status_code == 403
    assert (await post(web, origin=web.url)).status_code == 200
    preflight = {"origin": FOREIGN, "access-control-request-method": "POST"}
    assert (await web.client.options(f"{web.url}/{STATUS}", headers=preflight)).status_code == 403


async def test_a_listed_origin_and_a_listed_host_may(tmp_path: Path) -> None:
    async with Web(tmp_path, origins=(FOREIGN,), hosts=("trader.example.net",)) as web:
        answer = await post(web, origin=FOREIGN, host="trader.example.net:443")
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, FOREIGN)
        assert "cross-origin-resource-policy" not in answer.headers
        preflight = {"origin": FOREIGN, "access-control-request-method": "POST"}
        allowed = await web.client.options(f"{web.url}/{STATUS}", headers=preflight)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, FOREIGN)
        assert "authorization" in allowed.headers["access-control-allow-headers"]
        assert (await post(web, origin="https://other.example.net")).status_code == 403


async def test_the_files_of_the_dashboard_are_served_and_nothing_beside_them(tmp_path: Path) -> None:
    files = {"index.html": "<p>dash", "assets/app-1f2e.js": "run()", "assets/app.woff2": "font"}
    for name, text in files.items():
        (tmp_path / "webui" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "webui" / name).write_text(text)
    (tmp_path / "secret").write_text("secret")
    async with Web(tmp_path) as web:
        page = await web.client.get(f"{web.url}/")
        assert (page.text, page.headers["cache-control"]) == ("<p>dash", "no-cache")
        again = await web.client.get(f"{web.url}/", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        script = await web.client.get(f"{web.url}/assets/app-1f2e.js")
        assert (script.text, script.headers["content-type"]) == ("run()", "text/javascript; charset=utf-8")
        assert "immutable" in script.headers["cache-control"]
        assert (await web.client.head(f"{web.url}/assets/app.woff2")).headers["content-length"] == "4"
        for path in ("/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "//secret", "/%00"):
            assert (await web.client.get(httpx.URL(web.url, raw_path=path.encode()))).status_code in (400, 404)


async def test_a_post_that_is_no_grpc_web_and_other_methods_are_told_what_is_allowed(web: Web) -> None:
    form = await web.client.post(f"{web.url}/{STATUS}", data={"a": "b"})
    assert (form.status_code, "application/grpc-web" in form.text) == (415, True)
    assert (await web.client.put(web.url)).status_code == 405


async def test_health_is_200_only_while_the_daemon_serves(web: Web) -> None:
    async def health() -> tuple[int, bool, str]:
        response = await web.client.get(f"{web.url}/healthz")
        return response.status_code, response.json()["serving"], response.json()["state"]

    assert await health() == (503, False, "ACTIVE")
    await web.world.server.set_serving(True)
    assert await health() == (200, True, "ACTIVE")
    parts = (await web.client.get(f"{web.url}/healthz")).json()["parts"]
    assert parts == {"broker": True, "market_data": True, "strategy": True, "journal": True}
    await web.world.server.drain("enough")
    assert (await health())[:2] == (503, False)
    assert (await web.client.get(f"{web.url}/livez")).status_code == 200


async def test_health_costs_the_same_however_much_each_symbol_has(web: Web) -> None:
    class Sealed:
        def __len__(self) -> int:
            raise AssertionError("a stranger's question looked at what a symbol has")

    books = web.world.engine.market.books.values()
    closed = [(book, book.closed) for book in books]
    for book in books:
        book.closed = Sealed()  # type: ignore[assignment]
    assert (await web.client.get(f"{web.url}/healthz")).json()["state"] == "ACTIVE"
    for book, bars in closed:
        book.closed = bars


async def test_scrapes_come_one_after_the_other_and_leave_half_of_the_time_to_the_daemon() -> None:
    now, spans = time.perf_counter, list[tuple[float, float]]()

    def slow() -> tuple[bytes, str]:
        began = now()
        while now() < began + 0.02:
            pass
        spans.append((began, now()))
        return b"", "text/plain"

    async def nothing(message: Any = None) -> Any:
        return None

    pages = Pages({}, lambda: (True, {}), slow, nothing)
    site = Site(Guard("127.0.0.1:1", (), (), tls=False), Bridge({}, 1, lambda metadata: True), pages)
    scope = {"method": "GET", "path": "/metrics", "client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost")]}
    await asyncio.gather(*(site(scope, nothing, nothing) for _ in range(3)))
    assert len(spans) == 3
    for (_, ended), (began, _) in pairwise(spans):
        assert began - ended >= 0.02


def test_a_scrape_through_a_proxy_of_this_machine_is_not_from_this_machine() -> None:
    assert is_local(("127.0.0.1", 1), {})
    assert is_local(("::1", 1), {})
    assert not is_local(("192.0.2.1", 1), {})
    assert not is_local(("127.0.0.1", 1), {b"x-forwarded-for": b"192.0.2.1"})
    assert not is_local(None, {})


async def test_more_connections_than_allowed_are_closed_and_counted(tmp_path: Path) -> None:
    async with Web(tmp_path, max_connections=8) as web:
        opened = [await asyncio.open_connection("127.0.0.1", web.http.port) for _ in range(9)]
        reader, _ = opened[8]
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        await until(lambda: web.http.connections == 8)
        assert b"fluxhero_http_connections_refused_total 1.0" in web.metrics.text()[0]
        for _, writer in opened:
            writer.close()
        await until(lambda: web.http.connections == 0)
        assert (await post(web)).status_code == 200


async def test_a_connection_sends_at_once_and_is_cut_off_by_the_kernel_when_its_client_is_mute(web: Web) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", web.http.port)
    await until(lambda: web.http.connections == 1)
    [connection] = web.http._state.connections
    accepted = connection.transport.get_extra_info("socket")
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
    assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    writer.close()


async def test_a_request_that_does_not_begin_or_end_in_time_is_not_waited_for(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fluxherod.rpc.web.bridge.BODY_PATIENCE_S", 0.05)
    with monkeypatch.context() as impatient:
        impatient.setattr("fluxherod.rpc.web.http.REQUEST_PATIENCE_S", 0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", web.http.port)
        writer.write(b"POST /x HTTP/1.1\r\nhost: loc")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", web.http.port)
    writer.write(web.head(f"{SERVICE}/Echo", 99) + b"abc")
    assert b"grpc-status:4" in await reader.readuntil(b"grpc-status:4")
    writer.close()
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize("token", [None, "Bearer fh_0", "Bearer a b", "Basic eA=="])
async def test_of_a_call_without_a_valid_token_little_is_read(web: Web, token: str | None) -> None:
    long = message_frame(messages().EchoRequest(text="x" * STRANGERS_BYTES).SerializeToString())
    assert (await web.post(f"{SERVICE}/Echo", long)).code == grpc.StatusCode.OK.value[0]
    del web.client.headers["authorization"]
    headers = {} if token is None else {"authorization": token}
    assert (await web.post(f"{SERVICE}/Echo", long, headers)).code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    short = message_frame(messages().EchoRequest(text="x").SerializeToString())
    assert (await web.post(f"{SERVICE}/Echo", short, headers)).code == grpc.StatusCode.UNAUTHENTICATED.value[0]


async def test_a_port_that_is_taken_is_named_with_the_remedy(web: Web, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Web(tmp_path / "other", listen=f"127.0.0.1:{web.http.port}")
    with pytest.raises(ListenError, match=r"\(http.listen\).*another fluxherod.*switches HTTP off"):
        await other.http.start()
    await other.client.aclose()


async def test_a_certificate_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("none")
    web = Web(tmp_path, tls_cert=str(tmp_path / "cert.pem"), tls_key=str(tmp_path / "cert.pem"))
    with pytest.raises(ListenError, match=r"http.tls_cert"):
        await web.http.start()
    await web.client.aclose()


async def test_an_encrypted_key_is_refused_and_asks_no_terminal(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("server")
    secret: Any = serialization.load_pem_private_key(key.read_bytes(), None)
    form, how = serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, how))
    web = Web(tmp_path, tls_cert=str(certificate), tls_key=str(key))
    with pytest.raises(ListenError, match=r"\(http.tls_key\) can't be used: the key is encrypted"):
        await web.http.start()
    await web.client.aclose()


async def test_handshakes_count_as_connections_end_in_time_and_do_not_hold_up_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "HANDSHAKE_S", 3600.0)
    certificate, key = Authority(tmp_path).issue("server")
    async with Web(tmp_path, tls_cert=str(certificate), tls_key=str(key), max_connections=8) as web:
        mute = [await asyncio.open_connection("127.0.0.1", web.http.port) for _ in range(9)]
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await mute[8][0].readexactly(1)
        assert (web.http.connections, web.http.refused) == (8, 1)
        mute[0][1].close()
        await until(lambda: web.http.connections == 7)
        monkeypatch.setattr(http, "HANDSHAKE_S", 0.05)
        mute.append(await asyncio.open_connection("127.0.0.1", web.http.port))
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await mute[9][0].readexactly(1)
        watch = Stopwatch()
        await web.http.stop("the test ends", 0)
        assert watch.seconds < 2
        assert web.http.connections == 0
    for _, writer in mute:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for _, writer in mute), return_exceptions=True)


async def test_a_host_that_fails_too_often_over_http_waits_and_a_valid_token_does_not(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"authorization": "Bearer wrong"}
    for _ in range(10):
        assert (await web.call(STATUS, headers=wrong)).code == 16
    holds = web.world.server.gate.holds
    monkeypatch.setattr(limits, "HOLD_S", 3600.0)
    call = asyncio.create_task(web.call(STATUS, headers=wrong))
    await until(lambda: holds.held == 1)
    assert (await web.call(STATUS)).code == 0
    call.cancel()
    await until(lambda: holds.held == 0)
    monkeypatch.setattr(limits, "HOLD_S", 1.0)
    scrape = asyncio.create_task(web.client.get(f"{web.url}/metrics", headers={**wrong, **FORWARDED}))
    await until(lambda: holds.held == 1)
    assert (await web.call(STATUS)).code == 0
    assert (await scrape).status_code == 401


async def test_metrics_have_every_series_that_is_promised(web: Web) -> None:
    response = await web.client.get(f"{web.url}/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    wanted = (
        "fluxhero_rpc_requests_total", "fluxhero_rpc_duration_seconds_bucket", "fluxhero_feed_age_seconds",
        "fluxhero_bar_to_order_seconds_bucket", "fluxhero_journal_commit_seconds_bucket", "fluxhero_queue_depth",
        'fluxhero_open_orders{state="unknown"} 0.0', "fluxhero_exposure_dollars", "fluxhero_drawdown_ratio",
        'fluxhero_breaker_state{state="normal"} 1.0', "fluxhero_reconciliation_differences 0.0",
        "fluxhero_unprotected_share_seconds 0.0", "fluxhero_hub_subscribers 0.0",
        'fluxhero_trading_state{state="ACTIVE"} 1.0', "process_resident_memory_bytes",
    )  # fmt: skip
    assert [name for name in wanted if name not in response.text] == []


async def test_metrics_before_the_start_have_no_figure_that_is_not_known(tmp_path: Path) -> None:
    async with Web(tmp_path) as web:
        text = (await web.client.get(f"{web.url}/metrics")).text
    assert 'fluxhero_trading_state{state="STARTING"} 1.0' in text
    assert "fluxhero_equity" not in text


async def test_who_may_scrape_from_elsewhere_is_the_doors_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def admit(method: str, context: WebContext) -> None:
        asked.append(method)
        if ("authorization", "Bearer good") not in context.invocation_metadata():
            raise Refused("NOT_READY", f"{context.peer().rpartition(':')[0]} needs a token")

    elsewhere, good = {"x-forwarded-for": "192.0.2.1"}, {"authorization": "Bearer good"}
    for metrics, free in (("local", True), ("token", False)):
        async with Web(tmp_path, metrics=metrics) as web:
            monkeypatch.setattr(web.world.server.door, "admit", admit)
            asked.clear()
            assert (await web.client.get(f"{web.url}/metrics")).is_success is free
            refused = await web.client.get(f"{web.url}/metrics", headers=elsewhere)
            assert (refused.status_code, refused.text) == (401, "web:127.0.0.1 needs a token\n")
            assert refused.headers["www-authenticate"] == "Bearer"
            assert (await web.client.get(f"{web.url}/metrics", headers=elsewhere | good)).status_code == 200
            assert asked == [f"/{STATUS}"] * (2 if free else 3)


async def test_the_time_from_a_bar_to_its_order_and_of_each_commit_is_measured(tmp_path: Path) -> None:
    web = Web(tmp_path)
    world = web.world
    world.clock.rate = 1.0  # type: ignore[misc]
    world.runner._requests._broker = web.metrics.timed_broker(world.broker, world.engine, world.clock)
    world.runner.committing.store = web.metrics.timed_store(world.store, time.perf_counter)
    async with web:
        await world.trading()
        await trend(world, 60)
    text = web.metrics.text()[0].decode()
    counts = dict(re.findall(r"fluxhero_(bar_to_order|journal_commit)_seconds_count (\S+)", text))
    assert (counts["bar_to_order"], float(counts["journal_commit"]) > 10) == ("1.0", True)


async def test_with_a_certificate_only_tls_is_answered(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (Debian: apt-get install openssl)")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    options = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", *names)
    making = await asyncio.create_subprocess_exec(
        "openssl", "req", *options, "-keyout", key, "-out", certificate, stderr=asyncio.subprocess.DEVNULL
    )
    assert await making.wait() == 0
    async with Web(tmp_path, tls_cert=str(certificate), tls_key=str(key)) as web:
        context = ssl.create_default_context(cafile=str(certificate))
        async with httpx.AsyncClient(verify=context, headers=web.headers) as client:
            secure = web.url.replace("http", "https")
            assert (await client.get(f"{secure}/livez")).status_code == 200
            headers = {"content-type": BINARY, "origin": secure}
            answer = await client.post(f"{secure}/{STATUS}", content=message_frame(b""), headers=headers)
            assert b"grpc-status:0" in answer.content
            plain = await client.post(f"{secure}/{STATUS}", headers={**headers, "origin": web.url})
            assert plain.status_code == 403
        with pytest.raises(httpx.TransportError):
            await web.client.get(f"{web.url}/livez")


async def speaks(web: Web, certificate: Path, name: str) -> bool:
    """Whether the port is that of the certificate, called by a name."""
    context = ssl.create_default_context(cafile=str(certificate))
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", web.http.port, ssl=context, server_hostname=name)
    except ssl.SSLError:
        return False
    writer.close()
    return True


async def test_the_daemons_own_certificate_serves_browsers_by_the_names_of_http_and_grpc(tmp_path: Path) -> None:
    web = Web(tmp_path, {"tls": "self", "tls_hosts": ("trader.example",)}, tls="self", hosts=("desk.example",))
    async with web:
        made = web.world.tokens / "tls.cert"
        for name in ("localhost", "desk.example", "trader.example"):
            assert await speaks(web, made, name)
        assert not await speaks(web, made, "evil.example")
        content = made.read_bytes()
        hosts = own_hosts(GrpcConfig(tls_hosts=("trader.example",)), "127.0.0.1:0")
        assert not keep_certificate(made, made.with_name("tls.key"), hosts, datetime.now(UTC))  # gRPC makes no other
        assert made.read_bytes() == content


async def test_a_renewed_certificate_serves_browsers_without_a_restart_and_a_bad_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tls, "LOOK_EVERY_S", 0.0)
    before, after = Authority(tmp_path, "before"), Authority(tmp_path, "after")
    certificate, key = before.issue("server")
    async with Web(tmp_path, tls_cert=str(certificate), tls_key=str(key)) as web:
        assert await speaks(web, before.certificate, "localhost")
        certificate.write_bytes(b"none")
        assert await speaks(web, before.certificate, "localhost")
        assert "the certificate of before stays" in caplog.text
        after.issue("server")
        assert await speaks(web, after.certificate, "localhost")
        assert not await speaks(web, before.certificate, "localhost")


async def test_metrics_tell_the_streams_of_each_topic(web: Web) -> None:
    hub = web.world.hub
    subscription = hub.subscribe([Topic.ORDERS, Topic.ALERTS])
    hub.publish(hub.seq + 1, 1, [AlertUpdated(Alert("id", "CODE", Severity.INFO, "text", "SPY", 1, 1))])
    assert hub.resume([Topic.ALERTS], from_seq=hub.seq - 1, snapshot_seq=hub.seq) is not None
    assert hub.resume([Topic.ORDERS], from_seq=hub.seq + 5, snapshot_seq=hub.seq) is None
    text = (await web.client.get(f"{web.url}/metrics")).text
    wanted = (
        "fluxhero_hub_resumed_total 1.0", "fluxhero_hub_past_gone_total 1.0",
        'fluxhero_hub_topic_subscribers{topic="orders"} 1.0', 'fluxhero_hub_topic_subscribers{topic="alerts"} 2.0',
        'fluxhero_hub_topic_queued_updates{topic="alerts"} 2.0', 'fluxhero_hub_topic_resumed_total{topic="alerts"} 1.0',
        'fluxhero_hub_topic_past_gone_total{topic="orders"} 1.0',
        'fluxhero_hub_topic_overflows_total{topic="bars"} 0.0',
        'fluxhero_hub_topic_conflated_updates_total{topic="prices"} 0.0',
    )  # fmt: skip
    assert [name for name in wanted if name not in text] == []
    subscription.__exit__(None, None, None)
