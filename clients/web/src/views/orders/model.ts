// What the orders view shows, as plain values.
import { type Order, OrderRole, OrderState, OrderType } from "@api/order_pb";
import { whole } from "@/text/figures";
import { money, NOTHING } from "@/text/money";
import { millis, span } from "@/text/times";

const MOST_CHASES = 3;
// The daemon gives no more at once.
const MOST_LISTED = 1_000;

/**
 * Orders that have not ended, the newest change first; then those that have, of the stream and of the pages. While there
 * are `more` pages, those that the stream tells of from behind the last one come with them: between them are others.
 */
export function inOrder(told: readonly Order[], listed: readonly Order[], more = false): Order[] {
  const newest = [...told].reverse();
  const known = new Set(newest.map((one) => one.id));
  const time = (one: Order) => millis(one.createdAt) ?? 0;
  const last = listed.at(-1);
  const from = more && last ? time(last) : 0;
  const over = newest.filter((one) => one.endedAt && time(one) >= from);
  const ended = [...over, ...listed.filter((one) => !known.has(one.id))];
  return [...newest.filter((one) => !one.endedAt), ...ended.sort((one, other) => time(other) - time(one))];
}

/** A first page that reaches as far as what the stream has told of, so that a list does not shrink when it is asked anew. */
export const sizeOf = (asked: number, told: number): number => Math.min(Math.max(asked, told), MOST_LISTED);

export type What = "" | "entries" | "exits" | "stops" | "operators";

export const WHATS: readonly (readonly [What, string])[] = [
  ["", "All orders"],
  ["entries", "Entries"],
  ["exits", "Exits"],
  ["stops", "Stops"],
  ["operators", "Operators'"],
];
const ROLES: Readonly<Record<What, readonly OrderRole[]>> = {
  "": [],
  entries: [OrderRole.ENTRY],
  exits: [OrderRole.EXIT],
  stops: [OrderRole.STOP, OrderRole.FOREIGN_STOP],
  operators: [],
};

/** The same as the API wants it. */
export const requestOf = (what: What) => ({
  roles: [...ROLES[what]],
  ...(what === "operators" ? { manual: true } : {}),
});

/** Is an order among those that are looked for? */
export const isA = (one: Order, what: What): boolean =>
  what === "operators" ? one.manual : !what || ROLES[what].includes(one.role);

/** The price that it waits for. */
export const priceOf = (one: Order): string => money(one.limitPrice ?? one.stopPrice);

export const filledOf = (one: Order): string => `${whole(one.filledQuantity)}/${whole(one.quantity)}`;

/** How often its limit has followed the market, of so many times. */
export function chaseOf(one: Order): string {
  const follows = one.type === OrderType.LIMIT && one.role === OrderRole.ENTRY;
  return follows ? `${one.chaseCount}/${MOST_CHASES}` : NOTHING;
}

/** How long it has worked, or did. */
export function ageOf(one: Order, asOfMs: number): string {
  const from = millis(one.createdAt);
  return span(from === undefined ? undefined : Math.max(((millis(one.endedAt) ?? asOfMs) - from) / 1000, 0));
}

export const byOf = (one: Order): string => one.requestedBy || (one.manual ? "operator" : "strategy");

/** Why it is as it is, or what happened to it last. */
export const whyOf = (one: Order): string => one.reason || one.lastEvent.replaceAll("_", " ");

/** May it be asked to end? A stop may not: it guards a position. */
export const isCancelable = (one: Order): boolean =>
  !one.endedAt &&
  one.state !== OrderState.CANCELING &&
  one.role !== OrderRole.STOP &&
  one.role !== OrderRole.FOREIGN_STOP;

/** May it be changed? The daemon changes limit orders of operators that open risk, while they work. */
export const isReplaceable = (one: Order): boolean =>
  one.manual &&
  one.role === OrderRole.ENTRY &&
  one.type === OrderType.LIMIT &&
  (one.state === OrderState.PENDING || one.state === OrderState.PARTIALLY_FILLED);
