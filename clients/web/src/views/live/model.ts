// What the live view shows, as plain values.
import type { Account, EquityPoint } from "@api/account_pb";
import { type Position, ProtectionState } from "@api/position_pb";
import type { Risk, RiskCheck } from "@api/risk_pb";
import { ageMs, type Heartbeat, heartbeat, type Link } from "@/live/link";
import { gainPercent, percent } from "@/text/figures";
import { dollars, gain, type Tone, toneOf } from "@/text/money";
import { millis, span } from "@/text/times";

export interface Tile {
  readonly title: string;
  readonly value: string;
  readonly tone: Tone;
  readonly note: string;
  readonly noteTone: Tone;
  /** How much of a limit is used, 0 to 1, where there is a limit. */
  readonly used?: number;
}

/** The account's figures in large. */
export function tilesOf(account: Account | undefined, risk: Risk | undefined): Tile[] {
  const plain = { tone: "", noteTone: "dim" } as const;
  return [
    { ...plain, title: "Equity", value: dollars(account?.equity), note: `peak ${dollars(risk?.peakEquity)}` },
    {
      title: "Day P&L",
      value: gain(account?.dayPnl),
      tone: toneOf(account?.dayPnl),
      note: gainPercent(account?.dayPnlPct),
      noteTone: toneOf(account?.dayPnlPct),
      ...used(risk, "daily_loss"),
    },
    {
      ...plain,
      title: "Unrealized",
      value: gain(account?.unrealizedPnl),
      tone: toneOf(account?.unrealizedPnl),
      note: `realized today ${gain(account?.realizedPnlToday)}`,
    },
    {
      ...plain,
      title: "Drawdown",
      value: percent(risk?.drawdownPct),
      note: "below the peak",
      ...used(risk, "critical_drawdown"),
    },
    {
      ...plain,
      title: "Exposure",
      value: percent(account?.exposurePct),
      note: dollars(account?.exposure),
      ...used(risk, "exposure"),
    },
    { ...plain, title: "Buying power", value: dollars(account?.buyingPower), note: `cash ${dollars(account?.cash)}` },
  ];
}

function used(risk: Risk | undefined, code: string): { used?: number } {
  const check = risk?.usage.find((one) => one.code === code);
  const part = check && partOf(check);
  return part === undefined ? {} : { used: part };
}

/** How long a bar is, of a limit that the daemon has measured. */
export function partOf(check: RiskCheck): number | undefined {
  if (check.limit === undefined || check.actual === undefined || check.limit === 0) return undefined;
  return Math.max(check.actual / check.limit, 0);
}

/** How near a limit is. */
export const nearness = (part: number): Tone => (part >= 1 ? "bad" : part >= 0.8 ? "warn" : "accent");

export interface Pulse {
  readonly beat: Heartbeat;
  readonly tone: Tone;
  readonly text: string;
}

const BEATS: Readonly<Record<Heartbeat, Tone>> = { active: "good", delayed: "warn", offline: "bad" };

/** The daemon's heartbeat. */
export function pulseOf(link: Link, nowMs: number): Pulse {
  const beat = heartbeat(link, nowMs);
  const age = ageMs(link, nowMs);
  return {
    beat,
    // A connection that is lost is nothing good, though the last word is not old yet.
    tone: beat === "active" && link.phase !== "live" ? "warn" : BEATS[beat],
    text: age === undefined ? "nothing heard yet" : `last word ${span(age / 1000)} ago`,
  };
}

/** How long a position has been held, by the trading clock. */
export function heldFor(position: Position, asOfMs: number): string {
  const opened = millis(position.openedAt);
  return span(opened === undefined ? undefined : Math.max((asOfMs - opened) / 1000, 0));
}

/** What the curve's newest, lowest and highest points are. */
export function extremesOf(points: readonly EquityPoint[]): string {
  if (!points.length) return "";
  const sorted = [...points].sort((one, other) => Number(one.equity) - Number(other.equity));
  return `low ${dollars(sorted[0]?.equity)} · high ${dollars(sorted.at(-1)?.equity)}`;
}

/** Equity, oldest first, for a curve. */
export const curveOf = (points: readonly EquityPoint[]): number[] =>
  points.map((point) => Number(point.equity)).reverse();

const MARKS: Readonly<Partial<Record<ProtectionState, string>>> = {
  [ProtectionState.DAEMON_WATCHING]: "! ",
  [ProtectionState.UNPROTECTED]: "✗ ",
};

/** What stands before a stop for which there is no order at the broker; nothing before one for which there is. */
export const bareMark = (position: Position): string => MARKS[position.protection] ?? "";
