// What the signals view shows, as plain values.
import type { Indicators } from "@api/market_pb";
import { type Signal, SignalKind } from "@api/signal_pb";
import { sized } from "@/text/figures";
import type { Tone } from "@/text/money";
import { strategyWord, type Word } from "@/text/words";

/** In the address, in the place of a signal's id: why a symbol is not traded. */
export const WHY = "why";

/** Signals that the stream has told of, newest first, and behind them those of the pages that it has not. */
export function merged(told: readonly Signal[], listed: readonly Signal[]): Signal[] {
  const known = new Set(told.map((one) => one.id));
  const both = [...told, ...listed.filter((one) => !known.has(one.id))];
  return both.sort((one, other) => decided(other) - decided(one));
}

const decided = (one: Signal): number => Number(one.decidedAt?.seconds ?? 0n);

/** What became of it. */
export function becameWord(one: Signal): Word {
  const done = one.outcome === "ordered";
  return { text: `${done ? "✓" : "·"} ${one.outcome.replaceAll("_", " ")}`, tone: done ? "accent" : "dim" };
}

/** The rule set, with ½ where it is of smaller size. */
export const modeOf = (one: Signal): string => strategyWord(one.mode).text + (one.neutral ? " ½" : "");

/** Does it ask to be long, or to be short no longer? */
export const pointsUp = (one: Signal): boolean => one.kind === SignalKind.LONG || one.kind === SignalKind.EXIT_SHORT;

/** How the outcome is told. */
export const outcomeTone = (one: Signal): Tone =>
  one.outcome === "ordered" ? "accent" : one.kind === SignalKind.NONE ? "dim" : "warn";

const NAMES = {
  close: "close",
  kama: "KAMA",
  longAbove: "long above",
  shortBelow: "short below",
  efficiencyRatio: "efficiency ratio",
  atr: "ATR",
  atrAverage: "average ATR",
  rsi: "RSI",
  adx: "ADX",
  plusDi: "+DI",
  minusDi: "−DI",
  rSquared: "R²",
  slope: "slope",
  sma: "SMA",
  ema: "EMA",
  upperBand: "upper band",
  lowerBand: "lower band",
  averageVolume: "average volume",
  spikeRatio: "spike ratio",
} as const;

/** The indicators of the bar that are known, by name. */
export function indicatorsOf(known: Indicators | undefined): (readonly [string, string])[] {
  if (!known) return [];
  const fields = Object.entries(NAMES) as [keyof typeof NAMES, string][];
  return fields.flatMap(([field, name]) => (known[field] === undefined ? [] : [[name, sized(known[field])] as const]));
}

/** The explanation's first line, and the others. */
export function linesOf(one: Signal): readonly [string, readonly string[]] {
  const [first = "", ...others] = (one.text || one.entryTrigger).split("\n");
  return [first, others];
}
