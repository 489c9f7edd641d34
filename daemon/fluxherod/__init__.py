"""FluxHero's trading daemon."""

from importlib import metadata

try:
    __version__ = metadata.version("fluxhero")
except metadata.PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"
