// Lists that the daemon gives in pages, newest first: the next page comes on request, another filter begins anew.
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { type Failure, failureOf } from "@/api/failure";
import { type Asked, useAsked } from "./asked";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

export interface Paged<T> {
  readonly first: Asked<Page<T>>;
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly busy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  more(): Promise<void>;
}

/** `fetch` reads its filters from signals before its first `await`: each change of them begins anew. */
export function usePaged<T>(fetch: (token: string, signal?: AbortSignal) => Promise<Page<T>>): Paged<T> {
  const later = useSignal<readonly Page<T>[]>([]);
  const busy = useSignal(false);
  const failure = useSignal<Failure | undefined>(undefined);
  const first = useAsked((signal) => fetch("", signal));
  // Pages that were read after another first page are not its next ones.
  const base = useSignal<Page<T> | undefined>(undefined);
  const current = first.value.value;
  if (base.peek() !== current) {
    base.value = current;
    later.value = [];
  }
  const pages = current ? [current, ...later.value] : [];
  const last = pages.at(-1);
  return {
    first,
    items: pages.flatMap((page) => page.items),
    hasMore: Boolean(last?.next),
    busy,
    failure,
    more: async () => {
      if (!last?.next || busy.peek()) return;
      busy.value = true;
      try {
        const page = await fetch(last.next);
        if (base.peek() === current) later.value = [...later.peek(), page];
        failure.value = undefined;
      } catch (thrown) {
        failure.value = failureOf(thrown);
      }
      busy.value = false;
    },
  };
}

/** The way to the next page. */
export function More({ of }: { of: Paged<unknown> }) {
  if (!of.hasMore) return null;
  return (
    <p class="empty">
      {of.failure.value && <span class="bad">{of.failure.value.text} </span>}
      <button type="button" class="button small" disabled={of.busy.value} onClick={() => void of.more()}>
        {of.busy.value ? "Loading …" : "Load more"}
      </button>
    </p>
  );
}
