// The chart itself: what of lightweight-charts is used, and in which colours.
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  TickMarkType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { ZONE } from "@/text/times";
import { colour } from "@/ui/theme";
import { type Level, type LineName, line, type Mark, type Point, REGIME_TONES, type Step } from "./model";

export type PaneName = "RSI" | "ADX" | "ATR";
export const PANES: readonly PaneName[] = ["RSI", "ADX", "ATR"];

export interface Range {
  readonly from: number;
  readonly to: number;
}

interface LineStyleOf {
  readonly name: LineName;
  readonly colour: string;
  readonly title: string;
  readonly dashed?: boolean;
  readonly wide?: boolean;
}

const ON_PRICE: readonly LineStyleOf[] = [
  { name: "kama", colour: "warn", title: "KAMA", wide: true },
  { name: "longAbove", colour: "up", title: "long above" },
  { name: "shortBelow", colour: "down", title: "short below" },
  { name: "upperBand", colour: "dim", title: "upper band", dashed: true },
  { name: "lowerBand", colour: "dim", title: "lower band", dashed: true },
];
const IN_PANES: Readonly<Record<PaneName, readonly LineStyleOf[]>> = {
  RSI: [{ name: "rsi", colour: "accent", title: "RSI" }],
  ADX: [
    { name: "adx", colour: "warn", title: "ADX" },
    { name: "plusDi", colour: "up", title: "+DI" },
    { name: "minusDi", colour: "down", title: "−DI" },
  ],
  ATR: [{ name: "atr", colour: "accent", title: "ATR" }],
};
const LEVEL_COLOURS: Readonly<Record<Level["name"], string>> = {
  entry: "dim",
  stop: "down",
  target: "up",
  "watched stop": "warn",
};

const zoned = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, hourCycle: "h23", ...options });
  return (time: Time) => format.format(new Date(Number(time) * 1000));
};
const FULL = zoned({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
const CLOCK = zoned({ hour: "2-digit", minute: "2-digit" });
const DAY = zoned({ month: "short", day: "numeric" });
const MONTH = zoned({ month: "short" });
const YEAR = zoned({ year: "numeric" });

const ticks = (time: Time, type: TickMarkType): string => {
  if (type === TickMarkType.Year) return YEAR(time);
  if (type === TickMarkType.Month) return MONTH(time);
  return type === TickMarkType.DayOfMonth ? DAY(time) : CLOCK(time);
};

const at = (time: number) => time as UTCTimestamp;

/** A chart in an element. `hovers` hears the time under the pointer; undefined when there is none. */
export class Canvas {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly regime: ISeriesApi<"Histogram">;
  private readonly lines = new Map<LineName, ISeriesApi<"Line">>();
  private readonly marks: ISeriesMarkersPluginApi<Time>;
  private readonly levels: IPriceLine[] = [];
  private now: IPriceLine | undefined;

  constructor(element: HTMLElement, panes: readonly PaneName[], hovers: (time: number | undefined) => void) {
    this.chart = createChart(element, options());
    this.candles = this.chart.addSeries(CandlestickSeries, candleOptions());
    this.volume = this.chart.addSeries(HistogramSeries, { priceScaleId: "volume", ...quiet });
    this.regime = this.chart.addSeries(HistogramSeries, { priceScaleId: "regime", ...quiet });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0.02 } });
    this.chart.priceScale("regime").applyOptions({ scaleMargins: { top: 0.985, bottom: 0 } });
    this.chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.06, bottom: 0.18 } });
    for (const style of ON_PRICE) this.addLine(style, 0);
    panes.forEach((pane, number) => {
      for (const style of IN_PANES[pane]) this.addLine(style, number + 1);
    });
    for (const pane of this.chart.panes()) pane.setStretchFactor(pane.paneIndex() ? 1 : 4);
    this.marks = createSeriesMarkers(this.candles, []);
    this.chart.subscribeCrosshairMove((moved) => hovers(moved.time === undefined ? undefined : Number(moved.time)));
  }

  /** Draw all of it. */
  draw(steps: readonly Step[]): void {
    this.candles.setData(
      steps.map(({ time, bar }) => ({
        time: at(time),
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
      })),
    );
    const digits = (steps.at(-1)?.bar.close ?? 1) < 1 ? 4 : 2;
    this.candles.applyOptions({ priceFormat: { type: "price", precision: digits, minMove: 10 ** -digits } });
    const up = colour("up");
    const down = colour("down");
    this.volume.setData(
      steps.map(({ time, bar }) => ({
        time: at(time),
        value: Number(bar.volume),
        color: `${bar.close >= bar.open ? up : down}55`,
      })),
    );
    this.regime.setData(
      steps.map(({ time, bar }) => ({ time: at(time), value: 1, color: colour(REGIME_TONES[bar.regime] ?? "panel") })),
    );
    for (const [name, series] of this.lines) series.setData(line(steps, name).map(asData));
  }

  show(range: Range): void {
    this.chart.timeScale().setVisibleLogicalRange(range);
  }

  /** What is looked at, by the bars' numbers. */
  get shown(): Range | undefined {
    return this.chart.timeScale().getVisibleLogicalRange() ?? undefined;
  }

  mark(marks: readonly Mark[]): void {
    this.marks.setMarkers(
      marks.map(
        (mark): SeriesMarker<Time> => ({
          time: at(mark.time),
          position: mark.below ? "belowBar" : "aboveBar",
          shape: mark.shape,
          color: colour(mark.tone),
          text: mark.text,
          size: mark.shape === "circle" ? 0.6 : 1,
        }),
      ),
    );
  }

  level(levels: readonly Level[]): void {
    for (const old of this.levels.splice(0)) this.candles.removePriceLine(old);
    for (const { name, price } of levels) {
      this.levels.push(
        this.candles.createPriceLine({
          price,
          title: name,
          color: colour(LEVEL_COLOURS[name]),
          lineStyle: name === "entry" ? LineStyle.Dotted : LineStyle.Dashed,
          lineWidth: 1,
          axisLabelVisible: true,
        }),
      );
    }
  }

  /** Where the price stands now. */
  price(price: number | undefined): void {
    if (price === undefined) return;
    this.now ??= this.candles.createPriceLine({
      price,
      color: colour("accent"),
      lineWidth: 1,
      lineStyle: LineStyle.Solid,
    });
    this.now.applyOptions({ price });
  }

  end(): void {
    this.chart.remove();
  }

  private addLine(style: LineStyleOf, pane: number): void {
    const series = this.chart.addSeries(
      LineSeries,
      {
        color: colour(style.colour),
        lineWidth: style.wide ? 2 : 1,
        lineStyle: style.dashed ? LineStyle.Dotted : LineStyle.Solid,
        title: pane ? style.title : "",
        priceLineVisible: false,
        lastValueVisible: pane > 0,
        crosshairMarkerVisible: false,
      },
      pane,
    );
    this.lines.set(style.name, series);
  }
}

const quiet = { priceLineVisible: false, lastValueVisible: false, priceFormat: { type: "volume" } } as const;

const asData = ({ time, value }: Point) => (value === undefined ? { time: at(time) } : { time: at(time), value });

const options = () => ({
  autoSize: true,
  layout: {
    background: { type: ColorType.Solid, color: colour("panel") },
    textColor: colour("dim"),
    fontFamily: '"Inter", system-ui, sans-serif',
    fontSize: 11,
    attributionLogo: false,
    panes: { separatorColor: colour("line"), separatorHoverColor: colour("line-strong"), enableResize: true },
  },
  grid: { vertLines: { color: `${colour("line")}80` }, horzLines: { color: `${colour("line")}80` } },
  crosshair: { mode: CrosshairMode.Normal },
  rightPriceScale: { borderColor: colour("line") },
  timeScale: { borderColor: colour("line"), timeVisible: true, secondsVisible: false, tickMarkFormatter: ticks },
  localization: { timeFormatter: FULL },
});

const candleOptions = () => ({
  upColor: colour("up"),
  downColor: colour("down"),
  wickUpColor: colour("up"),
  wickDownColor: colour("down"),
  borderVisible: false,
  priceLineVisible: false,
});
