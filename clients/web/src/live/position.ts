// Where a stream stands: what is sent back to go on there, and whether a message leaves a gap.
import { StreamKind } from "@api/common_pb";
import type { WatchResponse } from "@api/stream_pb";

export interface Place {
  readonly epoch: string;
  readonly seq: bigint;
  readonly part: bigint;
}

export const placeOf = (message: WatchResponse): Place => ({
  epoch: message.epoch,
  seq: message.seq,
  part: message.part,
});

/** Something is missing between the last message and this one of the same stream. */
export const leavesGap = (last: Place | undefined, message: WatchResponse): boolean =>
  last !== undefined &&
  message.kind !== StreamKind.SNAPSHOT &&
  (message.epoch !== last.epoch || message.prevSeq !== last.seq);
