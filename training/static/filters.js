// Which messages are listed, and in what order. What is chosen stands in the address (address.js).
import { element } from "/widget/dom.js";

const PAUSE = 300; // ms after the last letter of a search

export class Filters {
  #fields = {};
  #changed;
  #filter;
  #words;
  #timer = 0;

  /** `words`: what codes are called (words.js); `changed(filter)`: somebody chose something. */
  constructor(words, filter, changed) {
    this.#words = words;
    this.#filter = filter;
    this.#changed = changed;
    const choice = (name, label, options) => {
      const select = element("select", { "aria-label": label, on: { change: () => this.#set(name, select.value) } },
        ...options.map(([value, text]) => element("option", { value }, text)));
      return (this.#fields[name] = select);
    };
    const tick = (name, label) => {
      const box = element("input", { type: "checkbox", on: { change: () => this.#set(name, box.checked ? "1" : "") } });
      this.#fields[name] = box;
      return element("label", { class: "rv-check" }, box, label);
    };
    const search = element("input", { type: "search", maxlength: "200", placeholder: "Search the messages", "aria-label": "Search the messages" });
    search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#set("search", search.value.trim()), PAUSE);
    });
    search.addEventListener("keydown", (event) => { if (event.key === "Escape") search.blur(); });
    this.#fields.search = search;
    const since = element("input", { type: "date", "aria-label": "Said since", on: { change: () => this.#set("since", since.value) } });
    this.#fields.since = since;
    this.clear = element("button", { type: "button", class: "rv-link", on: { click: () => this.use({}) } }, "Clear the filters");
    const { reasons, shown, orders, intents } = words.all;
    this.element = element("div", { class: "rv-filters", role: "search" }, search,
      choice("show", "Which messages", Object.entries(shown)),
      choice("reason", "Reason", [["", "Any reason"], ...Object.entries(reasons).map(([code, [name]]) => [code, name])]),
      choice("order", "Order", Object.entries(orders)),
      element("details", { class: "rv-more" }, element("summary", {}, "More"),
        element("div", { class: "rv-more-fields" },
          choice("intent", "Intent", [["", "Any intent"], ...intents.map(({ name, words: said }) => [name, said])]),
          choice("language", "Language", [["", "Any language"]]),
          choice("max_confidence", "Confidence", [["", "Any confidence"], ["0.5", "Under 50 %"], ["0.7", "Under 70 %"], ["0.9", "Under 90 %"]]),
          element("label", { class: "rv-since" }, "Said since ", since),
          tick("doubtful", "Only with a reason"), tick("single", "Don't fold what is alike"), this.clear)));
    this.#fill();
  }

  /** Another filter, as if it had been chosen here. */
  use(filter) {
    this.#filter = { search: "", show: "open", reason: "", intent: "", order: "value", language: "", since: "", max_confidence: "", doubtful: "", single: "", ...filter };
    this.#fill();
    this.#changed(this.#filter);
  }

  /** How many there are of each reason, and of each language. */
  count(reasons, languages) {
    for (const option of this.#fields.reason.options) {
      if (option.value) option.textContent = `${this.#words.reason(option.value)[0]} (${(reasons[option.value] ?? 0).toLocaleString("en")})`;
    }
    const { language } = this.#fields;
    const codes = [...new Set([...Object.keys(languages), this.#filter.language].filter(Boolean))].sort();
    language.replaceChildren(element("option", { value: "" }, "Any language"), ...codes.map((code) =>
      element("option", { value: code }, `${this.#words.language(code)} (${(languages[code] ?? 0).toLocaleString("en")})`)));
    language.value = this.#filter.language ?? "";
  }

  #set(name, value) {
    if (this.#filter[name] === value) return;
    this.#filter = { ...this.#filter, [name]: value };
    this.#changed(this.#filter);
  }

  #fill() {
    for (const [name, field] of Object.entries(this.#fields)) {
      const value = this.#filter[name] ?? "";
      if (field.type === "checkbox") field.checked = Boolean(value);
      else if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) field.append(element("option", { value, selected: true }, value));
      else field.value = value;
    }
  }
}
