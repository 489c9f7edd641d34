// The words of the API's enumerations, and the tone that each is shown in.

import { Role } from "@api/access_pb";
import { PositionSide, Regime, Side, StrategyMode, Verdict, VolatilityState } from "@api/common_pb";
import { SymbolState } from "@api/market_pb";
import { OrderRole, OrderState, OrderType, TimeInForce } from "@api/order_pb";
import { ProtectionState } from "@api/position_pb";
import { BreakerState, type Risk, RiskVerdict } from "@api/risk_pb";
import { SignalKind } from "@api/signal_pb";
import { AlertSeverity, SessionPhase, TradingMode, TradingState } from "@api/system_pb";
import type { Tone } from "./money";

/** A word and its tone. Nothing is said by the tone alone. */
export interface Word {
  readonly text: string;
  readonly tone: Tone;
}

type Words<E extends number> = Readonly<Partial<Record<E, readonly [string, Tone?]>>>;

const wordsOf =
  <E extends number>(words: Words<E>, otherwise = "–") =>
  (value: E | undefined): Word => {
    const known = value === undefined ? undefined : words[value];
    return { text: known?.[0] ?? otherwise, tone: known?.[1] ?? "" };
  };

export const modeWord = wordsOf<TradingMode>(
  {
    [TradingMode.PAPER]: ["PAPER", "accent"],
    [TradingMode.LIVE]: ["LIVE", "bad"],
    [TradingMode.DEMO]: ["DEMO", "warn"],
  },
  "UNKNOWN MODE",
);
export const tradingWord = wordsOf<TradingState>({
  [TradingState.STARTING]: ["starting", "warn"],
  [TradingState.WARMING]: ["warming", "warn"],
  [TradingState.ACTIVE]: ["active", "good"],
  [TradingState.DEGRADED]: ["degraded", "warn"],
  [TradingState.HALTED]: ["halted", "bad"],
  [TradingState.STOPPING]: ["stopping", "bad"],
});
export const sessionWord = wordsOf<SessionPhase>({
  [SessionPhase.CLOSED]: ["closed", "dim"],
  [SessionPhase.PRE_MARKET]: ["pre-market", "dim"],
  [SessionPhase.REGULAR]: ["open", "good"],
  [SessionPhase.AFTER_HOURS]: ["after hours", "dim"],
});
export const severityWord = wordsOf<AlertSeverity>({
  [AlertSeverity.INFO]: ["info", "dim"],
  [AlertSeverity.WARNING]: ["warning", "warn"],
  [AlertSeverity.CRITICAL]: ["critical", "bad"],
});
export const regimeWord = wordsOf<Regime>({
  [Regime.STRONG_TREND]: ["trend", "accent"],
  [Regime.MEAN_REVERSION]: ["range", "warn"],
  [Regime.NEUTRAL]: ["neutral", "dim"],
});
export const strategyWord = wordsOf<StrategyMode>({
  [StrategyMode.TREND]: ["trend"],
  [StrategyMode.MEAN_REVERSION]: ["mean reversion"],
  [StrategyMode.MANUAL]: ["manual"],
});
export const volatilityWord = wordsOf<VolatilityState>({
  [VolatilityState.LOW]: ["low", "dim"],
  [VolatilityState.NORMAL]: ["normal"],
  [VolatilityState.HIGH]: ["high", "warn"],
});
export const positionWord = wordsOf<PositionSide>({
  [PositionSide.LONG]: ["long", "good"],
  [PositionSide.SHORT]: ["short", "bad"],
});
export const sideWord = wordsOf<Side>({ [Side.BUY]: ["buy", "good"], [Side.SELL]: ["sell", "bad"] });
export const guardWord = wordsOf<ProtectionState>({
  [ProtectionState.BROKER_STOP]: ["broker stop", "good"],
  [ProtectionState.DAEMON_WATCHING]: ["daemon watches", "warn"],
  [ProtectionState.UNPROTECTED]: ["UNPROTECTED", "bad"],
});
export const orderWord = wordsOf<OrderState>({
  [OrderState.NEW]: ["new"],
  [OrderState.SUBMITTING]: ["submitting"],
  [OrderState.PENDING]: ["working", "accent"],
  [OrderState.PARTIALLY_FILLED]: ["part filled", "accent"],
  [OrderState.CANCELING]: ["canceling", "warn"],
  [OrderState.REPLACING]: ["replacing", "warn"],
  [OrderState.FILLED]: ["filled", "good"],
  [OrderState.CANCELED]: ["canceled", "dim"],
  [OrderState.EXPIRED]: ["expired", "dim"],
  [OrderState.REJECTED]: ["rejected", "bad"],
  [OrderState.UNKNOWN]: ["UNKNOWN", "bad"],
  [OrderState.NOT_RECEIVED]: ["not received", "bad"],
  [OrderState.REPLACED]: ["replaced", "dim"],
});
export const roleWord = wordsOf<OrderRole>({
  [OrderRole.ENTRY]: ["entry"],
  [OrderRole.EXIT]: ["exit"],
  [OrderRole.STOP]: ["stop"],
  [OrderRole.FOREIGN_STOP]: ["foreign stop", "warn"],
});
export const typeWord = wordsOf<OrderType>({
  [OrderType.MARKET]: ["market"],
  [OrderType.LIMIT]: ["limit"],
  [OrderType.STOP]: ["stop"],
});
export const timeInForceWord = wordsOf<TimeInForce>({
  [TimeInForce.DAY]: ["day"],
  [TimeInForce.GTC]: ["until canceled"],
});
export const signalWord = wordsOf<SignalKind>({
  [SignalKind.NONE]: ["no signal", "dim"],
  [SignalKind.LONG]: ["long", "good"],
  [SignalKind.SHORT]: ["short", "bad"],
  [SignalKind.EXIT_LONG]: ["exit long"],
  [SignalKind.EXIT_SHORT]: ["exit short"],
});
export const verdictWord = wordsOf<Verdict>({
  [Verdict.PASSED]: ["passed", "good"],
  [Verdict.FAILED]: ["failed", "bad"],
  [Verdict.NOT_APPLICABLE]: ["n/a", "dim"],
});
export const riskWord = wordsOf<RiskVerdict>({
  [RiskVerdict.APPROVED]: ["approved", "good"],
  [RiskVerdict.APPROVED_WITH_ADJUSTMENT]: ["approved, smaller", "warn"],
  [RiskVerdict.REJECTED]: ["rejected", "bad"],
});
export const breakerWord = wordsOf<BreakerState>({
  [BreakerState.NORMAL]: ["normal", "good"],
  [BreakerState.REDUCED]: ["reduced", "warn"],
  [BreakerState.DISABLED]: ["disabled", "bad"],
});
export const symbolWord = wordsOf<SymbolState>({
  [SymbolState.WARMING]: ["warming", "dim"],
  [SymbolState.ACTIVE]: ["active", "good"],
  [SymbolState.DISABLED]: ["switched off", "warn"],
  [SymbolState.HALTED]: ["halted", "bad"],
  [SymbolState.FROZEN]: ["frozen", "bad"],
  [SymbolState.NOT_TRADABLE]: ["not tradable", "bad"],
});
export const accessWord = wordsOf<Role>({
  [Role.READ]: ["read-only", "dim"],
  [Role.TRADE]: ["trade"],
  [Role.ADMIN]: ["admin"],
});

/** When a daily loss that was reached ends. */
export const lossEndOf = (risk: Risk): string =>
  risk.limits?.dailyLossResumes === "next_session"
    ? "no entries until the next session, or a reset"
    : "no entries until it is reset";
