// What stops trading, at hand on every view. (Its dialogs: actions/.)
import { Role } from "@api/access_pb";
import { session } from "@/session/session";

export function Safety() {
  if (!session.may(Role.TRADE)) return null;
  return null;
}
