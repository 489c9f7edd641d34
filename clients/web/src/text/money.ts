// Money is the daemon's own decimal text: it is grouped and signed for the eye, never turned into a number to be shown, but where cents are enough.

export const NOTHING = "–";
export type Tone = "good" | "bad" | "warn" | "accent" | "dim" | "";

const DECIMAL = /^(-?)(\d+)(\.\d+)?$/;

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** `-1,234.50`; a dash for what is not known. */
export function money(amount: string | undefined): string {
  const parts = DECIMAL.exec(amount ?? "");
  if (!parts) return amount || NOTHING;
  return `${parts[1] ? "−" : ""}${grouped(parts[2] as string)}${parts[3] ?? ""}`;
}

/** `$1,234.50`, with the sign before the dollar. */
export function dollars(amount: string | undefined): string {
  const text = money(amount);
  if (text === NOTHING) return text;
  return text.startsWith("−") ? `−$${text.slice(1)}` : `$${text}`;
}

/** To the cent: averages, and simulated money, come with more digits than anybody pays. */
export const inCents = (amount: string | undefined): string | undefined =>
  amount ? Number(amount).toFixed(2) : amount;
export const cents = (amount: string | undefined): string => dollars(inCents(amount));

/** Profit or loss: always signed. */
export function gain(amount: string | undefined): string {
  const text = dollars(amount);
  return signOf(amount) > 0 ? `+${text}` : text;
}

/** -1, 0 or 1. */
export function signOf(amount: string | undefined): -1 | 0 | 1 {
  if (!amount || !/[1-9]/.test(amount)) return 0;
  return amount.startsWith("-") ? -1 : 1;
}

/** The tone of a profit or loss. */
export function toneOf(value: string | number | undefined): Tone {
  const sign = typeof value === "number" ? Math.sign(value) : signOf(value);
  return sign > 0 ? "good" : sign < 0 ? "bad" : "";
}
