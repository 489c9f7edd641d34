// System: the daemon's status and parts, alerts with what to do about them, and what has happened.

import { Role } from "@api/access_pb";
import type { Alert, Feed, Part, Status } from "@api/system_pb";
import { computed, useSignal } from "@preact/signals";
import { act } from "@/actions/act";
import { session } from "@/session/session";
import { dayAndMinute } from "@/text/times";
import { severityWord } from "@/text/words";
import { Shown, useAsked } from "@/ui/asked";
import { Badge, Empty, Facts, Panel } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import { Happenings } from "@/views/live/happenings";
import type { View } from "@/views/view";
import { broughtOf, factsOf, feedWord, inOrder, lastOf, partTone } from "./model";

const { store } = session;
const OLD_ALERTS = 100;

const FEEDS: readonly Column<Feed>[] = [
  { title: "Feed", cell: (one) => <span class="symbol">{one.name}</span> },
  { title: "State", cell: (one) => <Badge word={feedWord(one)} /> },
  { title: "Last message", cell: lastOf },
  { title: "Brought", from: 1500, cell: broughtOf },
  { title: "Reconnects", right: true, from: 1500, cell: (one) => String(one.reconnects) },
  { title: "Detail", grow: true, cell: (one) => one.detail },
];
const PARTS: readonly Column<Part>[] = [
  { title: "Part", cell: (one) => <span class="symbol">{one.name.replaceAll("_", " ")}</span> },
  { title: "Ready", cell: (one) => <span class={partTone(one.ready)}>{one.ready ? "ready" : "not ready"}</span> },
  { title: "Detail", grow: true, cell: (one) => one.detail },
];

function System() {
  const status = store.status.value;
  return (
    <div class="view system-view">
      <div class="columns">
        <div class="view">
          <Alerts />
          <Happenings most={300} />
        </div>
        <div class="view">{status && <Daemon status={status} />}</div>
      </div>
    </div>
  );
}

function Daemon({ status }: { status: Status }) {
  return (
    <>
      <Panel title="Daemon" padded>
        <Facts of={factsOf(status, session.caller.value)} />
      </Panel>
      <Panel title="Feeds">
        <ListTable label="Feeds" columns={FEEDS} list={status.feeds} id={(one) => one.name} />
      </Panel>
      <Panel title="Parts">
        <ListTable label="Parts" columns={PARTS} list={status.parts} id={(one) => one.name} />
      </Panel>
      <p class="dim credits">
        Charts:{" "}
        <a href="https://www.tradingview.com/" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
        , © TradingView, Inc. Licences of all parts: <a href="./licenses.md">licenses.md</a>
      </p>
    </>
  );
}

const alerts = computed(() => inOrder(store.alerts.all));

function Alerts() {
  const asked = useAsked(async (stop) => {
    store.renewals.value;
    const { alerts } = await session.api.system.listAlerts({ pageSize: OLD_ALERTS }, { signal: stop });
    store.alerts.putBehind(alerts.reverse().map((one) => [one.id, one]));
    return alerts.length;
  });
  const open = alerts.value.filter((one) => !one.acknowledgedAt).length;
  return (
    <Panel title="Alerts" count={open} class="alerts" reads>
      <Shown asked={asked} what="older alerts">
        {() => null}
      </Shown>
      {alerts.value.length ? (
        <ul>
          {alerts.value.map((alert) => (
            <AlertItem key={alert.id} alert={alert} />
          ))}
        </ul>
      ) : (
        <Empty>No alert.</Empty>
      )}
    </Panel>
  );
}

function AlertItem({ alert }: { alert: Alert }) {
  const seen = alert.acknowledgedAt !== undefined;
  const times = alert.count > 1n ? `, ${alert.count} times` : "";
  return (
    <li class={seen ? "alert seen" : "alert"}>
      <div class="head">
        <Badge word={severityWord(alert.severity)} />
        <strong>{alert.code}</strong>
        {alert.symbol && <span class="symbol accent">{alert.symbol}</span>}
        <span class="dim">
          {dayAndMinute(alert.lastRaisedAt)}
          {times}
        </span>
        {!seen && session.may(Role.TRADE) && <Acknowledge alert={alert} />}
      </div>
      <p>{alert.text}</p>
      {!seen && alert.remedy && <p class="accent">What to do: {alert.remedy}</p>}
      {seen && (
        <p class="dim">
          seen by {alert.acknowledgedBy || "somebody"} at {dayAndMinute(alert.acknowledgedAt)}
          {alert.note && `: ${alert.note}`}
        </p>
      )}
    </li>
  );
}

function Acknowledge({ alert }: { alert: Alert }) {
  const busy = useSignal(false);
  const click = async () => {
    busy.value = true;
    await act(`${alert.code} acknowledged`, (requestId) =>
      session.api.system.acknowledgeAlert({ requestId, alertId: alert.id }),
    );
    busy.value = false;
  };
  return (
    <button
      type="button"
      class="button small"
      disabled={busy.value}
      onClick={click}
      aria-label={`acknowledge ${alert.code}`}
    >
      Acknowledge
    </button>
  );
}

export const system: View = { id: "system", title: "System", icon: "system", Screen: System };
