// Things by their key, each a signal of its own: a row that changes redraws that row, and nothing else.
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

export class Keyed<T> {
  private readonly cells = new Map<string, Signal<T | undefined>>();
  private readonly order = signal<readonly string[]>([]);
  private readonly moved = signal(0);

  /** The keys in the order in which they came; changes only when one comes or goes. */
  get keys(): ReadonlySignal<readonly string[]> {
    return this.order;
  }

  /** Grows with each change of any of them. */
  get changes(): ReadonlySignal<number> {
    return this.moved;
  }

  get size(): number {
    return this.order.value.length;
  }

  /** The thing under a key, now and as it changes. */
  one(key: string): ReadonlySignal<T | undefined> {
    return this.cell(key);
  }

  /** The thing under a key now, without being told of changes. */
  peek(key: string): T | undefined {
    return this.cells.get(key)?.peek();
  }

  /** All of them, and a subscription to every change. */
  get all(): T[] {
    this.moved.value;
    return this.order.value.map((key) => this.cells.get(key)?.peek() as T);
  }

  /** Put things in; those that were there are replaced where they stand. */
  put(entries: Iterable<readonly [string, T]>): void {
    const fresh: string[] = [];
    let any = false;
    for (const [key, value] of entries) {
      const cell = this.cell(key);
      if (cell.peek() === undefined) fresh.push(key);
      cell.value = value;
      any = true;
    }
    if (fresh.length) this.order.value = [...this.order.peek(), ...new Set(fresh)];
    if (any) this.moved.value = this.moved.peek() + 1;
  }

  /** Put things behind all that are there, in this order, and take those that were there from where they stood. */
  putLast(entries: readonly (readonly [string, T])[]): void {
    if (!entries.length) return;
    const keys = [...new Map(entries.map(([key]) => [key, 0])).keys()];
    const again = new Set(keys);
    for (const [key, value] of entries) this.cell(key).value = value;
    this.order.value = [...this.order.peek().filter((key) => !again.has(key)), ...keys];
    this.moved.value = this.moved.peek() + 1;
  }

  /** Put things that were before: in front, in this order. What is there is newer, and stays. */
  putBehind(entries: readonly (readonly [string, T])[]): void {
    const older = entries.filter(([key]) => this.peek(key) === undefined);
    if (!older.length) return;
    for (const [key, value] of older) this.cell(key).value = value;
    this.order.value = [...older.map(([key]) => key), ...this.order.peek()];
    this.moved.value = this.moved.peek() + 1;
  }

  drop(keys: Iterable<string>): void {
    const gone = new Set<string>();
    for (const key of keys) {
      const cell = this.cells.get(key);
      if (cell?.peek() === undefined) continue;
      cell.value = undefined;
      gone.add(key);
    }
    if (!gone.size) return;
    this.order.value = this.order.peek().filter((key) => !gone.has(key));
    this.moved.value = this.moved.peek() + 1;
    for (const key of gone) this.cells.delete(key);
  }

  clear(): void {
    this.drop(this.order.peek());
  }

  private cell(key: string): Signal<T | undefined> {
    let cell = this.cells.get(key);
    if (!cell) {
      cell = signal<T | undefined>(undefined);
      this.cells.set(key, cell);
    }
    return cell;
  }
}
