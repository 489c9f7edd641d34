import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorInfoSchema } from "@/gen/google/rpc/error_details_pb";

vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });
vi.stubGlobal("document", { visibilityState: "visible", addEventListener: () => {} });
const { ask, refusal } = await import("./act");
const { session } = await import("@/session/session");

const lost = new ConnectError("gone", Code.Unavailable);
const refused = (reason: string) => {
  const error = new ConnectError("words", Code.Unavailable);
  error.details = [
    { type: "google.rpc.ErrorInfo", value: toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason })) },
  ];
  return error;
};

/** Ask for something; each of the answers comes once, the last one for ever. */
async function asked(answers: readonly (Error | string)[], doubt = false, between = () => {}) {
  const ids: string[] = [];
  const call = async (id: string) => {
    const answer = answers[Math.min(ids.length, answers.length - 1)] as Error | string;
    ids.push(id);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const outcome = ask(call, doubt ? "in doubt" : undefined, doubt);
  await vi.advanceTimersByTimeAsync(100);
  between();
  await vi.runAllTimersAsync();
  return { outcome: await outcome, ids };
}

describe("a change", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => {
      vi.restoreAllMocks();
      vi.useRealTimers();
    };
  });

  it("without an answer is sent again under its own id", async () => {
    const { outcome, ids } = await asked([lost, lost, "done"]);
    expect([outcome.answer, ids.length, new Set(ids).size]).toEqual(["done", 3, 1]);
  });
  it("that is refused is not sent again", async () => {
    const { outcome, ids } = await asked([refused("RISK_REJECTED"), "done"]);
    expect([outcome.failure?.unanswered, ids.length]).toEqual([false, 1]);
  });
  it("that was taken, but is not durable, is sent again as the same one", async () => {
    const { outcome, ids } = await asked([refused("NOT_DURABLE"), "done"]);
    expect([outcome.answer, new Set(ids).size]).toEqual(["done", 1]);
  });
  it("may have been done when a daemon that starts again refuses it at the door", async () => {
    const { outcome } = await asked([lost, refused("NOT_READY")]);
    expect(outcome.failure).toMatchObject({ reason: "NOT_READY", unanswered: true });
    expect(outcome.failure && refusal(outcome.failure)).toBe(
      "words: it may or may not have been done. Look before you ask again.",
    );
    expect((await asked([refused("NOT_READY")])).outcome.failure?.unanswered).toBe(false);
    expect((await asked([refused("NOT_READY")], true)).outcome.failure?.unanswered).toBe(true);
  });
  it("is settled by a refusal of the daemon's own, whatever was not known before", async () => {
    expect((await asked([lost, refused("RISK_REJECTED")])).outcome.failure?.unanswered).toBe(false);
  });
  it("is not sent in the name of who signs in meanwhile", async () => {
    let who = {};
    vi.spyOn(session, "who", "get").mockImplementation(() => who);
    const { outcome, ids } = await asked([lost, "done"], false, () => {
      who = {};
    });
    expect([outcome.failure?.unanswered, ids.length]).toEqual([true, 1]);
  });
});
