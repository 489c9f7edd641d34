// What the system view shows, as plain values.

import type { Caller } from "@api/system_pb";
import { type Alert, AlertSeverity, type Feed, type Status } from "@api/system_pb";
import { plural, whole } from "@/text/figures";
import { NOTHING, type Tone } from "@/text/money";
import { clock, dayAndClock, seconds, span } from "@/text/times";
import type { Word } from "@/text/words";
import { accessWord, tradingWord } from "@/text/words";

type Fact = readonly [string, string];

/** The daemon in a few facts. */
export function factsOf(status: Status, caller: Caller | undefined): Fact[] {
  const age = seconds(status.uptime);
  return [
    ["State", [tradingWord(status.state).text, status.stateDetail].filter(Boolean).join(": ")],
    ["Version", status.version],
    ["Up", `${span(age)}, run ${whole(status.run)} of this journal`],
    ["Timeframe", `${status.timeframe}, ${plural(status.symbols.length, "symbol")}`],
    ["Last bar", `${dayAndClock(status.progress?.lastBarTime)} ET`],
    ["Journal", `event ${whole(status.progress?.journalSeq)}, ${whole(status.progress?.eventsQueued)} waiting`],
    [
      "Today",
      `${plural(status.counts?.signalsToday ?? 0n, "signal")}, ${plural(status.counts?.tradesToday ?? 0n, "trade")}`,
    ],
    ["Streams", plural(status.counts?.subscribers ?? 0n, "subscriber")],
    ["You", caller ? `${caller.name}, ${accessWord(caller.role).text}${endOf(caller)}` : NOTHING],
  ];
}

const endOf = (caller: Caller): string => (caller.expiresAt ? `, until ${dayAndClock(caller.expiresAt)} ET` : "");

/** How a feed is. */
export function feedWord(feed: Feed): Word {
  if (!feed.up) return { text: feed.fatal ? "down, mend it" : "down", tone: "bad" };
  return feed.stale ? { text: "stale", tone: "warn" } : { text: "up", tone: "good" };
}

/** What a feed has brought. */
export function broughtOf(feed: Feed): string {
  const counts = [
    [feed.bars, "bar"],
    [feed.quotes, "quote"],
    [feed.tradeUpdates, "update"],
  ] as const;
  const brought = counts.filter(([count]) => count > 0n).map(([count, noun]) => plural(count, noun));
  return brought.join(", ") || plural(feed.frames, "frame");
}

export const lastOf = (feed: Feed): string =>
  feed.lastMessageAt ? `${clock(feed.lastMessageAt)}, ${span(seconds(feed.age))} ago` : NOTHING;

const URGENCY: Readonly<Record<number, number>> = {
  [AlertSeverity.CRITICAL]: 0,
  [AlertSeverity.WARNING]: 1,
  [AlertSeverity.INFO]: 2,
};

/** Those that nobody has acknowledged first, most urgent first, then the newest. */
export function inOrder(alerts: readonly Alert[]): Alert[] {
  const rank = (alert: Alert) => (alert.acknowledgedAt ? 10 : 0) + (URGENCY[alert.severity] ?? 3);
  const time = (alert: Alert) => Number(alert.lastRaisedAt?.seconds ?? 0n);
  return [...alerts].sort((one, other) => rank(one) - rank(other) || time(other) - time(one));
}

export const partTone = (ready: boolean): Tone => (ready ? "good" : "warn");
