// The symbols as a filter's choices.
import { session } from "@/session/session";

/** None of them, in a word for that, or one. */
export const symbolOptions = (none: string) => [
  ["", none] as const,
  ...session.store.symbols.value.map((one) => [one, one] as const),
];
