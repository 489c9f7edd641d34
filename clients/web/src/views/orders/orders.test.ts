import { type Order, OrderRole, OrderSchema, OrderState, OrderType } from "@api/order_pb";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ageOf, byOf, chaseOf, inOrder, isA, isCancelable, isReplaceable, requestOf } from "./model";

const at = (seconds: number) => create(TimestampSchema, { seconds: BigInt(seconds) });
const order = (id: string, more: Partial<Order> = {}) => {
  const plain = { id, createdAt: at(100), role: OrderRole.ENTRY, type: OrderType.LIMIT, state: OrderState.PENDING };
  return create(OrderSchema, { ...plain, ...more } as Order);
};

describe("orders", () => {
  it("that have not ended come first; ended ones are told once, the newest first", () => {
    const told = [order("old", { endedAt: at(150) }), order("a"), order("b")];
    const listed = [order("old", { endedAt: at(150) }), order("older", { createdAt: at(50), endedAt: at(60) })];
    expect(inOrder(told, [...listed].reverse()).map((one) => one.id)).toEqual(["b", "a", "old", "older"]);
  });
  it("show how often an entry's limit has followed the market, and of others that they don't", () => {
    expect(chaseOf(order("a", { chaseCount: 2 }))).toBe("2/3");
    expect(chaseOf(order("a", { role: OrderRole.STOP }))).toBe("–");
    expect(chaseOf(order("a", { type: OrderType.MARKET }))).toBe("–");
  });
  it("are as old as they have worked", () => {
    expect(ageOf(order("a"), 165_000)).toBe("1m05s");
    expect(ageOf(order("a", { endedAt: at(130) }), 999_000)).toBe("30s");
  });
  it("say who asked for them, or what did", () => {
    const asked = [{ manual: true, requestedBy: "token:desk" }, { manual: true }, {}];
    expect(asked.map((more) => byOf(order("a", more)))).toEqual(["token:desk", "operator", "strategy"]);
  });
  it("may be canceled while they work, stops never", () => {
    expect(isCancelable(order("a"))).toBe(true);
    expect(isCancelable(order("a", { role: OrderRole.STOP }))).toBe(false);
    expect(isCancelable(order("a", { endedAt: at(130) }))).toBe(false);
    expect(isCancelable(order("a", { state: OrderState.CANCELING }))).toBe(false);
  });
  it("may be changed when an operator's limit opens risk, and works", () => {
    expect(isReplaceable(order("a", { manual: true }))).toBe(true);
    const others: Partial<Order>[] = [
      {},
      { role: OrderRole.EXIT },
      { type: OrderType.STOP },
      { state: OrderState.NEW },
    ];
    expect(others.some((more, at) => isReplaceable(order("a", { manual: at > 0, ...more })))).toBe(false);
  });
  it("are looked for by what they are, here as by the daemon", () => {
    expect(requestOf("stops").roles).toEqual([OrderRole.STOP, OrderRole.FOREIGN_STOP]);
    expect([isA(order("a"), "stops"), isA(order("a"), "entries"), isA(order("a"), "")]).toEqual([false, true, true]);
    expect(requestOf("operators")).toEqual({ roles: [], manual: true });
  });
});
