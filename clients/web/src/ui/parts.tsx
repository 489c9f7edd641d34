// Small parts that every view is made of.
import type { ComponentChildren } from "preact";
import { hrefOf } from "@/shell/route";
import { gainPercent } from "@/text/figures";
import { gain, type Tone, toneOf } from "@/text/money";
import type { Word } from "@/text/words";

interface PanelProps {
  title: string;
  count?: number | undefined;
  tools?: ComponentChildren;
  padded?: boolean;
  /** It is text to be read, and scrolled by keyboard. */
  reads?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A titled box. */
export function Panel({ title, count, tools, padded, reads, class: more = "", children }: PanelProps) {
  return (
    <section class={`panel ${more}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {count !== undefined && <span class="count">{count}</span>}
        {tools && <div class="tools">{tools}</div>}
      </header>
      <div class={padded ? "body padded" : "body scroll"} tabIndex={reads ? 0 : padded ? undefined : -1}>
        {children}
      </div>
    </section>
  );
}

/** A word in its tone. */
export const Toned = ({ word }: { word: Word }) => <span class={word.tone}>{word.text}</span>;

/** A word as a badge. */
export const Badge = ({ word }: { word: Word }) => <span class={`badge ${word.tone}`}>{word.text}</span>;

/** Profit or loss in dollars, signed and toned. */
export const Gain = ({ amount }: { amount: string | undefined }) => <span class={toneOf(amount)}>{gain(amount)}</span>;

/** Profit or loss in percent, signed and toned. */
export const GainPercent = ({ value, digits }: { value: number | undefined; digits?: number }) => (
  <span class={toneOf(value)}>{gainPercent(value, digits)}</span>
);

/** Long and buy point up, short and sell down. */
export const Direction = ({ word, up }: { word: Word; up: boolean }) => (
  <span class={`side ${up ? "up" : "down"} ${word.tone}`}>{word.text}</span>
);

/** A symbol, and the way to its chart. */
export const SymbolLink = ({ of }: { of: string }) => (
  <a class="symbol" href={hrefOf("chart", of)}>
    {of}
  </a>
);

/** A bar of how much of a limit is used, 0 to 1; it says nothing that is not beside it as a figure. */
export function Meter({ part, tone }: { part: number; tone: Tone }) {
  const width = `${Math.round(Math.min(Math.max(part, 0), 1) * 1000) / 10}%`;
  return (
    <div class="meter" aria-hidden="true">
      <span class={tone} style={{ width }} />
    </div>
  );
}

export const Loading = ({ what }: { what: string }) => (
  <p class="loading" role="status">
    loading {what} …
  </p>
);

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

/** Names and values. */
export function Facts({ of }: { of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <>
          <dt key={name}>{name}</dt>
          <dd key={`${name}=`}>{value}</dd>
        </>
      ))}
    </dl>
  );
}
