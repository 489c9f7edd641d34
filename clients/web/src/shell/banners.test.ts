import { BreakerState, RiskSchema } from "@api/risk_pb";
import { StatusSchema, TradingState } from "@api/system_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { heard, lost, NEW_LINK } from "@/live/link";
import { bannersOf } from "./banners";

const live = heard(NEW_LINK, 0);
const known = { link: live, loaded: true, risk: undefined, status: undefined };
const titles = (more: object, now = 1_000) => bannersOf({ ...known, ...more }, now).map((one) => one.title);

describe("banners", () => {
  it("are none while all is well", () => {
    expect(titles({ risk: create(RiskSchema, { breaker: BreakerState.NORMAL }) })).toEqual([]);
  });
  it("say that the connection is lost, for how long and why", () => {
    const [banner] = bannersOf({ ...known, link: lost(live, 1_000, "gone") }, 4_000);
    expect(banner).toMatchObject({ title: "CONNECTION LOST", alarm: true });
    expect(banner?.text).toContain("3.0s ago");
    expect(banner?.text).toContain("gone");
  });
  it("say that the daemon is silent though the connection stands", () => {
    expect(titles({}, 11_999)).toEqual([]);
    expect(titles({}, 12_000)).toEqual(["NO WORD FROM THE DAEMON"]);
  });
  it("say all that stops trading", () => {
    const risk = create(RiskSchema, {
      halted: true,
      haltedBy: "unix",
      haltReason: "lunch",
      breaker: BreakerState.DISABLED,
      dailyLossReached: true,
    });
    expect(titles({ risk })).toEqual(["HALTED", "BREAKER DISABLED", "DAILY LOSS LIMIT REACHED"]);
    expect(bannersOf({ ...known, risk }, 0)[0]?.text).toBe("by unix: lunch");
  });
  it("say when a daily loss ends", () => {
    const texts = ["operator", "next_session"].map((dailyLossResumes) => {
      const risk = create(RiskSchema, { dailyLossReached: true, limits: { dailyLossResumes } });
      return bannersOf({ ...known, risk }, 0)[0]?.text;
    });
    expect(texts).toEqual([
      "everything is closed, no entries until it is reset",
      "everything is closed, no entries until the next session, or a reset",
    ]);
  });
  it("say what else keeps entries from being taken, unless a line does already", () => {
    const risk = create(RiskSchema, { breaker: BreakerState.NORMAL });
    const blocked = { state: TradingState.ACTIVE, stateDetail: "the account data is 40 s old" };
    const feeds = [{ name: "market", up: false }];
    expect(titles({ risk, status: create(StatusSchema, blocked) })).toEqual(["NO NEW ENTRIES"]);
    expect(titles({ risk, status: create(StatusSchema, { ...blocked, feeds }) })).toEqual(["FEED"]);
    expect(titles({ risk, status: create(StatusSchema, { state: TradingState.ACTIVE }) })).toEqual([]);
    const reduced = create(RiskSchema, { breaker: BreakerState.REDUCED });
    expect(titles({ risk: reduced, status: create(StatusSchema, blocked) })).toEqual(["BREAKER REDUCED"]);
  });
  it("name feeds that are down or stale, and alarm where only an operator can mend them", () => {
    const feeds = [
      { name: "market", up: true, stale: true },
      { name: "trading", up: false, detail: "refused", fatal: true },
      { name: "rest", up: true },
    ];
    const [banner] = bannersOf({ ...known, status: create(StatusSchema, { feeds }) }, 0);
    expect(banner).toEqual({ title: "FEED", text: "market stale; trading down: refused", alarm: true });
  });
});
