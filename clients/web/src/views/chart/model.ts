// What the chart draws, as plain values. Times are seconds, of the start of each bar.
import { Regime, Side } from "@api/common_pb";
import type { Bar, Indicators } from "@api/market_pb";
import { type Order, OrderState } from "@api/order_pb";
import type { Position } from "@api/position_pb";
import { type Signal, SignalKind } from "@api/signal_pb";
import { figure, price } from "@/text/figures";
import { money } from "@/text/money";
import { millis } from "@/text/times";
import { regimeWord } from "@/text/words";

export const KEPT = 500;

/** A bar with what the daemon made of it. */
export interface Step {
  readonly time: number;
  readonly endMs: number;
  readonly bar: Bar;
  readonly known: Indicators | undefined;
}

export interface Point {
  readonly time: number;
  readonly value?: number;
  readonly colour?: string;
}

/** The figures that are drawn as lines. */
export type LineName =
  | "kama"
  | "longAbove"
  | "shortBelow"
  | "upperBand"
  | "lowerBand"
  | "rsi"
  | "adx"
  | "plusDi"
  | "minusDi"
  | "atr";

const startOf = (bar: Bar): number => Number(bar.startTime?.seconds ?? 0n);

/** Steps of bars and their indicators, in any order; oldest first, and each time once. */
export function stepsOf(bars: readonly Bar[], indicators: readonly Indicators[]): Step[] {
  const known = new Map(indicators.map((one) => [Number(one.barStartTime?.seconds ?? 0n), one]));
  const byTime = new Map(bars.map((bar) => [startOf(bar), bar]));
  return [...byTime.entries()]
    .sort(([one], [other]) => one - other)
    .map(([time, bar]) => ({ time, endMs: millis(bar.endTime) ?? time * 1000, bar, known: known.get(time) }));
}

/** The steps with a bar that has completed since, or with more known of the last one. */
export function extended(steps: readonly Step[], bar: Bar | undefined, known: Indicators | undefined): readonly Step[] {
  const last = steps.at(-1);
  if (!bar || (last && startOf(bar) < last.time)) return steps;
  const time = startOf(bar);
  const own = Number(known?.barStartTime?.seconds ?? -1n) === time ? known : undefined;
  if (last?.time === time && (last.known || !own)) return steps;
  const step = { time, endMs: millis(bar.endTime) ?? time * 1000, bar, known: own };
  return [...steps.filter((one) => one.time < time), step].slice(-KEPT);
}

/** One figure of each step; a step without it leaves a gap. */
export const line = (steps: readonly Step[], name: LineName): Point[] =>
  steps.map(({ time, known }) => {
    const value = known?.[name];
    return value === undefined ? { time } : { time, value };
  });

export interface Mark {
  readonly time: number;
  readonly shape: "arrowUp" | "arrowDown" | "circle" | "square";
  readonly below: boolean;
  readonly tone: "up" | "down" | "dim" | "accent";
  readonly text: string;
}

/** The step in which something happened; undefined before the first one. What came after the last stands there. */
export function stepAt(steps: readonly Step[], atMs: number): Step | undefined {
  const first = steps[0];
  if (!first || atMs < first.time * 1000) return undefined;
  return steps.find((step) => atMs <= step.endMs) ?? steps.at(-1);
}

const ARROWS: Partial<Record<SignalKind, Pick<Mark, "shape" | "below" | "text">>> = {
  [SignalKind.LONG]: { shape: "arrowUp", below: true, text: "L" },
  [SignalKind.SHORT]: { shape: "arrowDown", below: false, text: "S" },
  [SignalKind.EXIT_LONG]: { shape: "arrowDown", below: false, text: "X" },
  [SignalKind.EXIT_SHORT]: { shape: "arrowUp", below: true, text: "X" },
};

/** Signals as arrows at the bar that decided them: those that were vetoed are dim. */
export function signalMarks(steps: readonly Step[], signals: readonly Signal[]): Mark[] {
  const times = new Set(steps.map((step) => step.time));
  const marks: Mark[] = [];
  for (const signal of signals) {
    const time = Number(signal.barStartTime?.seconds ?? 0n);
    const arrow = ARROWS[signal.kind];
    if (!arrow || !times.has(time)) continue;
    const ordered = signal.outcome === "ordered";
    marks.push({ time, ...arrow, tone: !ordered ? "dim" : arrow.shape === "arrowUp" ? "up" : "down" });
  }
  return marks.sort((one, other) => one.time - other.time);
}

/** Each once: what was asked for, as the stream has told of it since. */
export const newestOf = <T extends { readonly id: string }>(asked: readonly T[], told: readonly T[]): T[] => [
  ...new Map([...asked, ...told].map((one) => [one.id, one])).values(),
];

/** The states of orders that can have filled shares. */
export const MAY_HAVE_FILLED: readonly OrderState[] = [
  OrderState.PARTIALLY_FILLED,
  OrderState.CANCELING,
  OrderState.REPLACING,
  OrderState.FILLED,
  OrderState.CANCELED,
  OrderState.EXPIRED,
  OrderState.REPLACED,
];

/** Where orders were filled last. */
export function fillMarks(steps: readonly Step[], orders: readonly Order[]): Mark[] {
  const marks: Mark[] = [];
  for (const order of orders) {
    const at = millis(order.endedAt ?? order.updatedAt);
    const step = order.averageFillPrice && at !== undefined ? stepAt(steps, at) : undefined;
    if (!step) continue;
    const bought = order.side === Side.BUY;
    marks.push({
      time: step.time,
      shape: "circle",
      below: bought,
      tone: "accent",
      text: money(order.averageFillPrice),
    });
  }
  return marks.sort((one, other) => one.time - other.time);
}

export interface Level {
  readonly name: "entry" | "stop" | "target" | "watched stop";
  readonly price: number;
}

/** The levels of an open position. */
export function levelsOf(position: Position | undefined): Level[] {
  if (!position) return [];
  const prices = [
    ["entry", position.averagePrice],
    ["stop", position.stopPrice],
    ["target", position.targetPrice],
    ["watched stop", position.watchedStopPrice],
  ] as const;
  return prices.flatMap(([name, text]) => (text ? [{ name, price: Number(text) }] : []));
}

/** The figures of one bar, as the legend shows them. */
export function legendOf(step: Step): readonly (readonly [string, string])[] {
  const { bar, known } = step;
  return [
    ["O", price(bar.open)],
    ["H", price(bar.high)],
    ["L", price(bar.low)],
    ["C", price(bar.close)],
    ["KAMA", price(known?.kama)],
    ["ATR", figure(known?.atr)],
    ["RSI", figure(known?.rsi, 1)],
    ["ADX", figure(known?.adx, 1)],
    ["R²", figure(known?.rSquared)],
    ["regime", regimeWord(bar.regime).text],
  ];
}

export const REGIME_TONES: Partial<Record<Regime, "accent" | "warn" | "line-strong">> = {
  [Regime.STRONG_TREND]: "accent",
  [Regime.MEAN_REVERSION]: "warn",
  [Regime.NEUTRAL]: "line-strong",
};
