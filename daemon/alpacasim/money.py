"""Exact money and quantities: integers of 1/10,000 dollar (`*_e4`) and of 1/1,000,000,000 share (`*_e9`)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

E4 = 10_000
E9 = 1_000_000_000
CENT_E4 = 100
DOLLAR_E4 = E4


def parse_decimal(value: object) -> Decimal | None:
    """The exact decimal behind a JSON number or string; None when it is neither, or not finite."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def decimal_to_e4(number: Decimal) -> int:
    """The nearest 1/10,000 dollar, halves away from zero."""
    return int((number * E4).to_integral_value(ROUND_HALF_UP))


def decimal_to_e9(number: Decimal) -> int | None:
    """A quantity in 1/1,000,000,000 share; None when it is finer than that."""
    scaled = number * E9
    return int(scaled) if scaled == scaled.to_integral_value() else None


def float_to_e4(price: float) -> int:
    """A market-data price in 1/10,000 dollar."""
    return round(price * E4)


def divide_half_up(numerator: int, denominator: int) -> int:
    """The nearest integer, halves away from zero; the denominator is positive."""
    if numerator < 0:
        return -divide_half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def value_e4(price_e4: int, quantity_e9: int) -> int:
    """Price times quantity, exact for whole shares and rounded to 1/10,000 dollar for fractions."""
    return divide_half_up(price_e4 * quantity_e9, E9)


def _scaled_text(value: int, places: int) -> str:
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 10**places)
    digits = f"{fraction:0{places}d}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def money_text(amount_e4: int) -> str:
    """Dollars as Alpaca writes them: no trailing zeros."""
    return _scaled_text(amount_e4, 4)


def quantity_text(quantity_e9: int) -> str:
    """Shares as Alpaca writes them: no trailing zeros."""
    return _scaled_text(quantity_e9, 9)


def ratio_text(numerator: int, denominator: int, places: int = 9) -> str:
    """A quotient as a decimal string, "0" when the denominator is zero."""
    if denominator == 0:
        return "0"
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    return _scaled_text(divide_half_up(numerator * 10**places, denominator), places)
