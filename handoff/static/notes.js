// <handrail-notes>: what staff write for staff about this chat; "@" names a colleague.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { clockTime, day } from "./format.js";
import { Drafts } from "./habits.js";

const NAMED = /(?:^|\s)@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*)?)$/u; // what stands after the @, up to two words
let count = 0;

class Notes extends HTMLElement {
  #conversation = null;
  #shape = "";
  #number = ++count;
  #list = element("ul", { class: "hc-notes" });
  #none = element("p", { class: "quiet" }, "No notes yet. Write down what the next colleague should know.");
  #names = element("ul", { class: "hc-names", role: "listbox", "aria-label": "Colleagues", id: `hc-names-${this.#number}`, hidden: true });
  #box = element("textarea", {
    id: `hc-note-${this.#number}`, rows: "3", maxlength: "4000", role: "combobox", "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": this.#names.id,
  });
  #problem = element("p", { class: "hc-problem", role: "alert", hidden: true });
  #chosen = 0;
  #drafts = new Drafts("note:");
  #earlier = { notes: [], more: null }; // what was asked for before the card's notes; null: nothing was
  #more = element("button", { type: "button", class: "hc-link", hidden: true, on: { click: () => this.#readEarlier() } }, "Earlier notes");
  /** Whom a note may name: [{id, name}]. */
  colleagues = [];

  connectedCallback() {
    if (this.firstChild) return;
    const form = element("form", { class: "hc-note-form", on: { submit: (event) => this.#submit(event) } },
      element("label", { for: this.#box.id }, "Add a note. Only staff see it; @ names a colleague."),
      element("div", { class: "hc-name-place" }, this.#box, this.#names), this.#problem,
      element("button", { type: "submit", class: "hc-button small" }, "Add note"));
    this.append(this.#none, this.#more, this.#list, form);
    this.#box.addEventListener("input", () => {
      this.#drafts.set(this.#conversation, this.#box.value);
      this.#suggest();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("blur", () => this.#shut());
  }

  show(conversation, card) {
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#earlier = { notes: [], more: null };
      this.#box.value = conversation ? this.#drafts.get(conversation) : "";
      this.#shut();
    }
    this.#card = card;
    const last = card?.notes ?? [];
    // What the card has pushed out since stands among the earlier ones, or is asked for again.
    const known = new Set(last.map(({ id }) => id));
    const notes = [...this.#earlier.notes.filter(({ id }) => !known.has(id)), ...last];
    this.#more.hidden = !(this.#earlier.more ?? card?.notes_earlier);
    const shape = JSON.stringify([conversation, notes]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#none.hidden = notes.length > 0;
    this.#list.replaceChildren(...notes.map((note) => element("li", {},
      element("p", { class: "hc-note-text", dir: "auto" }, ...named(note.text, this.colleagues)),
      element("p", { class: "quiet" }, `${note.staff_name}, ${day(note.created_at)} ${clockTime(note.created_at)}`))));
  }

  #card = null;

  async #readEarlier() {
    const conversation = this.#conversation;
    const notes = this.#earlier.notes.length ? this.#earlier.notes : this.#card.notes;
    try {
      const page = await api.notes(conversation, notes[0].id);
      if (conversation !== this.#conversation) return;
      // Of what the card shows now the page's end may be a part; `show` takes each once.
      this.#earlier = { notes: [...page.notes, ...(this.#earlier.notes.length ? this.#earlier.notes : this.#card.notes)], more: page.earlier };
      this.show(conversation, this.#card);
    } catch (error) {
      if (conversation !== this.#conversation) return;
      setText(this.#problem, error.message);
      this.#problem.hidden = false;
    }
  }

  focusNote() { this.#box.focus(); }

  async #submit(event) {
    event.preventDefault();
    const text = this.#box.value.trim();
    const conversation = this.#conversation;
    if (!text || !conversation) return;
    this.#problem.hidden = true;
    try {
      await api.note(conversation, text);
    } catch (error) {
      setText(this.#problem, error.message);
      this.#problem.hidden = false;
      return;
    }
    this.#drafts.set(conversation, "");
    if (conversation === this.#conversation) this.#box.value = "";
    this.dispatchEvent(new CustomEvent("changed", { detail: { conversation }, bubbles: true }));
  }

  // ---- @name -------------------------------------------------------------------------------------------

  get #typed() { return NAMED.exec(this.#box.value.slice(0, this.#box.selectionStart))?.[1]; }

  #suggest() {
    const typed = this.#typed?.toLowerCase();
    const found = typed === undefined ? []
      : this.colleagues.filter(({ name }) => name.toLowerCase().split(" ").some((_, at, words) => words.slice(at).join(" ").startsWith(typed)));
    this.#chosen = 0;
    this.#names.replaceChildren(...found.slice(0, 6).map((one, index) => element("li", {
      role: "option", id: `${this.#names.id}-${index}`, "aria-selected": String(index === 0),
      on: { mousedown: (event) => { event.preventDefault(); this.#take(one); } },
    }, one.name)));
    this.#names.hidden = !found.length;
    this.#box.setAttribute("aria-expanded", String(found.length > 0));
    this.#mark();
    this.#found = found.slice(0, 6);
  }

  #found = [];

  #mark() {
    for (const [index, node] of [...this.#names.children].entries()) node.setAttribute("aria-selected", String(index === this.#chosen));
    const node = this.#names.hidden ? null : this.#names.children[this.#chosen];
    if (node) this.#box.setAttribute("aria-activedescendant", node.id);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #shut() {
    this.#names.hidden = true;
    this.#box.setAttribute("aria-expanded", "false");
    this.#box.removeAttribute("aria-activedescendant");
  }

  #take({ name }) {
    const at = this.#box.selectionStart;
    const from = at - this.#typed.length;
    this.#box.setRangeText(`${name} `, from, at, "end");
    this.#drafts.set(this.#conversation, this.#box.value);
    this.#shut();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { this.#submit(event); return; }
    if (this.#names.hidden) {
      if (event.key === "Escape") this.dispatchEvent(new Event("left-notes", { bubbles: true }));
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#chosen = (this.#chosen + step + this.#found.length) % this.#found.length;
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#found[this.#chosen]);
    else if (event.key === "Escape") this.#shut();
    else return;
    event.preventDefault();
    this.#mark();
  }
}

/** A note's text with the names of colleagues marked; text stays text. */
function named(text, colleagues) {
  const names = colleagues.map(({ name }) => name).sort((one, other) => other.length - one.length);
  const parts = [];
  let rest = text;
  while (rest) {
    const at = rest.indexOf("@");
    const name = at < 0 ? null : names.find((one) => rest.slice(at + 1, at + 1 + one.length).toLowerCase() === one.toLowerCase());
    if (at < 0) break;
    const end = at + 1 + (name?.length ?? 0);
    parts.push(rest.slice(0, at), name ? element("mark", { class: "hc-mention" }, rest.slice(at, end)) : "@");
    rest = rest.slice(end);
  }
  return [...parts, rest];
}

customElements.define("handrail-notes", Notes);
