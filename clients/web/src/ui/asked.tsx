// What is asked for besides the stream: loading, there, or failed with a way to ask again.
import { type ReadonlySignal, signal, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { type Failure, failureOf } from "@/api/failure";
import { Loading } from "./parts";

export interface Asked<T> {
  readonly value: ReadonlySignal<T | undefined>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  readonly busy: ReadonlySignal<boolean>;
  /** Ask once more. */
  again(): void;
}

/**
 * Ask, and again whenever a signal that `ask` reads before its first `await` changes. What came last is shown meanwhile, unless
 * it was asked for something else: `about` says for what.
 */
export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>, about = () => ""): Asked<T> {
  const times = useSignal(0);
  const shown = useRef("");
  const state = useMemo(
    () => ({
      value: signal<T | undefined>(undefined),
      failure: signal<Failure | undefined>(undefined),
      busy: signal(true),
    }),
    [],
  );
  useSignalEffect(() => {
    times.value;
    const asking = new AbortController();
    state.busy.value = true;
    const wanted = about();
    if (wanted !== shown.current) state.value.value = state.failure.value = undefined;
    shown.current = wanted;
    (async () => ask(asking.signal))()
      .then((value) => {
        if (asking.signal.aborted) return;
        state.value.value = value;
        state.failure.value = undefined;
        state.busy.value = false;
      })
      .catch((thrown: unknown) => {
        if (asking.signal.aborted) return;
        state.failure.value = failureOf(thrown);
        state.busy.value = false;
      });
    return () => asking.abort();
  });
  return {
    ...state,
    again: () => {
      times.value += 1;
    },
  };
}

interface ShownProps<T> {
  asked: Asked<T>;
  what: string;
  children: (value: T) => ComponentChildren;
}

/** What was asked for, or why it is not there. */
export function Shown<T>({ asked, what, children }: ShownProps<T>) {
  const value = asked.value.value;
  const failure = asked.failure.value;
  return (
    <>
      {failure && (
        <div class="problem" role="alert">
          <p class="bad">
            {what}: {failure.text}
          </p>
          <button type="button" class="button small" onClick={asked.again}>
            Try again
          </button>
        </div>
      )}
      {value !== undefined ? children(value) : !failure && <Loading what={what} />}
    </>
  );
}
