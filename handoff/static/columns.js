// Chats side by side: up to three columns where there is room, tabs where there is not.
import { element, setText } from "/widget/dom.js";
import "./chat.js";
import { columnsKept } from "./habits.js";

const MOST = 3;
const NARROWEST = 350; // px of a column

export class Columns {
  #open = []; // {id, pinned, pane}
  #focused = null;
  #changed;
  tabs = element("div", { class: "hc-open-tabs", role: "group", "aria-label": "Open chats", hidden: true });
  element = element("div", { class: "hc-columns" });

  /** `changed()`: which chats are open, or which one is focused, is another matter now. */
  constructor(changed) {
    this.#changed = changed;
    new ResizeObserver(() => this.#arrange()).observe(this.element);
  }

  get focused() { return this.#focused; }
  get ids() { return this.#open.map(({ id }) => id); }
  get shown() { return this.#open.filter(({ pane }) => !pane.hidden).map(({ id }) => id); }

  pane(id = this.#focused) { return this.#open.find((one) => one.id === id)?.pane ?? null; }

  isPinned(id) { return this.#open.some((one) => one.id === id && one.pinned); }

  /** What was open before the page was loaded again. */
  restore() {
    const kept = columnsKept.read();
    for (const { id, pinned } of kept?.open.slice(0, MOST) ?? []) if (typeof id === "string") this.#add(id, pinned === true);
    if (kept && this.ids.includes(kept.focused)) this.#focused = kept.focused;
  }

  /** Bring a chat onto the screen: where it stands already, in the column that is not pinned, or in a new one. */
  select(id) {
    const free = this.#open.find((one) => !one.pinned);
    if (this.ids.includes(id)) this.#focused = id;
    else if (free) this.#focused = free.id = id;
    else if (this.#open.length < MOST) this.#add(id, false);
    else this.#focused = this.#open.find((one) => one.id === this.#focused).id = id;
    this.#focused = id;
    this.#settle();
  }

  focus(id) {
    if (id === this.#focused || !this.ids.includes(id)) return;
    this.#focused = id;
    this.#settle();
  }

  pin(id, pinned = !this.isPinned(id)) {
    const one = this.#open.find((column) => column.id === id);
    if (one) one.pinned = pinned;
    this.#settle();
  }

  close(id) {
    const at = this.#open.findIndex((one) => one.id === id);
    if (at < 0) return;
    this.#open[at].pane.remove();
    this.#open.splice(at, 1);
    if (this.#focused === id) this.#focused = (this.#open[at] ?? this.#open[at - 1])?.id ?? null;
    this.#settle();
  }

  /** The neighbour of the focused one; null at the end. */
  beside(step) {
    return this.ids[this.ids.indexOf(this.#focused) + step] ?? null;
  }

  /** Names and unread counts on the tabs. */
  drawTabs(title, unread) {
    for (const tab of this.tabs.children) {
      const count = unread(tab.dataset.id);
      setText(tab, count ? `${title(tab.dataset.id)} (${count} new)` : title(tab.dataset.id));
    }
  }

  #add(id, pinned) {
    const pane = document.createElement("handrail-chat");
    this.#open.push({ id, pinned, pane });
    this.element.append(pane);
  }

  #settle() {
    this.#arrange();
    columnsKept.write({ open: this.#open.map(({ id, pinned }) => ({ id, pinned })), focused: this.#focused });
    this.#changed();
  }

  #arrange() {
    // Where all have room they stand side by side; otherwise one, and tabs for the others.
    const fits = this.element.clientWidth >= this.#open.length * NARROWEST;
    for (const { id, pane } of this.#open) {
      pane.hidden = !fits && id !== this.#focused;
      pane.classList.toggle("focused", id === this.#focused && this.#open.length > 1);
    }
    this.tabs.hidden = fits || this.#open.length < 2;
    const wanted = this.tabs.hidden ? "" : JSON.stringify([this.ids, this.#focused]);
    if (this.tabs.dataset.shape === wanted) return;
    this.tabs.dataset.shape = wanted;
    this.tabs.replaceChildren(...(this.tabs.hidden ? [] : this.ids.map((id) => element("button", {
      type: "button", "data-id": id, "aria-current": id === this.#focused ? "true" : null, on: { click: () => this.focus(id) },
    }))));
    this.#changed();
  }
}
