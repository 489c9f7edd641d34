// A curve of a few hundred points as one SVG path.
import type { Tone } from "@/text/money";

const WIDE = 1000;

/** The path of values over a width of 1000 and a height, the largest at the top. */
export function pathOf(values: readonly number[], height: number, floor?: number): string {
  const low = Math.min(floor ?? Number.POSITIVE_INFINITY, ...values);
  const high = Math.max(floor ?? Number.NEGATIVE_INFINITY, ...values);
  // A flat curve runs through the middle.
  const room = high - low || 1;
  const base = high > low ? low : low - 0.5;
  const step = WIDE / Math.max(values.length - 1, 1);
  const y = (value: number) => height - 2 - ((value - base) / room) * (height - 4);
  return values.map((value, at) => `${at ? "L" : "M"}${(at * step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

interface CurveProps {
  values: readonly number[];
  height: number;
  label: string;
  tone?: Tone;
  floor?: number;
}

export function Curve({ values, height, label, tone = "", floor }: CurveProps) {
  if (values.length < 2) return <p class="empty">not enough points yet</p>;
  const path = pathOf(values, height, floor);
  return (
    <svg
      class={`curve ${tone}`}
      viewBox={`0 0 ${WIDE} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="area" d={`${path}L${WIDE} ${height}L0 ${height}Z`} />
      <path class="line" d={path} />
    </svg>
  );
}
