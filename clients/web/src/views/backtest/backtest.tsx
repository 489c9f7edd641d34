// Backtest: a form, the run that was started or chosen, and the runs before. `#/backtest/ID` is a run.
import { Role } from "@api/access_pb";
import type { Backtest as Run } from "@api/backtest_pb";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { session } from "@/session/session";
import { go, rest } from "@/shell/route";
import { gainPercent } from "@/text/figures";
import { toneOf } from "@/text/money";
import { dayAndMinute, millis } from "@/text/times";
import { Shown } from "@/ui/asked";
import { More, usePaged } from "@/ui/paged";
import { Empty, Panel, Toned } from "@/ui/parts";
import { type Column, ListTable } from "@/ui/table";
import type { View } from "@/views/view";
import { BacktestForm } from "./form";
import { goesOn, stateWord, titleOf } from "./model";
import { Result } from "./result";

const { store } = session;
const PAGE = 25;
const LOOK_EVERY_MS = 1_000;

const RUNS: readonly Column<Run>[] = [
  { title: "Run", cell: (one) => titleOf(one), grow: true },
  { title: "State", cell: (one) => <Toned word={stateWord(one)} /> },
  {
    title: "Return",
    right: true,
    cell: (one) => (
      <span class={toneOf(one.metrics?.totalReturnPct ?? 0)}>{gainPercent(one.metrics?.totalReturnPct)}</span>
    ),
    sort: (one) => one.metrics?.totalReturnPct ?? Number.NEGATIVE_INFINITY,
  },
  {
    title: "Asked for",
    right: true,
    cell: (one) => dayAndMinute(one.createdAt),
    sort: (one) => millis(one.createdAt) ?? 0,
  },
];

function Backtest() {
  const id = rest.value[0] ?? "";
  const times = useSignal(0);
  const runs = usePaged<Run>(PAGE, async (page, options) => {
    store.renewals.value;
    times.value;
    const answer = await session.api.backtest.listBacktests(page, options);
    return { items: answer.backtests, next: answer.nextPageToken };
  });
  const again = () => {
    times.value += 1;
  };
  const waits = runs.items.some(goesOn);
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => runs.first.busy.peek() || again(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [waits]);
  const begun = (started: string) => {
    again();
    go("backtest", started);
  };
  return (
    <div class="view backtest-view">
      <div class="columns">
        <div class="view">
          {session.may(Role.TRADE) && <BacktestForm begun={begun} />}
          <Panel title="Runs, newest first" class="runs">
            <Shown asked={runs.first} what="the earlier runs">
              {() =>
                runs.items.length ? (
                  <ListTable
                    label="Runs"
                    columns={RUNS}
                    list={runs.items}
                    id={(one) => one.id}
                    open={(one) => go("backtest", one)}
                    selected={id}
                  />
                ) : (
                  <Empty>None yet.</Empty>
                )
              }
            </Shown>
            <More of={runs} />
          </Panel>
        </div>
        <div class="view">
          {id ? (
            <Result key={id} id={id} ended={again} />
          ) : (
            <Panel title="Result">
              <Empty>Run a backtest, or choose one that ran before.</Empty>
            </Panel>
          )}
        </div>
      </div>
    </div>
  );
}

export const backtest: View = { id: "backtest", title: "Backtest", icon: "backtest", Screen: Backtest };
