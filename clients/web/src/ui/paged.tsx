// Lists that the daemon gives in pages, newest first: the next page comes on request, another filter begins anew.
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type Failure, failureOf } from "@/api/failure";
import { type Asked, useAsked } from "./asked";

// The daemon gives no more at once.
const MOST = 1_000;

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

export interface Ask {
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface Paged<T> {
  readonly first: Asked<Page<T>>;
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly busy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  more(): Promise<void>;
}

/**
 * `fetch` reads signals before its first `await`: each change of them asks anew, for as much as was shown. `about` are its
 * filters: others begin with the first page, and nothing of another filter is shown meanwhile.
 */
export function usePaged<T>(
  size: number,
  fetch: (page: Ask, options: { signal?: AbortSignal }) => Promise<Page<T>>,
  about?: () => string,
): Paged<T> {
  const later = useSignal<readonly Page<T>[]>([]);
  const busy = useSignal(false);
  const failure = useSignal<Failure | undefined>(undefined);
  const shown = useRef(0);
  const first: Asked<Page<T>> = useAsked((signal) => {
    const pageSize = Math.min(Math.max(size, first.value.peek() ? shown.current : 0), MOST);
    return fetch({ pageSize, pageToken: "" }, { signal });
  }, about);
  // Pages that were read after another first page are not its next ones.
  const base = useSignal<Page<T> | undefined>(undefined);
  const current = first.value.value;
  if (base.peek() !== current) {
    base.value = current;
    later.value = [];
  }
  const pages = current ? [current, ...later.value] : [];
  const items = pages.flatMap((page) => page.items);
  shown.current = items.length;
  const last = pages.at(-1);
  return {
    first,
    items,
    hasMore: Boolean(last?.next),
    busy,
    failure,
    more: async () => {
      if (!last?.next || busy.peek()) return;
      busy.value = true;
      try {
        const page = await fetch({ pageSize: size, pageToken: last.next }, {});
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
