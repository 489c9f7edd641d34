// A curve over time with its scale, and the figures under the pointer.
import { useSignal } from "@preact/signals";
import type { Tone } from "@/text/money";
import { Curve } from "./curve";

interface PlotProps {
  title: string;
  values: readonly number[];
  height: number;
  tone?: Tone;
  floor?: number;
  /** A value of the scale, and the figures of one point. */
  scale: (value: number) => string;
  tell: (number: number) => string;
  /** When it begins and ends. */
  ends: readonly [string, string];
}

export function Plot({ title, values, height, tone = "", floor, scale, tell, ends }: PlotProps) {
  const at = useSignal<number | undefined>(undefined);
  const shown = Math.min(at.value ?? values.length - 1, values.length - 1);
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    at.value = Math.round(part * (values.length - 1));
  };
  const leave = () => {
    at.value = undefined;
  };
  const low = Math.min(floor ?? Number.POSITIVE_INFINITY, ...values);
  const high = Math.max(floor ?? Number.NEGATIVE_INFINITY, ...values);
  return (
    <figure class="plot">
      <figcaption>
        <strong>{title}</strong>
        <span class={tone}>{values.length ? tell(shown) : ""}</span>
      </figcaption>
      <div class="area" onPointerMove={follow} onPointerLeave={leave}>
        <Curve values={values} height={height} label={title} tone={tone} {...(floor === undefined ? {} : { floor })} />
        <span class="high">{scale(high)}</span>
        <span class="low">{scale(low)}</span>
        {at.value !== undefined && (
          <span class="cross" style={{ left: `${(shown / Math.max(values.length - 1, 1)) * 100}%` }} />
        )}
      </div>
      <p class="times">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  );
}
