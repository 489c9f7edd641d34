import { type Position, PositionSchema } from "@api/position_pb";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { isClosable } from "./closable";

const closable = (more: Partial<Position>) => isClosable(create(PositionSchema, more as Position));

describe("a position", () => {
  it("may be closed unless it is somebody else's or is being closed already", () => {
    expect([closable({}), closable({ foreign: true }), closable({ exitReason: "stop" })]).toEqual([true, false, false]);
  });
  it("that is being reduced may be closed", () => {
    expect(closable({ exitReason: "reduced by the operator", exitQuantity: 40n })).toBe(true);
  });
});
