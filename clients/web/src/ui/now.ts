// The page's own clock, for ages: it ticks once a second.
import { signal } from "@preact/signals";

export const nowMs = signal(performance.now());

setInterval(() => {
  nowMs.value = performance.now();
}, 1000);
