// Which positions may be asked to be closed.
import type { Position } from "@api/position_pb";

/** Not those of others, nor one that is being closed as a whole; of one that is being reduced the rest may be. */
export const isClosable = (of: Position): boolean => !of.foreign && (!of.exitReason || of.exitQuantity > 0n);
