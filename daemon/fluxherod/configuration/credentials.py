"""Where the Alpaca key pair comes from: systemd, then named files, then the environment. Never the configuration."""

from __future__ import annotations

import logging
import stat
from collections.abc import Mapping
from pathlib import Path

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.errors import CredentialsError

log = logging.getLogger(__name__)

LARGEST_FILE = 4096
REMEDY = (
    "the Alpaca key pair comes from systemd (LoadCredential=alpaca.key and alpaca.secret), from two files (--key-file "
    "and --secret-file, or FLUXHERO_ALPACA_KEY_FILE and FLUXHERO_ALPACA_SECRET_FILE), or from APCA_API_KEY_ID and "
    "APCA_API_SECRET_KEY; `fluxherod demo` needs none"
)


def find_credentials(
    environment: Mapping[str, str], key_file: Path | None = None, secret_file: Path | None = None
) -> Credentials:
    """The key pair of the first source that has one; a file given here wins over its variable.

    Raises:
        CredentialsError: when no source has a pair, or the first that has one has half of it or nonsense.
    """
    for pair in (_systemd_files(environment), _named_files(environment, key_file, secret_file)):
        if any(pair):
            key, secret = (_read(path) if path else "" for path in pair)
            return _checked(key, secret, " and ".join(str(path) for path in pair if path))
    names = ("APCA_API_KEY_ID", "APCA_API_SECRET_KEY")
    key, secret = (environment.get(name, "").strip() for name in names)
    if not key and not secret:
        raise CredentialsError([f"no Alpaca credentials: {REMEDY}"])
    return _checked(key, secret, " and ".join(names))


def _systemd_files(environment: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None, None
    key, secret = Path(folder, "alpaca.key"), Path(folder, "alpaca.secret")
    return (key if key.exists() else None), (secret if secret.exists() else None)


def _named_files(
    environment: Mapping[str, str], key_file: Path | None, secret_file: Path | None
) -> tuple[Path | None, Path | None]:
    key, secret = environment.get("FLUXHERO_ALPACA_KEY_FILE"), environment.get("FLUXHERO_ALPACA_SECRET_FILE")
    return key_file or (Path(key) if key else None), secret_file or (Path(secret) if secret else None)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE)
        mode = path.stat().st_mode
    except OSError as error:
        raise CredentialsError([f"credentials file {path}: {error.strerror}"]) from None
    if mode & stat.S_IROTH:
        log.warning("credentials file %s: every user of this machine can read it; chmod 600 %s", path, path)
    return content.decode("ascii", "replace").strip()


def _checked(key: str, secret: str, source: str) -> Credentials:
    """Both halves, fit for an HTTP header; what they are is never said."""
    for half, text in (("key", key), ("secret", secret)):
        if not text:
            raise CredentialsError([f"credentials from {source}: the {half} is missing or empty; {REMEDY}"])
        if not all("!" <= character <= "~" for character in text):
            raise CredentialsError([f"credentials from {source}: the {half} is not one word of printable ASCII"])
    log.info("credentials from %s", source)
    return Credentials(key, secret)
