// One question at a time, above everything. The browser's own dialog keeps the focus inside, and Escape leaves it.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";

interface Open {
  readonly id: number;
  readonly content: ComponentChildren;
}

const opened = signal<Open | undefined>(undefined);
let last = 0;

/** Show a dialog; the one before it, if any, is left. */
export function openDialog(content: ComponentChildren): void {
  last += 1;
  opened.value = { id: last, content };
}

export function closeDialog(): void {
  opened.value = undefined;
}

/** Where dialogs appear. */
export function Dialogs() {
  // Whoever signs in next is not asked what somebody else was.
  useEffect(() => closeDialog, []);
  const now = opened.value;
  return now ? <div key={now.id}>{now.content}</div> : null;
}

interface DialogProps {
  title: string;
  wide?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, wide, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <dialog ref={element} class={wide ? "dialog wide" : "dialog"} aria-label={title} onClose={closeDialog}>
      <header>
        <h2>{title}</h2>
        <button type="button" class="icon-button" onClick={closeDialog} aria-label="close">
          <Icon name="close" size={12} />
        </button>
      </header>
      {children}
    </dialog>
  );
}
