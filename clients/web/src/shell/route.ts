// Which view is shown: the part of the address behind `#`. It never leaves the browser, and holds no secret.
import { computed, signal } from "@preact/signals";

/** The parts of an address; of one that can't be read none. */
export function partsOf(hash: string): string[] {
  try {
    return hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

const read = () => partsOf(location.hash);
const parts = signal(read());

addEventListener("hashchange", () => {
  parts.value = read();
});

/** The view's id; empty for the first one. */
export const viewId = computed(() => parts.value[0] ?? "");
/** What follows it, such as a symbol. */
export const rest = computed<readonly string[]>(() => parts.value.slice(1));

export const hrefOf = (...to: string[]): string => `#/${to.map(encodeURIComponent).join("/")}`;

export function go(...to: string[]): void {
  location.hash = hrefOf(...to);
}
