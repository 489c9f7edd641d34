// A tab that nobody sees gives its stream back: Chromium allows six connections to an origin, and each tab holds one.

/** So long may a tab be hidden and still be told everything. */
export const REST_AFTER_MS = 30_000;

type Seen = Pick<Document, "visibilityState" | "addEventListener">;

/** Whether somebody looks at this page, or has until a moment ago. */
export class Attention {
  private resting = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wakers: (() => void)[] = [];

  constructor(private readonly seen: Seen) {
    seen.addEventListener("visibilitychange", () => this.look());
    this.look();
  }

  /** Aborted once the page has been hidden for so long; another one after it was shown again. */
  get rest(): AbortSignal {
    return this.resting.signal;
  }

  /** When the page is shown; at once unless it rests. */
  awake(ended: AbortSignal): Promise<void> {
    if (!this.rest.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.wakers.push(resolve);
      ended.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  private look(): void {
    clearTimeout(this.timer);
    if (this.seen.visibilityState === "hidden") {
      this.timer = setTimeout(() => this.resting.abort(), REST_AFTER_MS);
    } else if (this.rest.aborted) {
      this.resting = new AbortController();
      for (const wake of this.wakers.splice(0)) wake();
    }
  }
}
