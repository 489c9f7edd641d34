"""The dashboard's files, held in memory: a request never reaches the disk."""

from __future__ import annotations

import hashlib
import html
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REVALIDATE = "no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
HASHED = "/assets/"  # the bundler puts the hash of its content into the name of each file there


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    body: bytes
    content_type: str
    cache_control: str

    @property
    def etag(self) -> str:
        """Changes with the content."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def load_assets(folder: Path) -> dict[str, Asset]:
    """Each file of the built dashboard by its path; `/` is `index.html`. Nothing when it was not built."""
    files = {f"/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*")) if path.is_file()}
    assets = {path: _asset(path, file.read_bytes()) for path, file in files.items()}
    return {**assets, "/": assets["/index.html"]} if "/index.html" in assets else {}


def _asset(path: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return Asset(body, kind, FOR_GOOD if path.startswith(HASHED) else REVALIDATE)


_STYLE = """:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 44rem; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; font-size: .95em; }
td { padding: .2rem 1.5rem .2rem 0; vertical-align: top; }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>FluxHero</title>
<link rel="stylesheet" href="/about.css">
</head>
<body>
<h1>FluxHero {version}</h1>
<p>This is <code>fluxherod</code>, a trading daemon ({mode}). The dashboard is not part of this build; everything
that it would show is there through the API:</p>
<table>
<tr><td><code>fluxhero status</code></td><td>the command line, on the daemon's machine</td></tr>
<tr><td><code>{grpc}</code></td><td>gRPC, with reflection: the package <code>fluxhero.v1</code></td></tr>
<tr><td><code>POST /fluxhero.v1.…Service/…</code></td><td>the same over grpc-web, on this address</td></tr>
<tr><td><a href="/healthz"><code>/healthz</code></a></td><td>200 while the daemon does its work, else 503</td></tr>
<tr><td><a href="/livez"><code>/livez</code></a></td><td>200 while the process answers</td></tr>
<tr><td><a href="/metrics"><code>/metrics</code></a></td><td>Prometheus; from another machine with a token</td></tr>
</table>
<p>The services:</p>
<ul>
{services}
</ul>
</body>
</html>
"""


def about(version: str, mode: str, listen: str, services: Sequence[str]) -> Mapping[str, Asset]:
    """A page that says what this is, for a build without the dashboard, and its style."""
    listed = "\n".join(f"<li><code>{html.escape(name)}</code></li>" for name in services)
    grpc = html.escape(f"grpc://{listen}" if listen else "the Unix socket")
    page = _PAGE.format(version=html.escape(version), mode=html.escape(mode), grpc=grpc, services=listed)
    return {
        "/": Asset(page.encode(), "text/html; charset=utf-8", REVALIDATE),
        "/about.css": Asset(_STYLE.encode(), "text/css; charset=utf-8", REVALIDATE),
    }
