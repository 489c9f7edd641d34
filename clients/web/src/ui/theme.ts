// Dark and light: as the system has it, until somebody chooses.
import { effect, signal } from "@preact/signals";

export type Theme = "dark" | "light";

const KEY = "fluxhero.theme";
const system = matchMedia("(prefers-color-scheme: light)");
const chosen = localStorage.getItem(KEY);
const preferred = (): Theme => (system.matches ? "light" : "dark");

export const theme = signal<Theme>(chosen === "light" || chosen === "dark" ? chosen : preferred());

system.addEventListener("change", () => {
  if (!localStorage.getItem(KEY)) theme.value = preferred();
});
effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.peek() === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, theme.peek());
}

/** A colour of the theme that is on, for what draws on a canvas. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
