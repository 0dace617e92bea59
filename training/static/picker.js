// A list to choose one from by typing: intents with examples of each, entities. A native dialog: Escape leaves it.
import { element, setText } from "/widget/dom.js";
import { fit } from "./fuzzy.js";

let count = 0;

/**
 * Resolves with the chosen entry's `value`, with {typed} when `create` was chosen, or with null.
 * `entries`: [{value, title, text, note}] in the order in which they stand while nothing is typed.
 * `create`: what the last line offers for a text that fits nothing well, such as “New intent”.
 */
export function pick({ title, placeholder, entries, typed = "", create = "", hint = "" }) {
  const id = `rv-pick-${++count}`;
  const list = element("ul", { id: `${id}-list`, class: "rv-picks", role: "listbox", "aria-label": title });
  const status = element("p", { class: "rv-quiet", role: "status" });
  const input = element("input", {
    type: "text", role: "combobox", maxlength: "80", autocomplete: "off", spellcheck: "false", autofocus: true, "aria-label": title,
    "aria-controls": list.id, "aria-expanded": "true", "aria-autocomplete": "list", placeholder,
  });
  const dialog = element("dialog", { class: "rv-dialog rv-picker", "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title), hint ? element("p", { class: "rv-quiet" }, hint) : null, input, status, list,
    element("button", { type: "button", class: "rv-button rv-close", on: { click: () => dialog.close() } }, "Cancel"));
  let shown = [];
  let chosen = 0;
  let answer = null;

  const take = (entry) => {
    answer = entry.create ? { typed: input.value.trim() } : entry.value;
    dialog.close();
  };
  const mark = () => {
    for (const [index, node] of [...list.children].entries()) node.setAttribute("aria-selected", String(index === chosen));
    const node = list.children[chosen];
    if (!node) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", node.id);
    return node.scrollIntoView({ block: "nearest" });
  };
  const filter = () => {
    const ranked = entries.map((entry, order) => ({ entry, order, rank: fit(input.value, entry.title, entry.text) }))
      .filter(({ rank }) => rank !== null).sort((one, other) => one.rank - other.rank || one.order - other.order);
    shown = ranked.map(({ entry }) => entry);
    if (create && input.value.trim()) shown.push({ create: true, title: `${create} “${input.value.trim()}”`, text: "" });
    chosen = 0;
    list.replaceChildren(...shown.map((entry, index) => element("li", {
      id: `${id}-${index}`, role: "option", class: "rv-pick", "aria-selected": "false",
      on: { mousedown: (event) => event.preventDefault(), click: () => take(entry) },
    }, element("span", { class: "rv-pick-title" }, element("strong", {}, entry.title), entry.note && element("span", { class: "rv-quiet" }, entry.note)),
    entry.text && element("span", { class: "rv-quiet", dir: "auto" }, entry.text))));
    setText(status, ranked.length ? `${ranked.length} found` : "Nothing fits. Try other letters.");
    mark();
  };

  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      chosen = (chosen + step + shown.length) % shown.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown[chosen]) take(shown[chosen]);
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  input.value = typed;
  filter();
  input.focus();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(answer);
  }));
}
