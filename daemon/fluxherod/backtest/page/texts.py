"""Numbers and times as the page writes them."""

from __future__ import annotations

from datetime import date, timedelta

from fluxherod.core.calendar import new_york
from fluxherod.core.money import CENT_E4

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
UNKNOWN = "\N{EM DASH}"
"""A figure that is not defined."""
PERCENT = "\N{NARROW NO-BREAK SPACE}%"
_DAY_NS = 86_400 * 10**9
_YEAR_DAYS = 365.25
_EPOCH = date(1970, 1, 1)


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """`1,234.50`, with a true minus; `signed` writes the plus, too."""
    if value is None:
        return UNKNOWN
    rounded = round(value, digits)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{digits}f}"


def percent(fraction: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """A fraction in percent: `12.34 %`."""
    return UNKNOWN if fraction is None else number(fraction * 100, digits, signed=signed) + PERCENT


def tiny(value: float) -> str:
    """A difference that is nothing or next to it: `9e-13`."""
    power = f"{value:.0e}".replace("e-0", "e-").replace("e+00", "")
    return "0" if value == 0 else power


def money(value_e4: float | None, *, signed: bool = False) -> str:
    """1/10,000 dollar as whole cents: `$1,234.50`."""
    if value_e4 is None:
        return UNKNOWN
    cents = round(value_e4 / CENT_E4)
    sign = MINUS if cents < 0 else "+" if signed and cents > 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def price(value_e4: int) -> str:
    """A price without the dollar: two decimals, four when it has them."""
    digits = 2 if value_e4 % CENT_E4 == 0 else 4
    return number(value_e4 / 10_000, digits)


def count(value: int, one: str, many: str | None = None) -> str:
    """`1 trade`, `1,200 trades`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def moment(ns: int) -> str:
    """`2007-01-03 10:30`, New York; it sorts as text."""
    return f"{new_york(ns):%Y-%m-%d %H:%M}"


def day(ns: int) -> str:
    """`3 January 2007`, New York."""
    return long_date(new_york(ns).date())


def long_date(when: date) -> str:
    """`3 January 2007`."""
    return f"{when.day} {when:%B %Y}"


def month(ns: int) -> str:
    """`January 2007`, New York."""
    return f"{new_york(ns):%B %Y}"


def day_of(days: int) -> date:
    """The date of a count of days since 1970."""
    return _EPOCH + timedelta(days)


def span(ns: float | None) -> str:
    """A length of calendar time in the unit that fits it: `5.3 hours`, `12.5 years`."""
    if ns is None:
        return UNKNOWN
    days = ns / _DAY_NS
    if days < 1:
        return f"{days * 24:.1f} hours"
    if days < 120:
        return f"{days:.1f} days"
    if days < 2 * _YEAR_DAYS:
        return f"{days / _YEAR_DAYS * 12:.1f} months"
    return f"{days / _YEAR_DAYS:.1f} years"


def timeframe(ns: int) -> str:
    """`hourly`, `daily`, `5-minute`."""
    minutes = ns // (60 * 10**9)
    names = {1: "one-minute", 60: "hourly", 1440: "daily"}
    if minutes in names:
        return names[minutes]
    return f"{minutes // 60}-hour" if minutes % 60 == 0 else f"{minutes}-minute"


def words(name: str) -> str:
    """A name of the code as words: `mean_reversion` is "mean reversion"."""
    return name.replace("_", " ").lower()


def capital(text: str) -> str:
    """With a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def joined(names: tuple[str, ...]) -> str:
    """`A, B and C`; of more than six, the first five and how many more."""
    if len(names) > 6:
        return f"{', '.join(names[:5])} and {len(names) - 5:,} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"
