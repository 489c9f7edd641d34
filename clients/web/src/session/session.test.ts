import { GetStatusResponseSchema } from "@api/system_pb";
import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it, vi } from "vitest";

vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });
vi.stubGlobal("document", { visibilityState: "visible", addEventListener: () => {} });
vi.stubGlobal("location", { origin: "http://daemon" });
vi.stubGlobal("window", globalThis);
vi.stubGlobal("requestAnimationFrame", () => 0);
vi.stubGlobal("cancelAnimationFrame", () => {});
const { Session } = await import("./session");

/** A frame of grpc-web. */
const frame = (flag: number, data: Uint8Array) => {
  const head = new Uint8Array(5);
  head[0] = flag;
  new DataView(head.buffer).setUint32(1, data.length);
  return [head, data];
};
const trailer = (status: number) => frame(0x80, new TextEncoder().encode(`grpc-status: ${status}\r\n`));
const web = (...frames: Uint8Array[][]) =>
  new Response(new Blob(frames.flat() as BlobPart[]), { headers: { "content-type": "application/grpc-web+proto" } });
const welcome = () =>
  web(
    frame(0, toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema, { caller: { name: "x" } }))),
    trailer(0),
  );

describe("a session", () => {
  /** Calls but for the status are open until a test answers them. */
  const open: { method: string; token: string; signal: AbortSignal; answer(response: Response): void }[] = [];
  beforeEach(() => {
    open.length = 0;
    vi.stubGlobal("fetch", (url: string, { headers, signal }: { headers: Headers; signal: AbortSignal }) => {
      const method = url.split("/").at(-1) ?? "";
      if (method === "GetStatus") return Promise.resolve(welcome());
      return new Promise<Response>((answer, refuse) => {
        open.push({ method, token: headers.get("authorization") ?? "", signal, answer });
        signal.addEventListener("abort", () => refuse(new DOMException("", "AbortError")));
      });
    });
  });
  const streams = () => open.filter((one) => one.method === "Watch" && !one.signal.aborted).map((one) => one.token);

  it("is not ended by what is said to the token before", async () => {
    const session = new Session();
    await session.signIn("one");
    const late = session.api.risk.getRiskReport({}).catch(() => {});
    await vi.waitFor(() => expect(open.map((one) => one.method)).toContain("GetRiskReport"));
    session.signOut();
    await session.signIn("two");
    open.find((one) => one.method === "GetRiskReport")?.answer(web(trailer(16)));
    await late;
    expect([session.stage.value, session.notice.value]).toEqual(["in", ""]);
    const own = session.api.risk.getRiskReport({}).catch(() => {});
    await vi.waitFor(() => expect(open.filter((one) => one.method === "GetRiskReport")).toHaveLength(2));
    open.findLast((one) => one.method === "GetRiskReport")?.answer(web(trailer(16)));
    await own;
    expect(session.stage.value).toBe("out");
  });
  it("has one stream, though a token came from another tab meanwhile", async () => {
    const session = new Session();
    await session.signIn("one");
    await session.signIn("two");
    await vi.waitFor(() => expect(streams()).toEqual(["Bearer two"]));
    session.signOut();
    await vi.waitFor(() => expect(streams()).toEqual([]));
  });
});
