import { BreakerState, RiskSchema } from "@api/risk_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { resetOf } from "./reset";

const { UNSPECIFIED, NORMAL, REDUCED, DISABLED } = BreakerState;
const target = (breaker: BreakerState, dailyLossReached = false) =>
  resetOf(create(RiskSchema, { breaker, dailyLossReached })).target;

describe("a reset", () => {
  it("names its step, so that one which is sent twice takes one", () => {
    expect([target(DISABLED), target(REDUCED)]).toEqual([REDUCED, NORMAL]);
  });
  it("of a daily loss leaves a breaker that is reduced where it is", () => {
    expect([target(NORMAL, true), target(REDUCED, true), target(DISABLED, true)]).toEqual([
      UNSPECIFIED,
      UNSPECIFIED,
      REDUCED,
    ]);
  });
});
