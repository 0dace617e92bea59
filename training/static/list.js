// The list: one line per message or folded cluster. Lines are kept and moved, never rebuilt, so that a key costs little.
import { element, setAttribute, setText } from "/widget/dom.js";

const SPARE = 40; // pixels

export const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);

class Entry {
  #shape = "";

  constructor(line, does) {
    this.line = line;
    this.box = element("input", { type: "checkbox", tabindex: "-1", on: { click: () => does.select(this.line) } });
    this.text = element("span", { class: "rv-line-text", dir: "auto" });
    this.meta = element("span", { class: "rv-line-meta" });
    this.button = element("button", { type: "button", class: "rv-line", on: { click: () => does.go(this.line) } }, this.text, this.meta);
    this.node = element("li", {}, this.box, this.button);
  }

  show(line, { current, selected, words }) {
    this.line = line;
    const { item } = line;
    setAttribute(this.button, "aria-current", current && "true");
    this.box.checked = selected;
    const shape = [item.text, item.intent, item.confidence, item.label, line.size, line.inside, line.open, line.problem].join("\n");
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.node.className = line.inside ? "rv-inside" : "";
    setText(this.text, item.text);
    this.box.setAttribute("aria-label", `Select: ${item.text.slice(0, 60)}`);
    const label = item.label && item.label !== "ignored" ? `labelled ${words.intent(item.label)}` : "";
    this.meta.replaceChildren(...[
      element("span", {}, label || `${words.intent(item.intent)} ${percent(item.confidence)}`),
      line.size > 1 && element("span", { class: "rv-like" }, `${line.size} like this`),
      line.open && !line.inside && element("span", {}, "opened"),
      item.times > 1 && element("span", {}, `said ${item.times.toLocaleString("en")} times`),
      item.reasons[0] && element("span", { class: "rv-chip" }, words.reason(item.reasons[0])[0]),
      line.problem && element("span", { class: "rv-refused" }, line.problem),
    ].filter(Boolean));
  }
}

export class List {
  #entries = new Map();
  #words;
  #does;
  #shown = [];

  /** `does`: {go(line), select(line)}. */
  constructor(words, does) {
    this.#words = words;
    this.#does = does;
    this.element = element("ol", { class: "rv-lines", "aria-label": "Messages" });
  }

  show({ all, current, selected }) {
    const keep = new Set(all.map((line) => line.id));
    for (const [id, entry] of this.#entries) {
      if (keep.has(id)) continue;
      entry.node.remove();
      this.#entries.delete(id);
    }
    let place = this.element.firstElementChild;
    for (const line of all) {
      if (!this.#entries.has(line.id)) this.#entries.set(line.id, new Entry(line, this.#does));
      const entry = this.#entries.get(line.id);
      entry.show(line, { current: line === current, selected: selected.has(line.id), words: this.#words });
      if (entry.node === place) place = place.nextElementSibling;
      else this.element.insertBefore(entry.node, place);
    }
    const node = current && this.#entries.get(current.id)?.node;
    if (node && this.#shown !== current) this.#reveal(node);
    this.#shown = current;
  }

  /** Within the list only: the window itself does not jump under a finger. */
  #reveal(node) {
    const { scrollTop, clientHeight } = this.element;
    const top = node.offsetTop - this.element.offsetTop;
    // A line that was off the screen may be higher than it was guessed to be.
    if (top < scrollTop || top + node.offsetHeight + SPARE > scrollTop + clientHeight) this.element.scrollTop = top - clientHeight / 3;
  }
}
