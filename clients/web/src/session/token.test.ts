import { beforeEach, describe, expect, it, vi } from "vitest";
import { TokenKeeper } from "./token";

beforeEach(() => {
  vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });
});

describe("a tab without a token", () => {
  it("has none when no other tab is open", async () => {
    expect(await new TokenKeeper(() => {}).search(() => {})).toBe("");
  });

  it("has that of another tab at once", async () => {
    const other = new TokenKeeper(() => {});
    other.keep("one");
    expect(await new TokenKeeper(() => {}).search(() => {})).toBe("one");
    other.forget();
  });

  it("has it late from a tab that was asleep", async () => {
    const asleep = new BroadcastChannel("fluxhero.session");
    const asked = new Promise<void>((resolve) => {
      asleep.onmessage = () => resolve();
    });
    const late = new Promise<string>((resolve) => {
      void new TokenKeeper(() => {}).search(resolve).then(async (token) => {
        expect(token).toBe("");
        await asked;
        asleep.postMessage({ token: "two" });
      });
    });
    expect(await late).toBe("two");
    asleep.close();
  });
});
