// <handrail-side>: what is known about the focused chat, in tabs: card, customer, case, notes.
import { element, setText } from "/widget/dom.js";
import "./card.js";
import "./case.js";
import "./customer.js";
import "./notes.js";

const TABS = [
  ["card", "Card", "handrail-card"], ["customer", "Customer", "handrail-customer"],
  ["case", "Case", "handrail-case"], ["notes", "Notes", "handrail-notes"],
];

class Side extends HTMLElement {
  #tabs = new Map();
  #panels = new Map();
  #chosen = "card";
  #shown = { conversation: null, card: null };

  connectedCallback() {
    if (this.firstChild) return;
    const list = element("div", { class: "hc-side-tabs", role: "tablist", "aria-label": "What is known about this chat" });
    for (const [name, label, tag] of TABS) {
      const tab = element("button", {
        type: "button", role: "tab", id: `hc-tab-${name}`, "aria-controls": `hc-side-${name}`, on: { click: () => this.choose(name) },
      }, label);
      const panel = element("div", { role: "tabpanel", id: `hc-side-${name}`, "aria-labelledby": tab.id, class: "hc-side-panel", tabindex: "-1" },
        document.createElement(tag));
      this.#tabs.set(name, tab);
      this.#panels.set(name, panel);
      list.append(tab);
    }
    list.addEventListener("keydown", (event) => this.#key(event));
    this.append(list, ...this.#panels.values());
    this.choose("card");
  }

  get conversation() { return this.#shown.conversation; }

  get notes() { return this.#panels.get("notes").firstChild; }

  /** Show a chat; the panels that are not looked at are filled when they are. */
  show(conversation, card) {
    this.#shown = { conversation, card };
    const count = card?.notes.length;
    setText(this.#tabs.get("notes"), count ? `Notes (${count}${card.notes_earlier ? "+" : ""})` : "Notes");
    this.#fill();
  }

  choose(name) {
    this.#chosen = name;
    for (const [other, tab] of this.#tabs) {
      const chosen = other === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      this.#panels.get(other).hidden = !chosen;
    }
    this.#fill();
  }

  /** The next tab, with the focus on it. */
  next() {
    const names = TABS.map(([name]) => name);
    this.choose(names[(names.indexOf(this.#chosen) + 1) % names.length]);
    this.#tabs.get(this.#chosen).focus();
  }

  focusNote() {
    this.choose("notes");
    this.notes.focusNote();
  }

  #fill() {
    const { conversation, card } = this.#shown;
    if (conversation) this.#panels.get(this.#chosen).firstChild.show(conversation, card);
  }

  #key(event) {
    const names = TABS.map(([name]) => name);
    const at = names.indexOf(this.#chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(names[(to + names.length) % names.length]);
    this.#tabs.get(this.#chosen).focus();
  }
}

customElements.define("handrail-side", Side);
