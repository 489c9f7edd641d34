// The page's own clock, for ages: it ticks once a second. It is the wall's: the browser's other one stands still while the
// machine sleeps, and what is an hour old would look fresh.
import { signal } from "@preact/signals";

export const nowMs = signal(Date.now());

setInterval(() => {
  nowMs.value = Date.now();
}, 1000);
