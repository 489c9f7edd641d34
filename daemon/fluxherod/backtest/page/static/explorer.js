// What is in view, and how mouse, fingers and keys change it; one view for all panels.
const LEAST_SLOTS = 12;
const TWICE_MS = 400; // a double click or tap; the browser's own event is lost when a redraw comes between

class Explorer {
  constructor(data, panels, options) {
    this.data = data;
    this.panels = panels;
    this.options = options;
    this.view = { from: 0, to: data.count };
    this.slot = null;
    this.fingers = new Map();
    this.tapped = -Infinity;
    this.months = Int32Array.from(data.local, monthOf);
    this.waiting = false;
    for (const panel of panels) this.listen(panel);
    new ResizeObserver(() => this.redraw()).observe(panels[0].svg.parentElement);
    this.draw();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const width = Math.max(280, Math.round(this.panels[0].svg.parentElement.clientWidth));
    const most = Math.max(3, Math.floor((width - MARGIN.left - MARGIN.right) / 62));
    const ticks = timeTicks(this.data, this.months, this.view.from, this.view.to, most);
    for (const panel of this.panels) panel.draw(this.data, this.view, width, ticks, this.options);
    this.tell();
    const { local } = this.data;
    find("#range").textContent = `${dayText(local[this.view.from])} to ${dayText(local[this.view.to - 1])}`;
    const days = this.view.to - this.view.from >= this.data.count ? 0 : this.span;
    for (const button of findAll("[data-span]")) button.setAttribute("aria-pressed", String(Number(button.dataset.span) === days));
  }

  tell() {
    const slot = this.slot ?? this.view.to - 1;
    for (const panel of this.panels) {
      panel.cursor(this.slot);
      panel.told.textContent = panel.tell(this.data, slot, this.options);
    }
  }

  // Show slots `from` to `to`; what is too narrow or lies outside is brought in.
  show(from, to, span = null) {
    const size = Math.min(this.data.count, Math.max(LEAST_SLOTS, Math.round(to - from)));
    const first = Math.min(Math.max(0, Math.round(from)), this.data.count - size);
    this.view = { from: first, to: first + size };
    this.span = span;
    this.redraw();
  }

  showAll() {
    this.show(0, this.data.count);
  }

  // The last so many days before what is in view now ends, or around the cursor.
  showDays(days) {
    if (days === 0) return this.showAll();
    const { local } = this.data;
    const end = this.slot === null ? this.view.to - 1 : Math.min(this.data.count - 1, firstFrom(local, local[this.slot] + (days * DAY) / 2));
    return this.show(firstFrom(local, local[end] - days * DAY), end + 1, days);
  }

  move(part) {
    const size = this.view.to - this.view.from;
    this.show(this.view.from + part * size, this.view.to + part * size, this.span);
  }

  zoom(factor, slot) {
    const { from, to } = this.view;
    const at = slot ?? (from + to) / 2;
    this.show(at - (at - from) * factor, at + (to - at) * factor);
  }

  point(slot) {
    const { from, to } = this.view;
    this.slot = slot === null ? null : Math.min(to - 1, Math.max(from, Math.round(slot)));
    this.tell();
    this.onPoint?.(this.slot);
  }

  slotAt(panel, clientX) {
    const box = panel.svg.getBoundingClientRect();
    const x = ((clientX - box.left) / box.width) * panel.width;
    return this.view.from + ((x - MARGIN.left) / panel.inner) * (this.view.to - this.view.from) - 0.5;
  }

  listen(panel) {
    const on = (name, react, options) => panel.svg.addEventListener(name, react, options);
    on("pointerdown", (event) => this.press(panel, event));
    on("pointermove", (event) => this.drag(panel, event));
    on("pointerup", (event) => this.release(panel, event));
    on("pointercancel", (event) => this.fingers.delete(event.pointerId));
    on("pointerleave", (event) => event.pointerType === "mouse" && !this.fingers.size && this.point(null));
    on("wheel", (event) => this.wheel(panel, event), { passive: false });
    on("keydown", (event) => this.key(event));
  }

  press(panel, event) {
    if (event.button !== 0) return;
    panel.svg.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { start: event.clientX, now: event.clientX, view: { ...this.view } });
  }

  drag(panel, event) {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) return event.pointerType === "mouse" && this.point(this.slotAt(panel, event.clientX));
    finger.now = event.clientX;
    if (this.fingers.size === 2) return this.pinch(panel);
    if (event.pointerType !== "mouse") return this.pull(panel, finger);
    const box = panel.svg.getBoundingClientRect();
    const x = (clientX) => ((clientX - box.left) / box.width) * panel.width;
    return panel.selection(x(finger.start), x(finger.now));
  }

  pull(panel, { start, now, view }) {
    const slots = ((start - now) / panel.svg.getBoundingClientRect().width) * (view.to - view.from);
    this.show(view.from + slots, view.to + slots, this.span);
  }

  pinch(panel) {
    const [a, b] = [...this.fingers.values()];
    const was = Math.abs(a.start - b.start) || 1;
    const is = Math.max(10, Math.abs(a.now - b.now));
    const { from, to } = a.view;
    const box = panel.svg.getBoundingClientRect();
    const middle = from + (((a.start + b.start) / 2 - box.left) / box.width) * (to - from);
    this.show(middle - ((middle - from) * was) / is, middle + ((to - middle) * was) / is);
  }

  release(panel, event) {
    const finger = this.fingers.get(event.pointerId);
    this.fingers.clear();
    if (!finger) return;
    const moved = Math.abs(finger.now - finger.start);
    if (event.pointerType === "mouse" && moved > 6) {
      const ends = [finger.start, finger.now].map((x) => this.slotAt(panel, x)).sort((a, b) => a - b);
      this.show(ends[0], ends[1] + 1);
    } else if (moved <= 6 && event.timeStamp - this.tapped < TWICE_MS) {
      this.showAll();
    } else if (moved <= 6) {
      this.tapped = event.timeStamp;
      this.point(this.slotAt(panel, event.clientX));
      this.onChoose?.(this.slot);
    }
  }

  // Alone the wheel scrolls the page; with Ctrl, as a touchpad's pinch says it, it zooms.
  wheel(panel, event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * 0.01))), this.slotAt(panel, event.clientX));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.move((event.deltaX / panel.width) * 1.5);
    }
  }

  key(event) {
    const step = Math.max(1, Math.round((this.view.to - this.view.from) / (event.shiftKey ? 10 : 200)));
    const slot = this.slot ?? this.view.to - 1;
    const acts = {
      ArrowLeft: () => this.point(slot - step),
      ArrowRight: () => this.point(slot + step),
      PageUp: () => this.move(-0.8),
      PageDown: () => this.move(0.8),
      Home: () => this.point(this.view.from),
      End: () => this.point(this.view.to - 1),
      "+": () => this.zoom(0.5, this.slot),
      "=": () => this.zoom(0.5, this.slot),
      "-": () => this.zoom(2, this.slot),
      Escape: () => this.showAll(),
      Enter: () => this.onChoose?.(slot),
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  }
}
