import { Side } from "@api/common_pb";
import { OrderType } from "@api/order_pb";
import { describe, expect, it } from "vitest";
import { type Draft, dollarsOf, isWordMissing, sentenceOf, sharesOf, type Ticket, writtenOf } from "./model";

const draft: Draft = {
  symbol: " ibm ",
  side: "buy",
  quantity: "1,000",
  type: "limit",
  limit_price: "$1,090.50",
  stop_loss_price: "85",
};

describe("a ticket", () => {
  it("is the order that the API wants, prices as the text that was typed", () => {
    expect(writtenOf(draft)).toEqual({
      order: {
        symbol: "IBM",
        side: Side.BUY,
        quantity: 1000n,
        type: OrderType.LIMIT,
        limitPrice: "1090.50",
        stopLossPrice: "85",
      },
      wrong: {},
    });
  });
  it("has no limit when it is one at the market", () => {
    const { order } = writtenOf({ ...draft, type: "market" });
    expect([order?.type, order?.limitPrice]).toEqual([OrderType.MARKET, undefined]);
  });
  it("says which field can't be read, and is no order then", () => {
    const { order, wrong } = writtenOf({
      ...draft,
      symbol: "",
      quantity: "1.5",
      limit_price: "0",
      stop_loss_price: "x",
    });
    expect(order).toBeUndefined();
    expect(Object.keys(wrong)).toEqual(["symbol", "quantity", "limit_price", "stop_loss_price"]);
  });
  it("may leave the protective stop out: risk says whether one is wanted", () => {
    expect(writtenOf({ ...draft, stop_loss_price: " " }).order).not.toHaveProperty("stopLossPrice");
  });
  it("is a sentence that says all of it", () => {
    const limit = "BUY 1,000 IBM, limit $1,090.50, stop loss $85, for the day";
    expect(sentenceOf(writtenOf(draft).order as Ticket)).toBe(limit);
    const market = writtenOf({ ...draft, side: "sell", type: "market", stop_loss_price: "" });
    expect(sentenceOf(market.order as Ticket)).toBe("SELL 1,000 IBM, market, no stop loss, for the day");
  });
});

describe("a ticket of real money", () => {
  const order = writtenOf(draft).order as Ticket;
  it("takes its symbol as a word, letter by letter", () => {
    const typed = ["", "ibm", "IBM ", "MSFT", "IBM"];
    expect(typed.map((word) => isWordMissing(order, word, true))).toEqual([true, true, true, true, false]);
  });
  it("alone does", () => expect(isWordMissing(order, "", false)).toBe(false));
});

describe("what is typed", () => {
  it.each(["0", "-1", "1e5", "", "1.", "NaN", "0x10", "44,10", "1,2345", ",100"])("%s is no price", (typed) => {
    expect(dollarsOf(typed)).toBeUndefined();
  });
  it.each(["0", "-1", "1.5", "", "1e5", "99999999999999999999", "1,5", "10,00"])(
    "%s is no number of shares",
    (typed) => {
      expect(sharesOf(typed)).toBeUndefined();
    },
  );
  it("may have its thousands parted", () => {
    expect([dollarsOf("$1,234.50"), sharesOf("12,000")]).toEqual(["1234.50", 12000n]);
  });
});
