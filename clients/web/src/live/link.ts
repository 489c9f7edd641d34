// How things stand with the daemon, and how old is what is shown. Times are milliseconds of the page's own clock.

// The daemon says something at least every five seconds.
export const LATE_MS = 7_000;
export const STALE_MS = 12_000;
export const DELAYED_MS = 30_000;
export const OFFLINE_MS = 60_000;

export type Phase = "connecting" | "live" | "lost" | "paused";
export type Freshness = "fresh" | "late" | "stale";
export type Heartbeat = "active" | "delayed" | "offline";

export interface Link {
  readonly phase: Phase;
  readonly sinceMs: number;
  readonly heardMs: number | undefined;
  readonly why: string;
  readonly losses: number;
}

export const NEW_LINK: Link = { phase: "connecting", sinceMs: 0, heardMs: undefined, why: "", losses: 0 };

/** The daemon has said something, and be it only that nothing has changed. */
export function heard(link: Link, nowMs: number): Link {
  if (link.phase === "live") return { ...link, heardMs: nowMs };
  return { ...link, phase: "live", sinceMs: nowMs, heardMs: nowMs, why: "" };
}

/** The stream broke; it is being made again. */
export function lost(link: Link, nowMs: number, why: string): Link {
  if (link.phase === "lost") return { ...link, why };
  if (link.heardMs === undefined) return { ...link, phase: "connecting", why };
  return { ...link, phase: "lost", sinceMs: nowMs, why, losses: link.losses + 1 };
}

/** Nobody looks, and the stream was given back. */
export const rested = (link: Link, nowMs: number): Link => ({ ...link, phase: "paused", sinceMs: nowMs, why: "" });

/** Milliseconds since the daemon last said that what is shown holds; undefined before it ever did. */
export const ageMs = (link: Link, nowMs: number): number | undefined =>
  link.heardMs === undefined ? undefined : Math.max(nowMs - link.heardMs, 0);

/** How far what is shown can be trusted. */
export function freshness(link: Link, nowMs: number): Freshness {
  const age = ageMs(link, nowMs);
  if (age === undefined || link.phase !== "live" || age >= STALE_MS) return "stale";
  return age >= LATE_MS ? "late" : "fresh";
}

/** The daemon's sign of life: delayed after 30 seconds without one, offline after 60. */
export function heartbeat(link: Link, nowMs: number): Heartbeat {
  const age = ageMs(link, nowMs);
  if (age === undefined || age > OFFLINE_MS) return "offline";
  return age > DELAYED_MS ? "delayed" : "active";
}
