// Times of the exchange: New York's, whatever the browser's own zone is.
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { NOTHING } from "./money";

export const ZONE = "America/New_York";

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, hourCycle: "h23", ...options });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = format({ hour: "2-digit", minute: "2-digit" });
const DAY = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const SHORT_DAY = format({ month: "short", day: "2-digit" });

/** Milliseconds since 1970; undefined when it was never set. */
export function millis(stamp: Timestamp | undefined): number | undefined {
  return stamp && Number(stamp.seconds) * 1000 + Math.floor(stamp.nanos / 1e6);
}

/** Seconds of a span. */
export function seconds(span: Duration | undefined): number | undefined {
  return span && Number(span.seconds) + span.nanos / 1e9;
}

const shown = (stamp: Timestamp | undefined, text: (date: Date) => string): string => {
  const time = millis(stamp);
  return time === undefined ? NOTHING : text(new Date(time));
};

const short = (date: Date): string => `${SHORT_DAY.format(date).replace(".", "")} ${MINUTE.format(date)}`;

/** `15:59:58`. */
export const clock = (stamp: Timestamp | undefined): string => shown(stamp, (date) => CLOCK.format(date));
/** `15:59`. */
export const minute = (stamp: Timestamp | undefined): string => shown(stamp, (date) => MINUTE.format(date));
/** `2008-01-14`. */
export const day = (stamp: Timestamp | undefined): string => shown(stamp, (date) => DAY.format(date));
/** `Jan 14 15:59`. */
export const dayAndMinute = (stamp: Timestamp | undefined): string => shown(stamp, short);
/** `2008-01-14 15:59`: of lists that reach over years. */
export const dateAndMinute = (stamp: Timestamp | undefined): string =>
  shown(stamp, (date) => `${DAY.format(date)} ${MINUTE.format(date)}`);
/** `2008-01-14 15:59:58`. */
export const dayAndClock = (stamp: Timestamp | undefined): string =>
  shown(stamp, (date) => `${DAY.format(date)} ${CLOCK.format(date)}`);

/** `15:59:58` of the day of `nowMs`, `Jan 14 15:59` of another one; milliseconds, 0 for a time that is not known. */
export function clockOrDay(timeMs: number, nowMs: number): string {
  if (!timeMs) return NOTHING;
  const [date, now] = [new Date(timeMs), new Date(nowMs)];
  return DAY.format(date) === DAY.format(now) ? CLOCK.format(date) : short(date);
}

/** `0.4s`, `12s`, `3m05s`, `2h10m`, `4d03h`: like the terminal. */
export function span(length: number | undefined): string {
  if (length === undefined || !Number.isFinite(length)) return NOTHING;
  if (length < 10) return `${Math.max(length, 0).toFixed(1)}s`;
  const total = Math.floor(length);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (total < 60) return `${total}s`;
  if (total < 3600) return `${Math.floor(total / 60)}m${two(total % 60)}s`;
  if (total < 86400) return `${Math.floor(total / 3600)}h${two((total % 3600) / 60)}m`;
  return `${Math.floor(total / 86400)}d${two((total % 86400) / 3600)}h`;
}
