"""A certificate of the daemon's own: it signs itself and no other, and clients are given it to trust."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fluxherod.failpoints import reach
from fluxherod.rpc.private_files import write_private

log = logging.getLogger(__name__)

LIFETIME = timedelta(days=396)  # thirteen months: browsers take no longer ones
RENEWED_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(hours=1)
ALWAYS = ("localhost", "127.0.0.1", "::1")


def keep_certificate(path: Path, key_path: Path, hosts: Sequence[str], now: datetime) -> bool:
    """Make certificate and key unless they are there, will hold a month more, and are for these hosts.

    Returns:
        True when they were made.

    Raises:
        OSError: when they can't be written.
    """
    reason = _unfit(path, key_path, set(_names([*ALWAYS, *hosts])), now)
    if not reason:
        return False
    # The machine's name is a service to clients, and no reason to make another: in containers it is new at each start.
    names = _names([*ALWAYS, *filter(None, [socket.gethostname()]), *hosts])
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, names, now)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(key_path, secret)
    reach("certificate.key_made")
    write_private(path, certificate.public_bytes(pem), 0o644)
    reach("certificate.made")
    log.warning(
        "made a TLS certificate (%s): clients trust it once they have %s (SHA-256 %s)",
        *(reason, path, certificate.fingerprint(hashes.SHA256()).hex(":")),
    )
    return True


def _names(hosts: Iterable[str]) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in dict.fromkeys(hosts):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


def _unfit(path: Path, key_path: Path, names: set[x509.GeneralName], now: datetime) -> str:
    """Why there must be another one; empty when the one that is there will do."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except FileNotFoundError:
        return "there was none"
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return "the one before was damaged"
    if certificate.public_key() != key.public_key():
        return "the key was not that of the certificate"
    if certificate.not_valid_before_utc > now:  # the machine's clock was ahead when it was made
        return f"the one before begins on {certificate.not_valid_before_utc:%Y-%m-%d}"
    if certificate.not_valid_after_utc - now < RENEWED_BEFORE:
        return f"the one before ends on {certificate.not_valid_after_utc:%Y-%m-%d}"
    return "" if names <= set(covered) else "the one before was not for all of grpc.tls_hosts"


def _certificate(key: ec.EllipticCurvePrivateKey, names: list[x509.GeneralName], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fluxherod")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        # No authority: who steals the key can't make certificates for others, even where this one is trusted.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
