// What stops trading, at hand on every view.
import { Role } from "@api/access_pb";
import { askToFlatten, askToHalt, askToResume } from "@/actions/safety";
import { session } from "@/session/session";

const { store } = session;

export function Safety() {
  const halted = store.risk.value?.halted ?? false;
  if (!session.may(Role.TRADE)) return null;
  return (
    <span class="fact">
      {halted && session.may(Role.ADMIN) && (
        <button type="button" class="button" onClick={askToResume}>
          Resume
        </button>
      )}
      {!halted && (
        <button type="button" class="button danger" onClick={askToHalt}>
          Halt
        </button>
      )}
      <button type="button" class="button danger" onClick={askToFlatten}>
        Flatten
      </button>
    </span>
  );
}
