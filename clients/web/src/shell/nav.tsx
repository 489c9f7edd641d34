// The way to each view.
import { computed } from "@preact/signals";
import { session } from "@/session/session";
import { Icon } from "@/ui/icons";
import { VIEWS } from "@/views/registry";
import { hrefOf } from "./route";

const openAlerts = computed(() => session.store.alerts.all.filter((alert) => !alert.acknowledgedAt).length);

export function Nav({ chosen }: { chosen: string }) {
  return (
    <nav class="nav" aria-label="views">
      {VIEWS.map((view, number) => (
        <a
          key={view.id}
          href={hrefOf(view.id)}
          aria-current={view.id === chosen ? "page" : undefined}
          title={view.title}
        >
          <Icon name={view.icon} />
          <span class="name">{view.title}</span>
          {view.id === "system" && openAlerts.value > 0 ? (
            <span class="badge warn" title={`${openAlerts.value} alerts that nobody has acknowledged`}>
              {openAlerts}
            </span>
          ) : (
            <span class="key" aria-hidden="true">
              {number + 1}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
