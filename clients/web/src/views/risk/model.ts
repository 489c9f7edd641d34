// What the risk view shows, as plain values.
import { Verdict } from "@api/common_pb";
import type { Correlation, Risk, RiskCheck, RiskReport, UnprotectedSpan } from "@api/risk_pb";
import { figure, percent, whole } from "@/text/figures";
import { NOTHING, type Tone } from "@/text/money";
import { clock } from "@/text/times";
import { nearness, partOf } from "@/views/live/model";

export interface Limit {
  readonly code: string;
  readonly name: string;
  /** How much of it is used, 0 to 1 and more; undefined where that can't be said, and `text` says why. */
  readonly part: number | undefined;
  readonly tone: Tone;
  /** Says what the tone says. */
  readonly mark: string;
  readonly used: string;
  readonly left: string;
  readonly text: string;
}

const MARKS: Readonly<Partial<Record<Tone, string>>> = { bad: "✗", warn: "!", accent: "✓" };

/** Each limit with what is used of it. */
export function limitsOf(risk: Risk): Limit[] {
  return risk.usage.map((check) => {
    const part = check.verdict === Verdict.NOT_APPLICABLE ? undefined : partOf(check);
    const tone = toneOf(check, part);
    const show = unitOf(check.code);
    return {
      code: check.code,
      name: check.code.replaceAll("_", " "),
      part,
      tone,
      mark: MARKS[tone] ?? NOTHING,
      used: part === undefined ? NOTHING : `${show(check.actual)} of ${show(check.limit)}`,
      left: part === undefined ? NOTHING : show(check.headroom),
      text: check.text,
    };
  });
}

function toneOf(check: RiskCheck, part: number | undefined): Tone {
  if (check.verdict === Verdict.FAILED) return "bad";
  return part === undefined ? "dim" : nearness(part);
}

/** The unit that the daemon gives a limit in. */
function unitOf(code: string): (value: number | undefined) => string {
  if (/drawdown|loss/.test(code)) return percent;
  if (/positions$/.test(code)) return (value) => figure(value, 0);
  return (value) => (value === undefined ? NOTHING : `$${figure(value, 0)}`.replace("$−", "−$"));
}

export interface Scale {
  /** Where the drawdown is, up to the critical limit, 0 to 1. */
  readonly part: number;
  /** Where the warning limit is on it. */
  readonly warning: number;
  readonly tone: Tone;
  readonly now: string;
  readonly reduced: string;
  readonly disabled: string;
}

/** The drawdown on a scale that ends at the critical limit; undefined without one. */
export function scaleOf(risk: Risk): Scale | undefined {
  const warning = (risk.limits?.warningDrawdownBp ?? 0) / 100;
  const critical = (risk.limits?.criticalDrawdownBp ?? 0) / 100;
  if (critical <= 0) return undefined;
  const now = risk.drawdownPct;
  return {
    part: now / critical,
    warning: warning / critical,
    tone: now >= critical ? "bad" : now >= warning ? "warn" : "good",
    now: percent(now),
    reduced: `${warning}%`,
    disabled: `${critical}%`,
  };
}

export interface Cell {
  readonly text: string;
  /** |rho|, 0 to 1; of a symbol with itself none. */
  readonly strength: number | undefined;
  /** Over the limit, or not known, which counts as over it. */
  readonly over: boolean;
}

/** The correlations as a square, symbols in alphabetical order. */
export function matrixOf(pairs: readonly Correlation[], limit: number): { symbols: string[]; rows: Cell[][] } {
  const symbols = [...new Set(pairs.flatMap((one) => [one.symbol, one.otherSymbol]))].sort();
  const known = new Map(
    pairs.flatMap((one) => [
      [`${one.symbol} ${one.otherSymbol}`, one.rho],
      [`${one.otherSymbol} ${one.symbol}`, one.rho],
    ]),
  );
  const rows = symbols.map((row) =>
    symbols.map((column) => (row === column ? SAME : cellOf(known.get(`${row} ${column}`), limit))),
  );
  return { symbols, rows };
}

const SAME: Cell = { text: "1", strength: undefined, over: false };

function cellOf(rho: number | undefined, limit: number): Cell {
  if (rho === undefined) return { text: "? !", strength: 0, over: true };
  const over = Math.abs(rho) > limit;
  return { text: figure(rho) + (over ? " !" : ""), strength: Math.abs(rho), over };
}

/** What stands without a stop at the broker, in a few words. */
export function bareOf(risk: Risk): string {
  const now = `${whole(risk.unprotectedShares)} shares now ${risk.unprotectedShares ? "✗" : "✓"}`;
  return `${now}, ${figure(risk.unprotectedShareSeconds, 0)} share-seconds in this session`;
}

export const spanOf = (one: UnprotectedSpan): string =>
  `${clock(one.startTime)} to ${one.endTime ? clock(one.endTime) : "now"}`;

/** The spans of this session, the newest first. */
export const spansOf = (report: RiskReport): UnprotectedSpan[] => [...report.unprotectedSpans].reverse();
