from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from rpc.certificates import Authority

from fluxhero.v1 import system_pb2
from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.errors import ConfigurationError
from fluxherod.rpc import tls
from fluxherod.rpc.certificates import keep_certificate
from fluxherod.rpc.tls import Files, Keeper, server_credentials, server_keeper

NOW = datetime.now(UTC)


async def status(port: int, credentials: grpc.ChannelCredentials, token: str = "") -> str:
    """The daemon's version, asked for over TLS; else how that failed."""
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    options = (("grpc.use_local_subchannel_pool", 1),)
    async with grpc.aio.secure_channel(f"localhost:{port}", credentials, options) as channel:
        get: Any = channel.unary_unary("/fluxhero.v1.SystemService/GetStatus")
        try:
            answer = await get(b"", metadata=metadata, timeout=60)
        except grpc.aio.AioRpcError as error:
            return error.code().name
    return system_pb2.GetStatusResponse.FromString(answer).status.version


def trusting(certificate: Path, *pair: Path) -> grpc.ChannelCredentials:
    chain, key = (path.read_bytes() for path in pair) if pair else (None, None)
    return grpc.ssl_channel_credentials(certificate.read_bytes(), key, chain)


async def test_the_daemon_makes_itself_a_certificate_that_a_client_who_has_it_trusts(
    make_world: Any, serving: Any, tmp_path: Path
) -> None:
    world = make_world(tls="self")
    async with serving(world):
        made, token = world.tokens / "tls.cert", world.token("read")
        assert await status(world.port, trusting(made), token) == "1.2.3"
        assert await status(world.port, trusting(made)) == "UNAUTHENTICATED"  # TLS says who the daemon is, not who asks
        stranger = Authority(tmp_path)
        assert await status(world.port, trusting(stranger.certificate), token) == "UNAVAILABLE"
        async with grpc.aio.insecure_channel(f"localhost:{world.port}") as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await channel.unary_unary("/fluxhero.v1.SystemService/GetStatus")(b"", timeout=60)
    assert stat.S_IMODE(made.stat().st_mode) == 0o644
    assert stat.S_IMODE((world.tokens / "tls.key").stat().st_mode) == 0o600


async def test_with_a_client_ca_only_clients_that_it_knows_get_as_far_as_their_token(
    make_world: Any, serving: Any, tmp_path: Path
) -> None:
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    certificate, key = ours.issue("server")
    world = make_world(tls="files", tls_cert=str(certificate), tls_key=str(key), tls_client_ca=str(ours.certificate))
    async with serving(world):
        token = world.token("read")
        assert await status(world.port, trusting(ours.certificate, *ours.issue("client")), token) == "1.2.3"
        assert await status(world.port, trusting(ours.certificate, *ours.issue("client"))) == "UNAUTHENTICATED"
        assert await status(world.port, trusting(ours.certificate, *others.issue("thief")), token) == "UNAVAILABLE"
        assert await status(world.port, trusting(ours.certificate), token) == "UNAVAILABLE"


async def test_a_renewed_certificate_is_used_without_a_restart_and_a_bad_one_is_not(
    make_world: Any, serving: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tls, "LOOK_EVERY_S", 0.0)
    before, after = Authority(tmp_path, "before"), Authority(tmp_path, "after")
    certificate, key = before.issue("server")
    world = make_world(tls="files", tls_cert=str(certificate), tls_key=str(key))
    async with serving(world):
        token = world.token("read")
        assert await status(world.port, trusting(before.certificate), token) == "1.2.3"
        key.write_text("nonsense")
        assert await status(world.port, trusting(before.certificate), token) == "1.2.3"
        assert "the certificate of before stays" in caplog.text
        after.issue("server")
        assert await status(world.port, trusting(before.certificate), token) == "UNAVAILABLE"
        assert await status(world.port, trusting(after.certificate), token) == "1.2.3"


@pytest.mark.parametrize("which", ["tls_cert", "tls_key", "tls_client_ca"])
@pytest.mark.parametrize("damage", ["missing", "nonsense", "other"])
async def test_files_that_do_not_fit_end_the_start_with_the_name_of_the_key(
    make_world: Any, serving: Any, tmp_path: Path, which: str, damage: str
) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("server")
    paths = {"tls_cert": certificate, "tls_key": key, "tls_client_ca": authority.certificate}
    if damage == "missing":
        paths[which].unlink()
    elif damage == "nonsense" or which == "tls_client_ca":
        paths[which].write_text("nonsense")
    else:
        paths[which].write_bytes(authority.issue("other")[which == "tls_key"].read_bytes())
    world = make_world(tls="files", **{name: str(path) for name, path in paths.items()})
    with pytest.raises(ConfigurationError, match=f"grpc.{which}"):
        await world.server.start()


def test_an_encrypted_key_is_refused_and_asks_no_terminal(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("server")
    secret: Any = serialization.load_pem_private_key(key.read_bytes(), None)
    form, how = serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, how))
    settings = GrpcConfig(tls="files", tls_cert=str(certificate), tls_key=str(key))
    keeper = server_keeper(settings, "0.0.0.0:1", tmp_path)
    assert keeper is not None
    with pytest.raises(ConfigurationError, match=r"the key is encrypted.*unencrypted key"):
        server_credentials(settings, keeper)


def made(folder: Path, hosts: tuple[str, ...] = (), now: datetime = NOW) -> bool:
    return keep_certificate(folder / "tls.cert", folder / "tls.key", hosts, now)


def test_the_certificate_is_for_this_machine_and_the_named_hosts_and_signs_no_other(tmp_path: Path) -> None:
    made(tmp_path, ("trader.example", "192.168.1.2"))
    certificate = x509.load_pem_x509_certificate((tmp_path / "tls.cert").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "trader.example"} <= set(names.get_values_for_type(x509.DNSName))
    assert {"127.0.0.1", "::1", "192.168.1.2"} <= {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert timedelta(days=390) < certificate.not_valid_after_utc - NOW < timedelta(days=398)


def test_the_certificate_is_kept_until_a_month_before_its_end(tmp_path: Path) -> None:
    assert made(tmp_path)
    before = (tmp_path / "tls.cert").read_bytes()
    assert not made(tmp_path, now=NOW + timedelta(days=365))
    assert (tmp_path / "tls.cert").read_bytes() == before
    assert made(tmp_path, now=NOW + timedelta(days=367))
    assert not made(tmp_path, now=NOW + timedelta(days=368))


def test_a_certificate_that_was_made_while_the_clock_was_ahead_is_made_again(tmp_path: Path) -> None:
    assert made(tmp_path, now=NOW + timedelta(days=400))
    assert made(tmp_path)
    assert not made(tmp_path)


def test_a_new_name_of_the_machine_is_no_reason_for_a_new_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second", ""):
        monkeypatch.setattr("socket.gethostname", lambda name=name: name)
        assert made(tmp_path) == (name == "first")


def test_a_daemon_that_runs_for_a_year_renews_its_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOOK_EVERY_S", "RENEW_EVERY_S"):
        monkeypatch.setattr(tls, name, 0.0)
    files = Files(tmp_path / "tls.cert", tmp_path / "tls.key", None)
    keeper = Keeper(files, tmp_path, (), files.read)
    keeper.first()
    assert keeper.fetch() is None
    for path in tmp_path.iterdir():
        path.unlink()
    made(tmp_path, now=NOW - timedelta(days=380))  # as it would be by then
    assert keeper.fetch() is not None
    assert not made(tmp_path)


def test_who_asks_has_the_next_handshake_look_whatever_the_time_and_is_told_what_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "LOOK_EVERY_S", 3600.0)
    certificate, key = Authority(tmp_path).issue("server")
    files = Files(certificate, key, None)
    keeper = Keeper(files, tmp_path / "none", (), files.read)
    keeper.first()
    assert keeper.fetch() is None
    for new, old in zip(Authority(tmp_path, "other").issue("new"), (certificate, key), strict=True):
        new.replace(old)
    assert keeper.fetch() is None
    assert not keeper.due
    assert keeper.look_again() == "changed, and used from now on"
    assert keeper.fetch() is not None
    assert keeper.look_again() == "unchanged"
    key.unlink()
    assert keeper.look_again().startswith("can't be used, so the certificate of before stays: ")


@pytest.mark.parametrize("damage", ["no key", "other key", "nonsense", "new host"])
def test_a_certificate_that_does_not_fit_is_made_anew(tmp_path: Path, damage: str) -> None:
    made(tmp_path, ("a.example",))
    assert not made(tmp_path, ("a.example",))
    match damage:
        case "no key":
            (tmp_path / "tls.key").unlink()
        case "other key":
            (tmp_path / "tls.key").write_bytes(Authority(tmp_path).issue("x")[1].read_bytes())
        case "nonsense":
            (tmp_path / "tls.cert").write_text("nonsense")
    assert made(tmp_path, ("a.example", "b.example") if damage == "new host" else ("a.example",))
    Files(tmp_path / "tls.cert", tmp_path / "tls.key", None).read()


@pytest.mark.parametrize(
    ("listen", "hosts"),
    [("0.0.0.0:1", ()), ("[::]:1", ()), ("192.168.1.2:1", ("192.168.1.2",)), ("[fe80::1]:1", ("fe80::1",))],
)
def test_the_certificate_is_for_the_address_that_is_listened_on(listen: str, hosts: tuple[str, ...]) -> None:
    assert tls.own_hosts(GrpcConfig(tls="self"), listen) == hosts
    assert tls.own_hosts(GrpcConfig(tls="self", tls_hosts=("x",)), listen) == (*hosts, "x")


def test_a_folder_that_can_not_keep_a_certificate_is_said(tmp_path: Path) -> None:
    files = Files(tmp_path / "none/tls.cert", tmp_path / "none/tls.key", None)
    keeper = Keeper(files, tmp_path / "none", (), files.read)
    with pytest.raises(ConfigurationError, match=r"storage\.state_dir"):
        keeper.first()
