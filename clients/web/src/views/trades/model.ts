// What the trades view shows, as plain values.
import type { StrategyMode } from "@api/common_pb";
import { type GetStatisticsResponse, type Trade, TradeState, type TradeStatistics } from "@api/trade_pb";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { figure, percent, whole } from "@/text/figures";
import { cents, dollars, gain, inCents, type Tone, toneOf } from "@/text/money";
import { millis, seconds, span, ZONE } from "@/text/times";
import { regimeWord, strategyWord } from "@/text/words";
import type { Ask, Page } from "@/ui/paged";

const HOUR = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, hour: "2-digit", hourCycle: "h23" });
const DAY_MS = 86_400_000;
const MOST_READS = 10;
const MOST_A_READ = 1_000;
// A reason may have commas, quotes and ends of lines in it, between quotes.
const LINE = /(?:"(?:[^"]|"")*"|[^"\n])+\n?/g;
const CELL = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g;

/** When a day of New York begins, `days` after the one of a date field; undefined for an empty field. */
export function startOf(date: string, days = 0): Pick<Timestamp, "seconds" | "nanos"> | undefined {
  const utc = Date.parse(`${date}T00:00:00Z`) + days * DAY_MS;
  if (Number.isNaN(utc)) return undefined;
  // It is four hours behind in summer, five in winter; the clocks change at two.
  const summer = utc / 1000 + 4 * 3600;
  const isMidnight = Number(HOUR.format(summer * 1000)) === 0;
  return { seconds: BigInt(isMidnight ? summer : summer + 3600), nanos: 0 };
}

/** What is looked for; empty fields leave it open. */
export interface Wanted {
  readonly symbol: string;
  readonly mode: string;
  readonly from: string;
  /** The last day, too. */
  readonly to: string;
}

/** The same as the API wants it of statistics: closed in these days. */
export function requestOf({ symbol, mode, from, to }: Wanted) {
  const startTime = startOf(from);
  const endTime = startOf(to, 1);
  return {
    symbols: symbol ? [symbol] : [],
    modes: mode ? [Number(mode) as StrategyMode] : [],
    ...(startTime && from ? { startTime: startTime as Timestamp } : {}),
    ...(endTime && to ? { endTime: endTime as Timestamp } : {}),
  };
}

export type Request = ReturnType<typeof requestOf>;

/** The same of a list or a file, whose days are those of the entry: what was closed by a day was opened by then. */
export function openedOf({ startTime, endTime, ...others }: Request) {
  const closed = startTime || endTime ? { state: TradeState.CLOSED } : {};
  return { ...others, ...closed, ...(endTime ? { endTime } : {}) };
}

/** Was it closed in these days? Without days each trade counts, open ones too. */
export function isIn({ startTime, endTime }: Request, closedS: number | undefined): boolean {
  if (!startTime && !endTime) return true;
  if (closedS === undefined) return false;
  return (!startTime || closedS >= Number(startTime.seconds)) && (!endTime || closedS < Number(endTime.seconds));
}

/** A page of those that were: as many pages of the daemon as it takes, but not without an end. */
export async function pageOf(
  request: Request,
  page: Ask,
  ask: (page: Ask) => Promise<Page<Trade>>,
): Promise<Page<Trade>> {
  let items: readonly Trade[] = [];
  let { pageSize, pageToken } = page;
  for (let reads = 0; reads < MOST_READS; reads++) {
    const found = await ask({ pageSize, pageToken });
    items = [...items, ...found.items.filter((one) => isIn(request, one.closedAt && Number(one.closedAt.seconds)))];
    pageToken = found.next;
    pageSize = MOST_A_READ;
    if (!pageToken || items.length >= page.pageSize) break;
  }
  return { items, next: pageToken };
}

/** The lines of a file of trades that were, below its header. */
export function linesOf(request: Request, csv: string): string {
  const [head = "", ...lines] = csv.match(LINE) ?? [];
  const column = head.trim().split(",").indexOf("closed_at");
  const closedS = (line: string) => Date.parse(`${[...line.matchAll(CELL)][column]?.[1]?.slice(0, 19)}Z`) / 1000;
  return [head, ...lines.filter((line) => isIn(request, closedS(line)))].join("");
}

export interface Figure {
  readonly title: string;
  readonly value: string;
  readonly tone: Tone;
  readonly note: string;
}

/** The figures of closed trades in large. */
export function figuresOf(total: TradeStatistics): Figure[] {
  const plain = (title: string, value: string, note: string): Figure => ({ title, value, tone: "", note });
  return [
    { ...plain("Net P&L", gain(total.netPnl), `commission ${dollars(total.commission)}`), tone: toneOf(total.netPnl) },
    plain("Win rate", percent(total.winRatePct, 1), `${whole(total.wins)} of ${whole(total.trades)} closed`),
    plain("Profit factor", figure(total.profitFactor), `${gain(total.grossProfit)} to ${dollars(total.grossLoss)}`),
    plain(
      "Expectancy",
      gain(inCents(total.expectancy)),
      `win ${cents(total.averageWin)}, loss ${cents(total.averageLoss)}`,
    ),
    plain("Sharpe ratio", figure(total.sharpeRatio), `${figure(total.sharpeRatioZeroRate)} at a rate of 0`),
    plain("Max drawdown", percent(total.maxDrawdownPct), dollars(total.maxDrawdown)),
    plain("Held on average", span(seconds(total.averageHoldingTime)), `best ${gain(total.bestPnl)}`),
  ];
}

export interface Group {
  readonly name: string;
  readonly statistics: TradeStatistics;
}

/** The same by mode, regime and symbol: those that have traded. */
export function groupsOf(answer: GetStatisticsResponse): Group[] {
  const group = (name: string, statistics: TradeStatistics | undefined): Group[] =>
    statistics?.trades ? [{ name, statistics }] : [];
  return [
    ...answer.byMode.flatMap((one) => group(strategyWord(one.mode).text, one.statistics)),
    ...answer.byRegime.flatMap((one) => group(`regime: ${regimeWord(one.regime).text}`, one.statistics)),
    ...answer.bySymbol.flatMap((one) => group(one.symbol, one.statistics)),
  ];
}

/** How long it was held, or is by the trading clock. */
export function heldOf(trade: Trade, nowMs: number): string {
  const opened = millis(trade.openedAt);
  if (trade.closedAt || opened === undefined) return span(seconds(trade.holdingTime));
  return span(Math.max((nowMs - opened) / 1000, 0));
}

export const endedOf = (trade: Trade): string => trade.exitReason || "open";
