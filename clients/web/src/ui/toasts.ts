// What an action came to, told in a corner for a while.
import { signal } from "@preact/signals";
import type { Tone } from "@/text/money";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

const GOOD_MS = 6_000;
const BAD_MS = 20_000;
let last = 0;

export const toasts = signal<readonly Toast[]>([]);

export function toast(text: string, tone: Tone = "good"): void {
  last += 1;
  const id = last;
  toasts.value = [...toasts.peek().slice(-3), { id, text, tone }];
  setTimeout(() => dismiss(id), tone === "bad" ? BAD_MS : GOOD_MS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((one) => one.id !== id);
}

export function dismissAll(): void {
  toasts.value = [];
}
