// What has happened, a line each: the log of the page.
import { type Order, OrderState } from "@api/order_pb";
import { type Position, ProtectionState } from "@api/position_pb";
import type { Signal } from "@api/signal_pb";
import { type Alert, AlertSeverity } from "@api/system_pb";
import { price, whole } from "@/text/figures";
import { dollars, type Tone, toneOf } from "@/text/money";
import { millis } from "@/text/times";
import {
  guardWord,
  positionWord,
  roleWord,
  severityWord,
  sideWord,
  signalWord,
  strategyWord,
  typeWord,
} from "@/text/words";

export interface Entry {
  /** Trading time. */
  readonly timeMs: number;
  readonly kind: "order" | "signal" | "alert" | "position" | "link";
  readonly symbol: string;
  readonly text: string;
  readonly tone: Tone;
}

const ENDED_BADLY = new Set([OrderState.REJECTED, OrderState.UNKNOWN, OrderState.NOT_RECEIVED]);

export function ofOrder(order: Order): Entry {
  const bad = ENDED_BADLY.has(order.state);
  const what = [...new Set([roleWord(order.role).text, typeWord(order.type).text])].join(" ");
  const filled = order.filledQuantity ? ` ${whole(order.filledQuantity)}` : "";
  const at = order.averageFillPrice ? ` at ${dollars(order.averageFillPrice)}` : "";
  const why = bad && order.reason ? ` (${order.reason})` : "";
  const event = order.lastEvent.replaceAll("_", " ");
  return {
    timeMs: millis(order.updatedAt) ?? 0,
    kind: "order",
    symbol: order.symbol,
    text: `${sideWord(order.side).text} ${whole(order.quantity)} ${what}: ${event}${filled}${at}${why}`,
    tone: bad ? "bad" : order.state === OrderState.FILLED ? "good" : "",
  };
}

export function ofSignal(signal: Signal): Entry {
  const what = `${signalWord(signal.kind).text} ${strategyWord(signal.mode).text} at $${price(signal.price)}`;
  return {
    timeMs: millis(signal.decidedAt) ?? 0,
    kind: "signal",
    symbol: signal.symbol,
    text: `${what}: ${signal.outcomeText || signal.outcome.replaceAll("_", " ")}`,
    tone: signal.outcome === "ordered" ? "accent" : "dim",
  };
}

export function ofAlert(alert: Alert): Entry {
  const seen = alert.acknowledgedAt !== undefined;
  return {
    timeMs: millis(seen ? alert.acknowledgedAt : alert.lastRaisedAt) ?? 0,
    kind: "alert",
    symbol: alert.symbol,
    text: `${seen ? `acknowledged by ${alert.acknowledgedBy || "somebody"}: ` : ""}${alert.code}: ${alert.text}`,
    tone: seen || alert.severity === AlertSeverity.INFO ? "dim" : severityWord(alert.severity).tone,
  };
}

/** A position that was opened, closed, or whose size or guard changed; undefined for a mark. */
export function ofPosition(now: Position, before: Position | undefined, timeMs: number): Entry | undefined {
  const held = before?.quantity ?? 0n;
  const entry = (text: string, tone: Tone): Entry => ({ timeMs, kind: "position", symbol: now.symbol, text, tone });
  const side = positionWord(now.quantity ? now.side : before?.side).text;
  if (now.quantity === held) {
    if (!before || now.protection === before.protection) return undefined;
    const guarded = now.protection === ProtectionState.BROKER_STOP;
    return entry(`guard: ${guardWord(now.protection).text}`, guarded ? "good" : "warn");
  }
  if (!now.quantity) {
    const realized = dollars(now.realizedPnl);
    return entry(`closed, ${whole(held)} ${side}; realized ${realized}`, toneOf(now.realizedPnl));
  }
  const change = held ? `${whole(held)} → ${whole(now.quantity)}` : "opened";
  return entry(`${change}: ${side} ${whole(now.quantity)} at ${dollars(now.averagePrice)}`, "accent");
}
