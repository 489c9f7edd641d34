// What the backtest view asks for and shows, as plain values.
import {
  type Backtest,
  type BacktestConfig,
  BacktestConfigSchema,
  BacktestKind,
  type BacktestMetrics,
  BacktestState,
  type GetBacktestResponse,
} from "@api/backtest_pb";
import type { TradeStatistics } from "@api/trade_pb";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { dollarsOf } from "@/actions/ticket/model";
import { figure, gainPercent, percent, whole } from "@/text/figures";
import { cents, gain, inCents, type Tone, toneOf } from "@/text/money";
import { millis, seconds, span } from "@/text/times";
import type { Word } from "@/text/words";

/** What the form holds, as it was typed. */
export interface Form {
  readonly symbols: string;
  readonly start: string;
  readonly end: string;
  readonly timeframe: string;
  readonly equity: string;
  readonly source: string;
  readonly entryOrder: string;
  readonly name: string;
}

export const TIMEFRAMES = ["", "1Min", "5Min", "15Min", "30Min", "1Hour", "1Day"] as const;

/** What is run unless somebody says otherwise: some of the daemon's symbols, from the year before on. */
export function defaultForm(symbols: readonly string[], asOfMs: number): Form {
  const year = new Date(asOfMs || Date.now()).getUTCFullYear() - 1;
  return {
    symbols: [...symbols].sort().slice(0, 4).join(" "),
    start: `${year}-01-01`,
    end: "",
    timeframe: "",
    equity: "100000",
    source: "1",
    entryOrder: "",
    name: "",
  };
}

/** The form as the daemon wants it. A day begins in New York's night: 5:00 UTC is midnight there, or 1:00. */
export function configOf(form: Form): BacktestConfig {
  const start = dayOf(form.start);
  const end = dayOf(form.end);
  return create(BacktestConfigSchema, {
    symbols: form.symbols
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    timeframe: form.timeframe,
    initialEquity: dollarsOf(form.equity) ?? form.equity.trim(),
    source: Number(form.source),
    entryOrder: form.entryOrder,
    name: form.name.trim(),
    ...(start && { startTime: start }),
    ...(end && { endTime: end }),
  });
}

const dayOf = (text: string) => (text ? timestampFromMs(Date.parse(`${text}T05:00:00Z`)) : undefined);

/** What the daemon says of a field of the request, under its name in the form. */
export function wrongOf(fields: Readonly<Record<string, string>>): Readonly<Partial<Record<keyof Form, string>>> {
  const names = Object.entries(fields).map(([field, text]) => {
    const name = field.replace(/^config\./, "").replace(/\[\d+\].*$/, "");
    return [FIELDS[name] ?? name, text];
  });
  return Object.fromEntries(names);
}

const FIELDS: Readonly<Record<string, keyof Form>> = {
  start_time: "start",
  end_time: "end",
  initial_equity: "equity",
  entry_order: "entryOrder",
};

const STATES: Readonly<Partial<Record<BacktestState, readonly [string, Tone]>>> = {
  [BacktestState.QUEUED]: ["waiting", "dim"],
  [BacktestState.RUNNING]: ["running", "accent"],
  [BacktestState.SUCCEEDED]: ["done", "good"],
  [BacktestState.FAILED]: ["failed", "bad"],
  [BacktestState.CANCELED]: ["canceled", "warn"],
};

export function stateWord(of: Backtest | undefined): Word {
  const [text, tone] = STATES[of?.progress?.state ?? BacktestState.UNSPECIFIED] ?? ["–", ""];
  return { text, tone };
}

/** It has not ended: there is more to come. */
export const goesOn = (of: Backtest | undefined): boolean =>
  of?.progress?.state === BacktestState.QUEUED || of?.progress?.state === BacktestState.RUNNING;

export const isSingle = (of: Backtest): boolean => of.kind === BacktestKind.SINGLE;

const KINDS: Readonly<Partial<Record<BacktestKind, string>>> = {
  [BacktestKind.WALK_FORWARD]: "walk-forward",
  [BacktestKind.SWEEP]: "sweep",
};

/** What a run is called: by its name, or by what it runs on. */
export function titleOf(of: Backtest): string {
  const kind = KINDS[of.kind];
  const on = of.config?.name || of.config?.symbols.join(" ") || of.id;
  return kind ? `${on}, ${kind}` : on;
}

/** How far it has come, in a line. */
export function progressOf(of: Backtest): string {
  const now = of.progress;
  if (!now) return "";
  const counted = now.total ? `${whole(now.done)} of ${whole(now.total)}` : "";
  const left = now.remaining ? `${span(seconds(now.remaining))} left` : "";
  return [counted, now.text, span(seconds(now.elapsed)), left].filter(Boolean).join(" · ");
}

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly tone: Tone;
}

const plain = (name: string, value: string, tone: Tone = ""): Figure => ({ name, value, tone });

/** Every figure of a run; what is not defined is a dash. */
export function figuresOf(of: BacktestMetrics): Figure[] {
  return [
    plain("Final equity", cents(of.finalEquity)),
    plain("Total return", gainPercent(of.totalReturnPct), toneOf(of.totalReturnPct)),
    plain("A year", gainPercent(of.annualizedReturnPct), toneOf(of.annualizedReturnPct ?? 0)),
    plain("Max drawdown", percent(of.maxDrawdownPct), "warn"),
    plain("Its length", span(seconds(of.maxDrawdownDuration))),
    plain("Volatility", percent(of.volatilityPct)),
    plain("Sharpe (4%)", figure(of.sharpeRatio)),
    plain("Sharpe (0%)", figure(of.sharpeRatioZeroRate)),
    plain("Sortino", figure(of.sortinoRatio)),
    plain("Calmar", figure(of.calmarRatio)),
    plain("Deflated Sharpe", figure(of.deflatedSharpe)),
    plain("Time in market", percent(of.timeInMarketPct, 1)),
    ...(of.trades ? tradesOf(of.trades) : []),
  ];
}

function tradesOf(of: TradeStatistics): Figure[] {
  return [
    plain("Trades", whole(of.trades)),
    plain("Win rate", percent(of.winRatePct, 1)),
    plain("Net P&L", gain(inCents(of.netPnl)), toneOf(of.netPnl)),
    plain("Profit factor", figure(of.profitFactor)),
    plain("Average win", cents(of.averageWin)),
    plain("Average loss", cents(of.averageLoss)),
    plain("Expectancy", cents(of.expectancy)),
    plain("Commission", cents(of.commission)),
  ];
}

export interface Point {
  readonly timeMs: number;
  readonly equity: string;
  readonly drawdownPct: number;
}

export function pointsOf(answer: GetBacktestResponse): Point[] {
  if (answer.result.case !== "single") return [];
  return answer.result.value.equityCurve.map((one) => ({
    timeMs: millis(one.time) ?? 0,
    equity: one.equity,
    drawdownPct: one.drawdownPct,
  }));
}

export interface Line {
  readonly passed: boolean | undefined;
  readonly text: string;
}

/** The checks on the run, and what luck and its verdict have to say. */
export function linesOf({ result }: GetBacktestResponse): Line[] {
  if (!result.value) return [];
  const luck = result.value.luck?.text;
  const said = [result.case === "walkForward" ? result.value.text : "", luck ? `Luck: ${luck}` : ""];
  const checks = result.case === "single" ? result.value.checks : [];
  return [
    ...checks.map((one) => ({ passed: one.passed, text: `${one.name.replaceAll("_", " ")}: ${one.text}` })),
    ...said.filter(Boolean).map((text) => ({ passed: undefined, text })),
  ];
}
