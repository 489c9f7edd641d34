"""What opens a daemon: where the token comes from, that it never travels readable, TLS, and what a denial says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fluxhero.v1 import common_pb2, order_pb2, system_pb2
from fluxhero_client import AccessDenied, Misconfigured, Unavailable, connect

STATUS = "/fluxhero.v1.SystemService/GetStatus"


class Door(grpc.aio.ServerInterceptor):
    """Notes the metadata of each call."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        self.seen.append(str(dict(details.invocation_metadata).get("authorization", "")))
        return await continuation(details)


@pytest.fixture
async def door() -> Door:
    return Door()


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files = folder / f"{name}.cert", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return files


@pytest.fixture
async def secure(daemon: Any, door: Door, tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """The daemon on a TLS port that asks for a client certificate too; the port, and the folder of the files."""
    server_files, client_files = self_signed(tmp_path, "server"), self_signed(tmp_path, "client")
    pair = server_files[1].read_bytes(), server_files[0].read_bytes()
    server = grpc.aio.server(handlers=[daemon], interceptors=[door])
    mutual = grpc.ssl_server_credentials([pair], client_files[0].read_bytes(), require_client_auth=True)
    port = server.add_secure_port("localhost:0", mutual)
    await server.start()
    yield port, tmp_path
    await server.stop(None)


@pytest.fixture
async def tcp(daemon: Any, door: Door) -> AsyncIterator[str]:
    """The daemon on a plain port of this machine."""
    server = grpc.aio.server(handlers=[daemon], interceptors=[door])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


def token(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")
    return str(path)


def profiles(home: Path, text: str) -> None:
    (home / ".config/fluxhero").mkdir(parents=True)
    (home / ".config/fluxhero/profiles.toml").write_text(text)


async def test_over_tls_both_sides_show_their_certificates_and_each_call_its_token(
    secure: Any, daemon: Any, door: Door
) -> None:
    port, folder = secure
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse(status={"version": "7"})

    async def orders(_request: Any, _context: Any) -> Any:
        yield order_pb2.WatchOrdersResponse(kind=common_pb2.STREAM_KIND_SNAPSHOT, seq=1)

    daemon.streams["OrderService/WatchOrders"] = orders
    files = {name: str(folder / file) for name, file in
             {"ca": "server.cert", "client_cert": "client.cert", "client_key": "client.key"}.items()}  # fmt: skip
    async with connect(f"localhost:{port}", token="s3cret", **files) as client:
        assert (await client.system.status()).version == "7"
        messages = client.watch.orders()
        assert (await anext(messages)).seq == 1
        await messages.aclose()
    assert door.seen == ["Bearer s3cret"] * 2
    stranger = self_signed(folder, "stranger")[0]
    for wrong in ({"ca": str(stranger)}, {"ca": files["ca"]}, {}):
        async with connect(f"localhost:{port}", environment={}, **{**wrong}) as client:
            with pytest.raises(Unavailable):
                await client.system.status()
    assert len(door.seen) == 2


@pytest.mark.parametrize(
    ("given", "variables", "expected"),
    [
        ({"token": "argument-s", "token_file": "{home}/file"}, {"FLUXHERO_TOKEN": "of-env"}, "argument-s"),
        ({"token_file": "{home}/file"}, {"FLUXHERO_TOKEN": "of-env"}, "of-the-file"),
        ({"profile": "live"}, {"FLUXHERO_TOKEN": "of-env"}, "of-the-profile"),
        ({}, {"FLUXHERO_TOKEN": "of-env", "FLUXHERO_TOKEN_FILE": "{home}/file"}, "of-env"),
        ({}, {"FLUXHERO_TOKEN_FILE": "{home}/file", "FLUXHERO_PROFILE": "live"}, "of-the-file"),
        ({}, {"FLUXHERO_PROFILE": "live"}, "of-the-profile"),
        ({"profile": "bare"}, {"FLUXHERO_TOKEN": "of-env"}, "of-env"),
        ({}, {}, ""),
    ],
)
async def test_what_is_nearest_to_the_caller_names_the_token(
    tcp: str, door: Door, tmp_path: Path, given: dict[str, str], variables: dict[str, str], expected: str
) -> None:
    token(tmp_path, "file", "of-the-file")
    token(tmp_path, ".local/state/fluxhero/trade.token", "of-the-daemon")
    token(tmp_path, ".local/state/fluxhero/read.token", "of-a-weaker-role")
    profile_token = token(tmp_path, "profile", "of-the-profile")
    profiles(tmp_path, f'[live]\naddress = "{tcp}"\ntoken_file = "{profile_token}"\n[bare]\naddress = "{tcp}"\n')
    filled = {name: text.format(home=tmp_path) for name, text in given.items()}
    environment = {name: text.format(home=tmp_path) for name, text in variables.items()}
    environment |= {"HOME": str(tmp_path), "STATE_DIRECTORY": str(tmp_path / "nowhere")}
    address = None if "profile" in given or "FLUXHERO_PROFILE" in variables else tcp
    async with connect(address, environment=environment, **filled) as client:
        assert client.address.target == tcp
        await client.system.status()
    assert door.seen == [f"Bearer {expected}" if expected else ""]
    assert not expected or expected not in repr(client.access)


async def test_a_token_never_travels_readable(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="would travel readable to trader:50051"):
        connect("trader:50051", token="x", environment={"HOME": str(tmp_path)})
    for local in ("127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/s"):
        assert connect(local, token="x", environment={"HOME": str(tmp_path)}).access.token == "x"
    certificate, _ = self_signed(tmp_path, "server")
    assert connect("trader:50051", token="x", ca=str(certificate), environment={}).access.ca


async def test_the_daemons_own_token_file_is_for_whoever_proves_to_be_that_daemon_on_this_machine(
    tmp_path: Path,
) -> None:
    path = token(tmp_path, ".local/state/fluxhero/trade.token", "mine")
    token(tmp_path, ".local/state/fluxhero/read.token", "of-a-weaker-role")
    state = Path(path).parent
    certificate, other = self_signed(state, "tls")[0], self_signed(tmp_path, "other")[0]
    environment = {"HOME": str(tmp_path)}
    assert connect("127.0.0.1:1", ca=str(certificate), environment=environment).access.token == "mine"
    assert connect("localhost:1", environment={**environment, "FLUXHERO_CA": str(certificate)}).access.token == "mine"
    assert connect("trader:1", ca=str(certificate), environment=environment).access.token == ""
    assert connect("unix:/s", environment=environment).access.token == ""
    for ca in (None, str(other)):
        access = connect("127.0.0.1:1", ca=ca, environment=environment).access
        assert access.token == ""
        remedy = f"not sent unasked to whoever listens there: --token-file {path}, or --ca {certificate}"
        assert (path, remedy) in access.considered


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"token_file": "{home}/nothing"}, "nothing can't be read: No such file"),
        ({"token_file": "{home}/empty"}, "holds no token"),
        ({"token": "two words"}, "the argument holds no token"),
        ({"client_cert": "c"}, "needs its key"),
        ({"client_cert": "c", "client_key": "k"}, "name the daemon's certificate"),
        ({"address": "unix:/s", "ca": "c"}, "a Unix socket has no TLS"),
        ({"ca": "{home}/nothing"}, "nothing can't be read"),
        ({"profile": "live"}, "there is no profile live"),
    ],
)
async def test_what_can_not_be_used_is_said_before_anything_is_sent(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    (tmp_path / "empty").write_text(" \n")
    filled = {"address": "127.0.0.1:1", **{name: text.format(home=tmp_path) for name, text in given.items()}}
    with pytest.raises(Misconfigured, match=words) as caught:
        connect(environment={"HOME": str(tmp_path)}, **filled)
    assert "two words" not in str(caught.value)


async def test_a_denial_says_what_was_tried_and_what_to_do(
    tcp: str, daemon: Any, refusal: Any, tmp_path: Path, fluxhero: Any
) -> None:
    daemon.answers["SystemService/GetStatus"] = refusal(
        grpc.StatusCode.UNAUTHENTICATED, "a token is needed", "TOKEN_MISSING"
    )
    environment = {"HOME": str(tmp_path), "STATE_DIRECTORY": str(tmp_path / "state")}
    async with connect(tcp, environment=environment) as client:
        with pytest.raises(AccessDenied) as caught:
            await client.system.status()
    for words in ("FLUXHERO_TOKEN: not set", f"{tmp_path}/state/admin.token: not there", "--token-file"):
        assert words in str(caught.value)
    async with connect(tcp, token_file=token(tmp_path, "t", "s3cret"), environment=environment) as client:
        with pytest.raises(AccessDenied, match="fluxherod token create") as caught:
            await client.system.status()
    assert str(tmp_path / "t") in str(caught.value)
    assert "s3cret" not in str(caught.value)
    result = await fluxhero("status")
    assert result.code == 6
    assert result.err.startswith("fluxhero: a token is needed [TOKEN_MISSING]\n  tried: no token for unix:")


async def test_a_profile_is_made_listed_used_and_removed(
    tcp: str, door: Door, fluxhero_process: Any, tmp_path: Path
) -> None:
    path = token(tmp_path, "t", "s3cret")

    async def run(line: str, **variables: str) -> tuple[int, str, str]:
        environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c"), **variables}
        process = await fluxhero_process(*line.split(), address=None, **environment)
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    assert (await run("profile list"))[1].startswith("no profiles in ")
    assert (await run(f"profile add demo --address {tcp} --token-file {path}"))[0] == 0
    assert (await run("profile add Other.x --address h:1"))[0] == 2
    assert (await run("profile add other"))[0] == 2
    code, out, _ = await run("profile list", FLUXHERO_PROFILE="demo")
    assert out.splitlines()[1].split() == ["demo", "*", tcp, path]
    assert (tmp_path / "c/fluxhero/profiles.toml").stat().st_mode & 0o777 == 0o600
    assert (await run("status --profile demo"))[0] == 0
    assert (await run("--profile demo status"))[0] == 0
    assert (await run("status", FLUXHERO_PROFILE="demo"))[0] == 0
    assert door.seen == ["Bearer s3cret"] * 3
    assert (await run("profile remove demo"))[0] == 0
    assert (await run("profile remove demo"))[0] == 5
    code, _, err = await run("status --profile demo")
    assert (code, "there is no profile demo" in err) == (2, True)
    (tmp_path / "c/fluxhero/profiles.toml").write_text("[demo]\ntokn = 'x'\n")
    code, _, err = await run("status --profile demo")
    assert (code, "there is no tokn; known are address, token_file" in err) == (2, True)
