// Which of the queue is shown: words, team, topic, language, priority, state; kept as named views.
import { element, setAttribute, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { languageName } from "./format.js";
import { isOverdue } from "./queue.js";

const STATES = [["", "Everything"], ["unassigned", "Unassigned"], ["mine", "Mine"], ["overdue", "Overdue"], ["alarm", "Alarms"]];
const PRIORITIES = [["", "Any priority"], ["urgent", "Urgent"], ["high", "High"], ["normal", "Normal"], ["low", "Low"]];
const KEYS = ["text", "state", "team", "topic", "language", "priority"];

/** Whether an entry passes; `me`: the reader's id. */
export function passes(entry, filter, me) {
  if (filter.team && entry.team_id !== filter.team) return false;
  if (filter.topic && entry.topic !== filter.topic) return false;
  if (filter.language && entry.language !== filter.language) return false;
  if (filter.priority && entry.priority !== filter.priority) return false;
  if (filter.state === "mine" && entry.agent_id !== me && !entry.joined) return false;
  if (filter.state === "unassigned" && entry.owner !== "queued") return false;
  if (filter.state === "overdue" && !isOverdue(entry)) return false;
  if (filter.state === "alarm" && !entry.alarm) return false;
  const words = (filter.text ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
  if (!words.length) return true;
  const where = [entry.customer, entry.first_ask, entry.reason_words, entry.topic, entry.team, entry.segment, ...entry.tags]
    .join(" ").toLowerCase();
  return words.every((word) => where.includes(word));
}

/** A filter as it is kept (GET, POST /api/desk/views), and back. */
export function kept(filter) {
  const { text, team, topic, language, priority, state } = filter;
  return {
    text: text?.trim() || null, team: team || null, topic: topic || null, language: language || null,
    priority: priority ? [priority] : [], state: state === "unassigned" ? "waiting" : null,
    mine: state === "mine", overdue: state === "overdue", alarm: state === "alarm",
  };
}

function asKept({ text, team, topic, language, priority = [], state, mine, overdue, alarm }) {
  const how = alarm ? "alarm" : overdue ? "overdue" : mine || state === "mine" ? "mine" : state === "waiting" ? "unassigned" : "";
  return { text: text ?? "", team: team ?? "", topic: topic ?? "", language: language ?? "", priority: priority[0] ?? "", state: how };
}

class Filters extends HTMLElement {
  #filter = {};
  #views = [];
  #shape = "";
  #text = element("input", { type: "search", maxlength: "100", placeholder: "Filter the queue", "aria-label": "Filter the queue by words" });
  #fold = element("details", { class: "hc-more-filters" });
  #fields = {};
  #view = element("select", { "aria-label": "Saved view" });
  #clear = element("button", { type: "button", class: "hc-link", hidden: true, on: { click: () => this.use({}) } }, "Clear");
  #delete = element("button", {
    type: "button", class: "hc-link", hidden: true,
    on: { click: () => this.dispatchEvent(new CustomEvent("delete-view", { detail: this.chosen, bubbles: true })) },
  }, "Delete view");
  #told = element("summary", {}, "Filters");

  connectedCallback() {
    if (this.firstChild) return;
    const choice = (key, label, options) => {
      const select = element("select", { "aria-label": label });
      fill(select, options);
      select.addEventListener("change", () => this.#set(key, select.value));
      return (this.#fields[key] = select);
    };
    const save = element("button", { type: "button", class: "hc-link", on: { click: () => this.dispatchEvent(new Event("save-view", { bubbles: true })) } }, "Save as a view");
    this.#fold.append(this.#told, element("div", { class: "hc-fields" },
      choice("state", "State", STATES), choice("priority", "Priority", PRIORITIES), choice("team", "Team", [["", "Any team"]]),
      choice("topic", "Topic", [["", "Any topic"]]), choice("language", "Language", [["", "Any language"]]), save));
    this.#view.addEventListener("change", () => this.use(this.#views.find((one) => one.id === this.#view.value)?.filters ?? {}));
    this.#text.addEventListener("input", () => this.#set("text", this.#text.value));
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      if (this.#text.value) this.#set("text", (this.#text.value = ""));
      else this.dispatchEvent(new Event("left-filters", { bubbles: true }));
    });
    this.append(this.#text, element("div", { class: "hc-filter-row" }, this.#fold, this.#view, this.#clear, this.#delete));
    this.#view.hidden = true;
    this.readViews();
  }

  get filter() { return this.#filter; }
  get active() { return KEYS.some((key) => this.#filter[key]); }
  get chosen() { return this.#views.find((one) => one.id === this.#view.value) ?? null; }

  focusText() { this.#text.focus(); }
  focusViews() { (this.#view.hidden ? this.#text : this.#view).focus(); }

  /** Offer only what the queue has, and what is chosen. */
  offer({ waiting, mine, with_colleagues: theirs = [], teams = [] }) {
    const all = [...waiting, ...mine, ...theirs];
    const values = (key) => [...new Set([...all.map((entry) => entry[key]), this.#filter[key]].filter(Boolean))].sort();
    const options = {
      team: [["", "Any team"], ...teams.map((team) => [team.id, team.name])],
      topic: [["", "Any topic"], ...values("topic").map((topic) => [topic, topic.replaceAll("_", " ")])],
      language: [["", "Any language"], ...values("language").map((code) => [code, languageName(code)])],
    };
    const shape = JSON.stringify(options);
    if (shape === this.#shape) return;
    this.#shape = shape;
    for (const [key, list] of Object.entries(options)) fill(this.#fields[key], list, this.#filter[key] ?? "");
  }

  use(filters) {
    this.#filter = Object.fromEntries(KEYS.filter((key) => filters[key]).map((key) => [key, filters[key]]));
    this.#text.value = this.#filter.text ?? "";
    for (const [key, select] of Object.entries(this.#fields)) {
      const value = this.#filter[key] ?? "";
      if (value && ![...select.options].some((option) => option.value === value)) select.append(element("option", { value }, value));
      select.value = value;
    }
    this.#changed();
  }

  async readViews() {
    try {
      this.#views = (await api.views()).map((one) => ({ ...one, filters: asKept(one.filters) }));
    } catch {
      return; // the queue works without them; they are read again with the next one saved
    }
    const chosen = this.#view.value;
    fill(this.#view, [["", "Views"], ...this.#views.map((one) => [one.id, one.shared ? `${one.name} (shared)` : one.name])], chosen);
    this.#view.hidden = !this.#views.length;
    this.#delete.hidden = !this.chosen?.deletable;
  }

  #set(key, value) {
    if (value) this.#filter[key] = value;
    else delete this.#filter[key];
    this.#changed();
  }

  #changed() {
    const fields = KEYS.filter((key) => key !== "text" && this.#filter[key]).length;
    setText(this.#told, fields ? `Filters (${fields})` : "Filters");
    this.#clear.hidden = !this.active;
    const shape = (filters) => JSON.stringify(KEYS.map((key) => filters[key] || ""));
    const same = this.active && this.#views.find((one) => shape(one.filters) === shape(this.#filter));
    this.#view.value = (same || null)?.id ?? "";
    this.#delete.hidden = !this.chosen?.deletable;
    setAttribute(this, "active", this.active);
    this.dispatchEvent(new Event("filtered", { bubbles: true }));
  }
}

function fill(select, options, chosen = "") {
  select.replaceChildren(...options.map(([value, label]) => element("option", { value }, label)));
  select.value = chosen;
}

customElements.define("handrail-filters", Filters);
