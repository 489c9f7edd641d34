import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { ErrorInfoSchema } from "@/gen/google/rpc/error_details_pb";
import { failureOf, isDenied } from "./failure";

const refused = (reason: string, code = Code.FailedPrecondition) => {
  const error = new ConnectError("words", code);
  const value = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason }));
  error.details = [{ type: "google.rpc.ErrorInfo", value }];
  return failureOf(error);
};

describe("a call that failed", () => {
  it("was refused when the daemon gives a reason", () => {
    const failure = refused("RISK_REJECTED");
    expect(failure).toMatchObject({ reason: "RISK_REJECTED", text: "words", unanswered: false, atTheDoor: false });
    expect(refused("NOT_READY", Code.Unavailable)).toMatchObject({ unanswered: false, atTheDoor: true });
    expect(isDenied(refused("TOKEN_INVALID", Code.Unauthenticated))).toBe(true);
  });
  it.each(["NOT_DURABLE", "SHUTTING_DOWN", "INTERNAL"])(
    "may have been carried out when the daemon says %s",
    (reason) => {
      expect(refused(reason, Code.Unavailable)).toMatchObject({ unanswered: true, text: "words" });
    },
  );
  it.each([
    ["nobody was reached", new TypeError("Failed to fetch"), "the daemon does not answer"],
    ["it took too long", new ConnectError("x", Code.DeadlineExceeded), "the daemon did not answer in time"],
    ["the answer was cut off", new ConnectError("missing trailer", Code.Unknown), "the daemon does not answer"],
    ["it was cut off within a frame", new ConnectError("incomplete", Code.InvalidArgument), "incomplete"],
  ])("may have been carried out when %s", (_, thrown, text) => {
    expect(failureOf(thrown)).toMatchObject({ reason: "", unanswered: true, text });
  });
  it("was not carried out when whoever stands before the daemon refuses it", () => {
    const codes = [Code.Unauthenticated, Code.PermissionDenied, Code.Unimplemented];
    expect(codes.map((code) => failureOf(new ConnectError("x", code)).unanswered)).toEqual([false, false, false]);
  });
});
