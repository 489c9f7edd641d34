import { SnapshotReason, StreamKind, Topic } from "@api/common_pb";
import { type WatchRequest, type WatchResponse, WatchResponseSchema } from "@api/stream_pb";
import { StatusSchema } from "@api/system_pb";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import type { Failure } from "@/api/failure";
import { Attention, REST_AFTER_MS } from "./attention";
import { follow } from "./follow";
import { Keyed } from "./keyed";
import { freshness, heard, heartbeat, lost, NEW_LINK, rested } from "./link";
import { leavesGap, placeOf } from "./position";
import { Store } from "./store";

const message = (seq: number, prevSeq: number, more: Partial<WatchResponse> = {}): WatchResponse =>
  create(WatchResponseSchema, {
    epoch: "e",
    seq: BigInt(seq),
    prevSeq: BigInt(prevSeq),
    kind: StreamKind.UPDATE,
    ...more,
  } as object);
const snapshot = (seq: number, topics: Topic[], more: object = {}) =>
  message(seq, 0, {
    kind: StreamKind.SNAPSHOT,
    snapshotReason: SnapshotReason.SUBSCRIBED,
    snapshotTopics: topics,
    ...more,
  } as Partial<WatchResponse>);

describe("the link", () => {
  const live = heard(NEW_LINK, 1_000);
  it("is late after 7 seconds without a word, and stale after 12", () => {
    expect([7_999, 8_000, 12_999, 13_000].map((now) => freshness(live, now))).toEqual([
      "fresh",
      "late",
      "late",
      "stale",
    ]);
  });
  it("beats until 30 seconds, is delayed until 60, then offline", () => {
    expect([31_000, 31_001, 61_000, 61_001].map((now) => heartbeat(live, now))).toEqual([
      "active",
      "delayed",
      "delayed",
      "offline",
    ]);
    expect(heartbeat(NEW_LINK, 0)).toBe("offline");
  });
  it("makes what is shown stale as soon as it is lost", () => {
    const broken = lost(live, 2_000, "gone");
    expect([broken.phase, freshness(broken, 2_000), broken.losses]).toEqual(["lost", "stale", 1]);
    expect(lost(broken, 3_000, "still").sinceMs).toBe(2_000);
    expect(heard(broken, 4_000)).toMatchObject({ phase: "live", why: "", losses: 1 });
  });
  it("that was given back while nobody looked is no loss, and what is shown is stale until a word comes", () => {
    const resting = rested(live, 2_000);
    expect([resting.phase, resting.losses, freshness(resting, 2_000)]).toEqual(["paused", 0, "stale"]);
    expect(heard(resting, 9_000)).toMatchObject({ phase: "live", losses: 0 });
  });
  it("that never was is not lost", () => {
    expect(lost(NEW_LINK, 5, "nobody answers")).toMatchObject({
      phase: "connecting",
      why: "nobody answers",
      losses: 0,
    });
  });
});

describe("a place in the stream", () => {
  it("has a gap when a message does not go on where the one before ended", () => {
    const first = placeOf(snapshot(5, []));
    expect(leavesGap(first, message(7, 5))).toBe(false);
    expect(leavesGap(first, message(7, 6))).toBe(true);
    expect(leavesGap(first, message(7, 5, { epoch: "other" }))).toBe(true);
    expect(leavesGap(first, snapshot(1, []))).toBe(false);
    expect(leavesGap(undefined, message(7, 6))).toBe(false);
  });
});

describe("things by their key", () => {
  it("stay where they stand when they change, and go behind when their change is what counts", () => {
    const held = new Keyed<number>();
    held.put([
      ["a", 1],
      ["b", 2],
      ["a", 3],
    ]);
    expect([held.keys.value, held.all]).toEqual([
      ["a", "b"],
      [3, 2],
    ]);
    held.putLast([
      ["a", 4],
      ["c", 5],
    ]);
    expect([held.keys.value, held.all]).toEqual([
      ["b", "a", "c"],
      [2, 4, 5],
    ]);
  });
  it("that were before never replace what is there", () => {
    const held = new Keyed<number>();
    held.putLast([["b", 2]]);
    held.putBehind([
      ["a", 1],
      ["b", 0],
    ]);
    expect([held.keys.value, held.all]).toEqual([
      ["a", "b"],
      [1, 2],
    ]);
  });
  it("tell only those who look at them", () => {
    const held = new Keyed<number>();
    held.put([
      ["a", 1],
      ["b", 1],
    ]);
    const seen: (number | undefined)[] = [];
    const end = held.one("a").subscribe((value) => seen.push(value));
    held.put([["b", 2]]);
    held.put([["a", 2]]);
    held.drop(["a"]);
    end();
    expect(seen).toEqual([1, 2, undefined]);
  });
});

describe("the store", () => {
  it("forgets what a snapshot holds anew, and nothing else", () => {
    const store = new Store();
    const prices = [
      { symbol: "SPY", price: 1 },
      { symbol: "IBM", price: 2 },
    ];
    store.take([
      snapshot(1, [Topic.PRICES, Topic.POSITIONS], { prices, positions: [{ symbol: "SPY", quantity: 5n }] }),
    ]);
    store.take([snapshot(2, [Topic.PRICES], { prices: [{ symbol: "SPY", price: 3 }] })]);
    expect(store.prices.keys.value).toEqual(["SPY"]);
    expect(store.positions.peek("SPY")?.quantity).toBe(5n);
    expect(store.renewals.value).toBe(2);
  });
  it("drops a position when it is closed, and says that there is a new trade", () => {
    const store = new Store();
    store.take([snapshot(1, [Topic.POSITIONS], { positions: [{ symbol: "SPY", quantity: 5n, side: 1 }] })]);
    const closed = { symbol: "SPY", quantity: 0n, realizedPnl: "-4.00" };
    store.take([message(2, 1, { positions: [closed] } as unknown as Partial<WatchResponse>)]);
    expect([store.positions.keys.value, store.traded.value]).toEqual([[], 2]);
    expect(store.happenings.value.map((entry) => entry.text)).toEqual(["closed, 5 long; realized −$4.00"]);
  });
  it("says that a trade is another one with each fill, and not with each price", () => {
    const store = new Store();
    const fills = [
      { quantity: 40n, lastPrice: "1.00" },
      { quantity: 100n, lastPrice: "1.00" },
      { quantity: 100n, lastPrice: "2.00" },
    ];
    const traded = fills.map((fill, number) => {
      store.take([message(number + 1, number, { positions: [{ symbol: "SPY", ...fill }] } as never)]);
      return store.traded.value;
    });
    expect(traded).toEqual([1, 2, 2]);
  });
  it("keeps the status that the stream told last, be it of an earlier time", () => {
    const store = new Store();
    const status = (seconds: number) => create(StatusSchema, { clock: { time: { seconds: BigInt(seconds) } } });
    const held = () => Number(store.status.value?.clock?.time?.seconds);
    store.take([snapshot(1, [], { statuses: [status(50)] })]);
    store.take([message(2, 1, { statuses: [status(60)] }), message(3, 2, {})]);
    expect(held()).toBe(60);
    store.take([snapshot(4, [], { statuses: [status(10)] })]);
    expect(held()).toBe(10);
  });
  it("asks for what is not on the stream with each connection, a resumed one too", () => {
    const store = new Store();
    store.take([snapshot(1, []), snapshot(1, [], { snapshotReason: SnapshotReason.RESUMED })]);
    expect(store.renewals.value).toBe(2);
  });
  it("tells nothing of what a snapshot holds, as it has not just happened", () => {
    const store = new Store();
    store.take([snapshot(1, [Topic.ORDERS], { orders: [{ id: "1", symbol: "SPY" }] })]);
    expect(store.happenings.value).toEqual([]);
    store.take([message(2, 1, { orders: [{ id: "1", symbol: "SPY" }] } as unknown as Partial<WatchResponse>)]);
    expect(store.happenings.value).toHaveLength(1);
  });
  it("keeps a bounded number of what has ended", () => {
    const store = new Store();
    const orders = Array.from({ length: 900 }, (_, id) => ({ id: String(id), endedAt: { seconds: 1n, nanos: 0 } }));
    store.take([message(1, 0, { orders } as unknown as Partial<WatchResponse>)]);
    expect(store.orders.keys.value).toHaveLength(500);
    expect(store.orders.keys.value.at(-1)).toBe("899");
  });
});

/** A page that can be hidden and shown. */
class Seen extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

describe("following", () => {
  const failed = (code: Code) => new ConnectError("x", code);
  /** Streams that are served one after the other; the last one goes on. */
  const run = async (...streams: (WatchResponse | ConnectError)[][]) => {
    vi.stubGlobal("window", globalThis);
    vi.useFakeTimers();
    const ended = new AbortController();
    const asked: WatchRequest[] = [];
    const got: bigint[] = [];
    const losses: Failure[] = [];
    const denials: Failure[] = [];
    async function* open(request: WatchRequest) {
      asked.push(request);
      for (const one of streams[asked.length - 1] ?? []) {
        if (one instanceof ConnectError) throw one;
        yield one;
      }
      if (asked.length >= streams.length) ended.abort();
    }
    const ears = {
      message: (one: WatchResponse) => got.push(one.seq),
      heard: () => {},
      rested: () => {},
      lost: (failure: Failure) => losses.push(failure),
      denied: (failure: Failure) => denials.push(failure),
    };
    const following = follow(open, ears, ended.signal, new Attention(new Seen()));
    await vi.runAllTimersAsync();
    await following;
    vi.useRealTimers();
    return { asked, got, losses, denials };
  };
  it("resumes after what came last", async () => {
    const { asked, got } = await run([snapshot(5, []), message(7, 5, { part: 2n })], [message(8, 7)]);
    expect(asked.map((one) => [one.epoch, one.fromSeq, one.part])).toEqual([
      ["", undefined, 0n],
      ["e", 7n, 2n],
    ]);
    expect(got).toEqual([5n, 7n, 8n]);
  });
  it("takes no message behind a gap, and asks for what is missing", async () => {
    const { asked, got, losses } = await run([snapshot(5, []), message(9, 7)], [message(7, 5)]);
    expect([asked[1]?.fromSeq, got]).toEqual([5n, [5n, 7n]]);
    expect(losses[0]?.text).toBe("something was missed on the way; it is fetched again");
  });
  it("begins anew when resuming itself leaves a gap", async () => {
    const { asked } = await run([snapshot(5, [])], [message(9, 7)], [snapshot(9, [])]);
    expect(asked.map((one) => one.fromSeq)).toEqual([undefined, 5n, undefined]);
  });
  it("ends when the token is taken no longer", async () => {
    const { asked, losses, denials } = await run([snapshot(5, []), failed(Code.Unauthenticated)], []);
    expect([asked.length, losses.length, denials.length]).toEqual([1, 0, 1]);
  });
  it("opens none for somebody who signs out while the page rests", async () => {
    vi.stubGlobal("window", globalThis);
    vi.useFakeTimers();
    const seen = new Seen();
    const ended = new AbortController();
    let opened = 0;
    async function* watch(_: WatchRequest, signal: AbortSignal) {
      opened += 1;
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        yield message(5, 5);
      }
    }
    const heard: bigint[] = [];
    const ears = {
      message: (one: WatchResponse) => heard.push(one.seq),
      heard: () => {},
      rested: () => {},
      lost: () => {},
      denied: () => {},
    };
    const following = follow(watch, ears, ended.signal, new Attention(seen));
    seen.turn("hidden");
    await vi.advanceTimersByTimeAsync(REST_AFTER_MS + 2_000);
    const before = heard.length;
    ended.abort();
    await vi.advanceTimersByTimeAsync(60_000);
    await following;
    expect([opened, heard.length - before]).toEqual([1, 0]);
    vi.useRealTimers();
  });
  it("gives the stream back when the page was hidden for long, and resumes when it is shown", async () => {
    vi.stubGlobal("window", globalThis);
    vi.useFakeTimers();
    const seen = new Seen();
    const ended = new AbortController();
    const asked: WatchRequest[] = [];
    let [rests, losses, open] = [0, 0, 0];
    async function* watch(request: WatchRequest, signal: AbortSignal) {
      asked.push(request);
      open += 1;
      yield request.fromSeq === undefined ? snapshot(5, []) : message(6, 5);
      // The daemon's heartbeats, until the page has enough of them.
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        if (!signal.aborted) yield request.fromSeq === undefined ? message(5, 5) : message(6, 6);
      }
      open -= 1;
      throw new ConnectError("aborted", Code.Canceled);
    }
    const ears = {
      message: () => {},
      heard: () => {},
      denied: () => {},
      rested: () => {
        rests += 1;
      },
      lost: () => {
        losses += 1;
      },
    };
    const following = follow(watch, ears, ended.signal, new Attention(seen));
    seen.turn("hidden");
    await vi.advanceTimersByTimeAsync(REST_AFTER_MS - 2_000);
    seen.turn("visible");
    seen.turn("hidden");
    await vi.advanceTimersByTimeAsync(REST_AFTER_MS - 2_000);
    expect([asked.length, open, rests]).toEqual([1, 1, 0]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect([asked.length, open, rests]).toEqual([1, 0, 1]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked.length).toBe(1);
    seen.turn("visible");
    await vi.advanceTimersByTimeAsync(3_000);
    expect([asked.length, open, rests, losses]).toEqual([2, 1, 1, 0]);
    expect(asked[1]).toMatchObject({ epoch: "e", fromSeq: 5n });
    ended.abort();
    await vi.advanceTimersByTimeAsync(3_000);
    await following;
    vi.useRealTimers();
  });
});
