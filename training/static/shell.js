// Around the list and the message: progress, what was done last, empty lists, and what a screen reader is told.
import { element, setText } from "/widget/dom.js";
import { plural } from "./acting.js";
import { narrows } from "./address.js";

export class Shell {
  #count = element("p", { class: "rv-quiet", "aria-live": "polite" });
  #progress = element("progress", { max: "1", value: "0", "aria-label": "Labelled today" });
  #today = element("p", { class: "rv-today" });
  #last = element("div", { class: "rv-last", hidden: true });
  #said = element("p");
  #undo;
  #again;
  #empty = element("div", { class: "rv-empty tr-panel", hidden: true });
  #panes;
  #live = element("p", { class: "rv-sr", "aria-live": "polite", "aria-atomic": "true" });
  #detail;

  constructor(root, { filters, list, detail, does }) {
    this.#detail = detail.element;
    this.filters = filters;
    this.#undo = element("button", { type: "button", class: "rv-link", on: { click: does.undo } }, "Undo ", element("kbd", { "aria-hidden": "true" }, "U"));
    this.#again = element("button", { type: "button", class: "rv-link", hidden: true }, "Try again");
    this.#last.append(this.#said, this.#undo, this.#again);
    this.#panes = element("div", { class: "rv-panes" }, element("section", { class: "rv-list tr-panel", "aria-label": "List" }, list.element), detail.element);
    root.replaceChildren(
      element("div", { class: "rv-head" }, element("h1", {}, "Review"), this.#count,
        element("div", { class: "rv-progress" }, this.#progress, this.#today),
        element("button", { type: "button", class: "rv-link", on: { click: does.sheet } }, "Keys ", element("kbd", { "aria-hidden": "true" }, "?"))),
      filters.element, this.#last, this.#empty, this.#panes, this.#live);
  }

  /** For the screen reader. */
  say(words) { setText(this.#live, words); }

  done(shown, spoken) {
    this.#last.hidden = false;
    this.#last.className = "rv-last";
    this.#again.hidden = true;
    setText(this.#said, shown);
    this.say(spoken);
  }

  problem(words, again = null) {
    this.#last.hidden = false;
    this.#last.className = "rv-last rv-bad";
    this.#again.hidden = !again;
    this.#again.onclick = again;
    setText(this.#said, words);
    this.say(words);
  }

  /** On a phone the message stands above the list. */
  toDetail() { if (matchMedia("(max-width: 900px)").matches) this.#detail.scrollIntoView({ block: "start" }); }

  /** How far today's work is. */
  count({ today, goal }) {
    this.#progress.max = goal;
    this.#progress.value = Math.min(today, goal);
    if (today < goal) setText(this.#today, `${today} of today's ${goal} best labelled`);
    else this.#today.replaceChildren(`${today} of today's best labelled. `, element("a", { href: "/staff/training/model" }, "Train a model"));
  }

  show({ lines, reading, filter, words, undo }) {
    setText(this.#count, [
      plural(reading.total, "message", "messages"),
      filter.show === "open" && !filter.single && "alike ones folded",
      reading.unread > 0 && `${reading.unread.toLocaleString("en")} still being compared`,
    ].filter(Boolean).join(", "));
    this.#undo.hidden = !undo;
    this.filters.clear.hidden = !narrows(filter);
    const none = !lines.all.length && !reading.busy;
    this.#panes.hidden = !lines.all.length;
    this.#empty.hidden = !none;
    if (none) this.#sayEmpty(reading, filter, words);
  }

  #sayEmpty(reading, filter, words) {
    const kind = reading.allTime === 0 ? "never" : narrows(filter) ? "filtered" : filter.show;
    const [title, advice] = words.all.empty[kind];
    const way = {
      filtered: element("button", { type: "button", class: "rv-button rv-primary", on: { click: () => this.filters.use({ show: filter.show }) } }, "Clear the filters"),
      open: element("a", { class: "rv-button rv-primary", href: "/staff/training/model" }, "Train a model"),
      never: null,
    }[kind] ?? null;
    this.#empty.replaceChildren(...[element("h2", {}, title), element("p", { class: "rv-quiet" }, advice), way].filter(Boolean));
  }
}
