// Follows the one stream of the page: makes it again when it breaks, resumes where it was, and never ends by itself. While the
// page rests there is none.

import { type WatchRequest, WatchRequestSchema, type WatchResponse } from "@api/stream_pb";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Failure, failureOf, isDenied } from "@/api/failure";
import type { Attention } from "./attention";
import { STALE_MS } from "./link";
import { leavesGap, type Place, placeOf } from "./position";

// A person can't read faster; hundreds of prices a second then come in ten messages.
const PACE_NANOS = 100_000_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 2_000;
const MISSED = "something was missed on the way; it is fetched again";

export type Open = (request: WatchRequest, signal: AbortSignal) => AsyncIterable<WatchResponse>;

export interface Ears {
  message(message: WatchResponse): void;
  heard(): void;
  lost(failure: Failure): void;
  /** The page rests: the stream was given back. */
  rested(): void;
  /** The daemon takes this token no longer: following has ended. */
  denied(failure: Failure): void;
}

/** The request that goes on where a stream was. */
export function requestFrom(place: Place | undefined): WatchRequest {
  const resume = place && { epoch: place.epoch, fromSeq: place.seq, part: place.part };
  return create(WatchRequestSchema, { minInterval: { seconds: 0n, nanos: PACE_NANOS }, ...resume });
}

/** Follow until `ended` is aborted. */
export async function follow(open: Open, ears: Ears, ended: AbortSignal, attention: Attention): Promise<void> {
  let place: Place | undefined;
  let delayMs = FIRST_DELAY_MS;
  while (!ended.aborted) {
    await attention.awake(ended);
    if (ended.aborted) return;
    const asked = place;
    const { rest } = attention;
    try {
      for await (const message of listened(open, requestFrom(place), AbortSignal.any([ended, rest]))) {
        if (ended.aborted) return;
        if (leavesGap(place, message)) throw new ConnectError(MISSED, Code.DataLoss);
        place = placeOf(message);
        delayMs = FIRST_DELAY_MS;
        ears.heard();
        ears.message(message);
      }
      throw new ConnectError("the daemon ended the stream", Code.Unavailable);
    } catch (thrown) {
      if (ended.aborted) return;
      if (rest.aborted) {
        ears.rested();
        continue;
      }
      const failure = failureOf(thrown);
      // Resuming itself left the gap, so only a whole snapshot closes it.
      if (failure.text === MISSED && place === asked) place = undefined;
      if (isDenied(failure)) return ears.denied(failure);
      if (failure.reason && failure.code === Code.InvalidArgument) place = undefined;
      ears.lost(failure);
      // Pages that lost the same daemon must not come back all at once.
      await pause(failure.retryS * 1000 + delayMs * (0.5 + Math.random() / 2), ended);
      delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    }
  }
}

/** The messages of one stream; a silence that is too long ends it. */
async function* listened(open: Open, request: WatchRequest, ended: AbortSignal): AsyncIterable<WatchResponse> {
  const own = new AbortController();
  const stop = () => own.abort();
  ended.addEventListener("abort", stop, { once: true });
  let silent = false;
  let timer = 0;
  const rewind = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      silent = true;
      own.abort();
    }, STALE_MS);
  };
  try {
    rewind();
    for await (const message of open(request, own.signal)) {
      rewind();
      yield message;
    }
  } catch (thrown) {
    throw silent ? new ConnectError("no word from the daemon", Code.Unavailable) : thrown;
  } finally {
    clearTimeout(timer);
    ended.removeEventListener("abort", stop);
    own.abort();
  }
}

const pause = (ms: number, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    ended.addEventListener("abort", done, { once: true });
  });
