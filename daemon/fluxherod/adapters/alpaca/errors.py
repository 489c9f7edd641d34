"""What can go wrong at the Alpaca edge, as one tree."""

from __future__ import annotations

from fluxherod.engine.ports import DataRefused, DataUnavailable


class AlpacaError(DataUnavailable):
    """Anything that Alpaca, or the way to it, did not do for us."""


class WireError(AlpacaError):
    """An answer or a frame that cannot be read."""


class Unavailable(AlpacaError):
    """No usable answer after every attempt; asking again later may help."""


class Refused(AlpacaError, DataRefused):
    """A clear no: asking again without a change will not help."""


class AuthenticationRefused(Refused):
    """The credentials are not accepted; only an operator can mend it."""

    credentials = True
