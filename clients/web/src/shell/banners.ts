// What must not be overlooked, a line each.
import { BreakerState, type Risk } from "@api/risk_pb";
import { type Feed, type Status, TradingState } from "@api/system_pb";
import { ageMs, freshness, type Link } from "@/live/link";
import { span } from "@/text/times";
import { lossEndOf } from "@/text/words";

export interface Banner {
  readonly title: string;
  readonly text: string;
  readonly alarm: boolean;
}

interface Known {
  readonly link: Link;
  readonly loaded: boolean;
  readonly risk: Risk | undefined;
  readonly status: Status | undefined;
}

/** The banners of now, most urgent first. */
export function bannersOf(known: Known, nowMs: number): Banner[] {
  const risk = known.risk;
  const found = [ofLink(known.link, known.loaded, nowMs)];
  if (risk?.halted) {
    const by = risk.haltedBy ? ` by ${risk.haltedBy}` : "";
    found.push({ title: "HALTED", text: `${by.trim()}${by ? ": " : ""}${risk.haltReason}`, alarm: true });
  }
  if (risk?.breaker === BreakerState.DISABLED || risk?.breaker === BreakerState.REDUCED) {
    const disabled = risk.breaker === BreakerState.DISABLED;
    found.push({ title: `BREAKER ${disabled ? "DISABLED" : "REDUCED"}`, text: risk.breakerReason, alarm: disabled });
  }
  if (risk?.dailyLossReached) {
    const text = `everything is closed, ${lossEndOf(risk)}`;
    found.push({ title: "DAILY LOSS LIMIT REACHED", text, alarm: true });
  }
  const feeds = ofFeeds(known.status?.feeds ?? []);
  found.push(feeds, feeds ? undefined : ofState(known.status, risk));
  return found.filter((one) => one !== undefined);
}

function ofLink(link: Link, loaded: boolean, nowMs: number): Banner | undefined {
  if (link.phase === "lost") {
    const text = `${span((nowMs - link.sinceMs) / 1000)} ago: what you see is old. Reconnecting … (${link.why})`;
    return { title: "CONNECTION LOST", text, alarm: true };
  }
  if (link.phase === "live" && freshness(link, nowMs) === "stale") {
    const text = `for ${span((ageMs(link, nowMs) ?? 0) / 1000)}: what you see is old`;
    return { title: "NO WORD FROM THE DAEMON", text, alarm: true };
  }
  if (link.phase === "connecting" && !loaded && link.why) {
    return { title: "CONNECTING", text: `${link.why}; trying again …`, alarm: false };
  }
  return undefined;
}

/** What keeps entries from being taken and has no line of its own, such as account data that is old. */
function ofState(status: Status | undefined, risk: Risk | undefined): Banner | undefined {
  if (!status?.stateDetail) return undefined;
  const text = status.stateDetail;
  if (status.state === TradingState.DEGRADED) return { title: "DEGRADED", text, alarm: false };
  const blocked = status.state === TradingState.ACTIVE && risk?.breaker === BreakerState.NORMAL;
  return blocked ? { title: "NO NEW ENTRIES", text, alarm: false } : undefined;
}

function ofFeeds(feeds: readonly Feed[]): Banner | undefined {
  const bad = feeds.filter((feed) => !feed.up || feed.stale);
  if (!bad.length) return undefined;
  const text = bad.map((feed) => `${feed.name} ${feed.up ? "stale" : "down"}${feed.detail ? `: ${feed.detail}` : ""}`);
  return { title: "FEED", text: text.join("; "), alarm: bad.some((feed) => feed.fatal) };
}
