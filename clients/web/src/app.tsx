import { session } from "@/session/session";
import { Gate } from "@/shell/gate";
import { Shell } from "@/shell/shell";
import { Loading } from "@/ui/parts";

export function App() {
  const stage = session.stage.value;
  if (stage === "in") return <Shell />;
  return stage === "out" ? <Gate /> : <Loading what="the dashboard" />;
}
