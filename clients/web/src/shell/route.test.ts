import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("location", { hash: "#/orders/a%2Fb" });
vi.stubGlobal("addEventListener", () => {});
const { hrefOf, partsOf, rest, viewId } = await import("./route");

describe("an address", () => {
  it("names a view and what is chosen in it", () => {
    expect([viewId.value, rest.value]).toEqual(["orders", ["a/b"]]);
    expect(partsOf(hrefOf("chart", "BRK/B"))).toEqual(["chart", "BRK/B"]);
  });
  it("that can't be read leads to the first view, and breaks nothing", () => {
    expect([partsOf("#/orders/100%"), partsOf("#"), partsOf("")]).toEqual([[], [], []]);
  });
});
