import { type Order, OrderRole, OrderSchema, OrderState, OrderType } from "@api/order_pb";
import { WatchResponseSchema } from "@api/stream_pb";
import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { Store } from "@/live/store";
import { ageOf, byOf, chaseOf, inOrder, isA, isCancelable, isReplaceable, requestOf, sizeOf } from "./model";

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
  it("that have ended have no gap: what the stream tells of from behind the last page comes with its page", () => {
    const ended = (id: number) => order(`o${id}`, { createdAt: at(id), endedAt: at(1000 + id) });
    const told = [ended(3), order("open"), ended(40), ended(41)];
    const pages = [[39, 38, 37].map(ended), [36, 35, 4, 3, 2].map(ended)] as const;
    const ids = (list: readonly Order[]) => list.map((one) => one.id);
    expect(ids(inOrder(told, pages[0], true))).toEqual(["open", "o41", "o40", "o39", "o38", "o37"]);
    const all = ["open", "o41", "o40", "o39", "o38", "o37", "o36", "o35", "o4", "o3", "o2"];
    expect(ids(inOrder(told, pages.flat(), false))).toEqual(all);
  });
  it("that the stream has told of and the page had to let go are asked for anew: no gap after a thousand", () => {
    const store = new Store();
    const daemon: Order[] = [];
    let listed: readonly Order[] = [];
    const ended = (id: number) => order(`o${id}`, { createdAt: at(id), endedAt: at(id + 1) });
    for (let id = 0; id < 300; id++) daemon.push(ended(id));
    // As usePaged does: at the first look, and whenever the store has let some go.
    store.trims.subscribe(() => {
      listed = daemon.slice(-sizeOf(100, store.orders.size)).reverse();
    });
    for (let id = 300; id < 1_000; id++) {
      daemon.push(ended(id));
      store.take([create(WatchResponseSchema, { orders: [ended(id)] })]);
    }
    const shown = inOrder(store.orders.all, listed, true).map((one) => Number(one.id.slice(1)));
    expect(shown.length).toBeGreaterThanOrEqual(500);
    expect(shown).toEqual(shown.map((_, place) => 999 - place));
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
