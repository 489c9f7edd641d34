// Keys of the whole page: 1 to 8 choose a view. They do nothing while something is typed or asked.
import { VIEWS } from "@/views/registry";
import { go } from "./route";

export function listenForKeys(): void {
  addEventListener("keydown", (event) => {
    const target = event.target as Element;
    const busy = target.closest("input, textarea, select, dialog") ?? document.querySelector("dialog[open]");
    if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = VIEWS[Number(event.key) - 1];
    if (view) go(view.id);
  });
}
