// Line icons, 16 by 16.
const PATHS = {
  live: "M1.5 9h3l2-6 3.5 10 2-4h2.5",
  chart: "M4 2v12M4 5H2.5v5H4M4 5h1.5v5H4M11.5 2v12M11.5 4H10v7h1.5M11.5 4H13v7h-1.5",
  signals: "M8 13.5V9M4.5 6.5a5 5 0 0 1 7 0M2 4a8.5 8.5 0 0 1 12 0M8 9.5v0",
  orders: "M3 3.5h10M3 8h10M3 12.5h6",
  trades: "M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5",
  risk: "M8 1.5 13.5 4v4c0 3.2-2.3 5.5-5.5 6.5C4.8 13.5 2.5 11.2 2.5 8V4z",
  backtest: "M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2v2.8h2.8M8 5v3.2l2.2 1.3",
  system: "M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.01M4.5 11h.01",
  sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  out: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  key: "M10 2a4 4 0 1 1-3.4 6.1L2 12.7V14h2.5v-1.7h1.7v-1.7L7.9 9",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
