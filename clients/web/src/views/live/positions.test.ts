import { PositionSchema, ProtectionState } from "@api/position_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { bareMark, heldFor } from "./model";

const { BROKER_STOP, DAEMON_WATCHING, UNPROTECTED } = ProtectionState;

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
