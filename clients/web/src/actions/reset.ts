// What a reset of the breaker does. Its step is named: one that is sent once more, when nobody knows, takes no second step.
import { BreakerState, type Risk } from "@api/risk_pb";

export interface Reset {
  /** Unspecified: the daily loss alone. */
  readonly target: BreakerState;
  readonly text: string;
}

export function resetOf(risk: Risk | undefined): Reset {
  const daily = risk?.dailyLossReached ? " The daily loss is counted from here." : "";
  if (risk?.breaker === BreakerState.DISABLED) {
    const text = `A reset takes it to reduced: entries are taken again, smaller ones. To normal is another reset.${daily}`;
    return { target: BreakerState.REDUCED, text };
  }
  if (daily) {
    return { target: BreakerState.UNSPECIFIED, text: `A reset lets entries be taken again.${daily}` };
  }
  return { target: BreakerState.NORMAL, text: "A reset takes it to normal: entries of full size." };
}
