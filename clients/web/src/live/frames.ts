// What arrives between two frames of the screen is taken in at once, just before the next one is drawn.

// A tab that nobody sees draws no frames, and its title must still tell.
const HIDDEN_MS = 250;

export class Frames<T> {
  private waiting: T[] = [];
  private frame = 0;
  private timer = 0;

  constructor(private readonly take: (items: T[]) => void) {}

  push(item: T): void {
    this.waiting.push(item);
    if (this.waiting.length > 1) return;
    this.frame = requestAnimationFrame(this.flush);
    this.timer = window.setTimeout(this.flush, HIDDEN_MS);
  }

  readonly flush = (): void => {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
    const items = this.waiting;
    this.waiting = [];
    if (items.length) this.take(items);
  };
}
