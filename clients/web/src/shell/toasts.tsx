// What actions came to.
import { useEffect } from "preact/hooks";
import { Icon } from "@/ui/icons";
import { dismiss, dismissAll, toasts } from "@/ui/toasts";

export function Toasts() {
  // Whoever signs in next is not told what somebody else did.
  useEffect(() => dismissAll, []);
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast ${one.tone}`} role={one.tone === "bad" ? "alert" : "status"}>
          <p>{one.text}</p>
          <button type="button" class="icon-button" onClick={() => dismiss(one.id)} aria-label="dismiss">
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}
