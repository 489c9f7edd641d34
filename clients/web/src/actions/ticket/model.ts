// What is written on the ticket, as the API wants it; a sentence where it can't be. Operators open risk with limit and
// market orders, for the day: the daemon takes no others.
import { Side } from "@api/common_pb";
import { OrderType } from "@api/order_pb";
import { whole } from "@/text/figures";
import { dollars } from "@/text/money";

export type Name = "symbol" | "quantity" | "limit_price" | "stop_loss_price";

/** The fields as they stand, by the names that the daemon has for them. */
export interface Draft extends Readonly<Record<Name, string>> {
  readonly side: "buy" | "sell";
  readonly type: "limit" | "market";
}

export interface Ticket {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: bigint;
  readonly type: OrderType;
  readonly limitPrice?: string;
  readonly stopLossPrice?: string;
}

export interface Written {
  /** Unset while something is wrong. */
  readonly order?: Ticket;
  readonly wrong: Readonly<Partial<Record<Name, string>>>;
}

/** Without the commas that part thousands; any other comma stays, and is wrong: 44,10 is not 4410. */
const ungrouped = (text: string): string => (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(",", "") : text);

/** A price as decimal text; undefined when it is none above 0. */
export function dollarsOf(typed: string): string | undefined {
  const text = ungrouped(typed.trim().replace(/^\$/, ""));
  return /^\d+(\.\d+)?$/.test(text) && /[1-9]/.test(text) ? text : undefined;
}

/** Shares; undefined when it is no positive whole number. */
export function sharesOf(typed: string): bigint | undefined {
  const text = ungrouped(typed.trim());
  return /^\d{1,18}$/.test(text) && /[1-9]/.test(text) ? BigInt(text) : undefined;
}

/** The order that a draft is, or what is missing. A protective stop may be missing: risk says whether one is wanted. */
export function writtenOf(draft: Draft): Written {
  const symbol = draft.symbol.trim().toUpperCase();
  const quantity = sharesOf(draft.quantity);
  const limitPrice = dollarsOf(draft.limit_price);
  const stopLossPrice = dollarsOf(draft.stop_loss_price);
  const price = "a price above 0 is wanted";
  const wrong: Partial<Record<Name, string>> = {};
  if (!symbol) wrong.symbol = "a symbol is wanted";
  if (!quantity) wrong.quantity = "a whole number of shares is wanted";
  if (draft.type === "limit" && !limitPrice) wrong.limit_price = price;
  if (draft.stop_loss_price.trim() && !stopLossPrice) wrong.stop_loss_price = price;
  if (!quantity || Object.keys(wrong).length) return { wrong };
  const order = {
    symbol,
    side: draft.side === "buy" ? Side.BUY : Side.SELL,
    quantity,
    type: draft.type === "limit" ? OrderType.LIMIT : OrderType.MARKET,
    ...(draft.type === "limit" && limitPrice ? { limitPrice } : {}),
    ...(stopLossPrice ? { stopLossPrice } : {}),
  };
  return { order, wrong };
}

/** With real money the symbol is typed once more. Is it still missing? */
export const isWordMissing = (order: Ticket, typed: string, realMoney: boolean): boolean =>
  realMoney && typed !== order.symbol;

/** An order in words, as it is sent. */
export function sentenceOf(order: Ticket): string {
  const side = order.side === Side.BUY ? "BUY" : "SELL";
  const priced = order.limitPrice ? `limit ${dollars(order.limitPrice)}` : "market";
  const guard = order.stopLossPrice ? `stop loss ${dollars(order.stopLossPrice)}` : "no stop loss";
  return `${side} ${whole(order.quantity)} ${order.symbol}, ${priced}, ${guard}, for the day`;
}
