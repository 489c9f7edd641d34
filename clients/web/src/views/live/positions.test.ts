import { PositionSchema, ProtectionState } from "@api/position_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { heard, lost, NEW_LINK } from "@/live/link";
import { bareMark, heldFor, pulseOf } from "./model";

const { BROKER_STOP, DAEMON_WATCHING, UNPROTECTED } = ProtectionState;

describe("the heartbeat", () => {
  it("is not shown as good while the connection is lost", () => {
    const live = heard(NEW_LINK, 1_000);
    const lately = [live, lost(live, 2_000, "gone")].map((link) => pulseOf(link, 3_000));
    expect(lately.map(({ beat, tone }) => [beat, tone])).toEqual([
      ["active", "good"],
      ["active", "warn"],
    ]);
    expect(pulseOf(live, 62_000)).toMatchObject({ beat: "offline", tone: "bad" });
  });
});

describe("a position", () => {
  it("has a mark at its stop where no order at the broker stands for it", () => {
    const marks = [BROKER_STOP, DAEMON_WATCHING, UNPROTECTED].map((protection) =>
      bareMark(create(PositionSchema, { protection })),
    );
    expect(marks).toEqual(["", "! ", "✗ "]);
  });
  it("is held by the trading clock, and never for less than nothing", () => {
    const position = create(PositionSchema, { openedAt: { seconds: 100n } });
    expect([heldFor(position, 165_000), heldFor(position, 50_000)]).toEqual(["1m05s", "0.0s"]);
    expect(heldFor(create(PositionSchema), 1_000)).toBe("–");
  });
});
