// Figures that the daemon sends as doubles, and counts.
import { NOTHING } from "./money";

const known = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

const formats = new Map<number, Intl.NumberFormat>();

function fixed(value: number, digits: number): string {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  return format.format(value).replace("-", "−");
}

/** A price of market data: cents, or four digits where a dollar is much. */
export function price(value: number | undefined): string {
  if (!known(value)) return NOTHING;
  return fixed(value, Math.abs(value) >= 1 || value === 0 ? 2 : 4);
}

/** A figure with so many digits after the point. */
export function figure(value: number | undefined, digits = 2): string {
  return known(value) ? fixed(value, digits) : NOTHING;
}

/** `12.3%`. */
export function percent(value: number | undefined, digits = 2): string {
  return known(value) ? `${fixed(value, digits)}%` : NOTHING;
}

/** `+1.20%`: always signed. */
export function gainPercent(value: number | undefined, digits = 2): string {
  const text = percent(value, digits);
  return known(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A figure of any size, with as many digits as it deserves: `2,585,147`, `98.31`, `0.0173`. */
export function sized(value: number | undefined): string {
  if (!known(value)) return NOTHING;
  const size = Math.abs(value);
  return fixed(value, size >= 10_000 || Number.isInteger(value) ? 0 : size >= 1 ? 2 : 4);
}

/** Whole shares and counts. */
export function whole(value: bigint | number | undefined): string {
  return value === undefined ? NOTHING : fixed(Number(value), 0);
}

/** `950`, `12.3k`, `4.96M`: volumes, where the last digits mean nothing. */
export function compact(value: bigint | number | undefined): string {
  if (value === undefined) return NOTHING;
  const number = Number(value);
  for (const [size, letter] of [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    const scaled = number / size;
    if (Math.abs(scaled) >= 1) return `${fixed(scaled, Math.abs(scaled) < 10 ? 2 : 1)}${letter}`;
  }
  return fixed(number, 0);
}

/** `1 order`, `2 orders`. */
export function plural(count: bigint | number, noun: string): string {
  return `${whole(count)} ${noun}${Number(count) === 1 ? "" : "s"}`;
}
