// What agents write again and again: the picker of canned replies and macros. The server fills every variable; here
// nothing is ever read as HTML.
//
//   const picker = new Picker({ box, conversation: () => id, insert: (text) => …, macro: (macro) => … });
//   picker.open()    also "/" in an empty place of the box, and Ctrl+K
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";

let count = 0;

/** A list to choose from, above the reply box. It inserts a filled text; the agent reads it and sends it. */
export class Picker {
  #box;
  #conversation;
  #insert;
  #macro;
  #open = null; // {conversation, entries, shown, chosen, slash, read, wanted}
  #list;
  #input;
  #status;
  #panel;

  /** `insert(text)` puts text into the box; `macro(macro)` is told which one was chosen. */
  constructor({ box, conversation, insert, macro = null }) {
    this.#box = box;
    this.#conversation = conversation;
    this.#insert = insert;
    this.#macro = macro;
    const id = `hc-picker-${++count}`;
    this.#list = element("ul", { id, class: "hc-picks", role: "listbox", "aria-label": "Replies and macros" });
    this.#status = element("p", { class: "hc-pick-status quiet", role: "status" });
    this.#input = element("input", {
      type: "text", class: "hc-pick-filter", role: "combobox", maxlength: "80", autocomplete: "off", spellcheck: "false",
      "aria-label": "Find a reply or a macro", "aria-controls": id, "aria-expanded": "true", "aria-autocomplete": "list",
      placeholder: "Find a reply or a macro", on: { input: () => this.#typed(), keydown: (event) => this.#key(event) },
    });
    this.#panel = element("div", { class: "hc-picker", hidden: true, on: { focusout: (event) => this.#left(event) } },
      this.#input, this.#status, this.#list);
    (box.closest("form") ?? box.parentElement).prepend(this.#panel);
    box.addEventListener("keydown", (event) => this.#boxKey(event));
  }

  get isOpen() { return this.#open !== null; }

  async open({ slash = false } = {}) {
    const conversation = this.#conversation();
    if (!conversation || this.#open) return;
    const mine = { conversation, entries: [], shown: [], chosen: 0, slash, read: false, wanted: false };
    this.#open = mine;
    this.#input.value = "";
    this.#list.replaceChildren();
    this.#panel.hidden = false;
    setText(this.#status, "Reading…");
    this.#input.focus();
    try {
      const [replies, macros] = await Promise.all([api.replies(conversation), this.#macro ? api.macros() : []]);
      if (this.#open !== mine) return;
      mine.entries = [...replies.map(replyEntry), ...macros.map(macroEntry)];
      mine.read = true;
      this.#filter();
      if (mine.wanted && mine.shown.length) this.#take(mine.shown[0]);
    } catch (error) {
      if (this.#open === mine) setText(this.#status, error.message);
    }
  }

  close({ typed = false } = {}) {
    const was = this.#open;
    if (!was) return;
    this.#open = null;
    this.#panel.hidden = true;
    this.#list.replaceChildren();
    this.#box.focus();
    // Who wanted a slash, and no list, has what they typed.
    if (typed && was.slash) place(this.#box, `/${this.#input.value}`);
  }

  #boxKey(event) {
    if (event.isComposing) return;
    const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (control && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.open();
    } else if (event.key === "/" && !control && !event.altKey && startsWord(this.#box)) {
      event.preventDefault();
      this.open({ slash: true });
    }
  }

  #key(event) {
    const open = this.#open;
    if (!open || event.isComposing) return;
    event.stopPropagation(); // the console's single keys are not meant here
    const last = open.shown.length - 1;
    const steps = { ArrowDown: open.chosen + 1, ArrowUp: open.chosen - 1, Home: 0, End: last };
    if (event.key in steps && (event.key.startsWith("Arrow") || !this.#input.value)) {
      event.preventDefault();
      open.chosen = (steps[event.key] + last + 1) % Math.max(1, last + 1);
      this.#mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Who types on without looking means the first that fits, also before the list is here.
      if (!open.read) open.wanted = this.#input.value.trim() !== "";
      else if (open.shown[open.chosen]) this.#take(open.shown[open.chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close({ typed: true });
    } else if (event.key === "Backspace" && !this.#input.value) {
      event.preventDefault();
      this.close();
    }
  }

  #left(event) {
    // A click elsewhere closes; focus that leaves the window does not.
    if (!this.#open || !event.relatedTarget || this.#panel.contains(event.relatedTarget)) return;
    this.#open = null;
    this.#panel.hidden = true;
  }

  #typed() {
    if (this.#open) this.#open.wanted = false;
    this.#filter();
  }

  #filter() {
    const open = this.#open;
    if (!open) return;
    const words = fold(this.#input.value.replace(/^\//, "")).split(/\s+/).filter(Boolean);
    open.shown = open.entries
      .filter((entry) => words.every((word) => entry.find.includes(word)))
      .map((entry, order) => ({ entry, order, rank: rank(entry, words) }))
      .sort((one, other) => one.rank - other.rank || one.order - other.order)
      .map(({ entry }) => entry);
    open.chosen = 0;
    this.#list.replaceChildren(...open.shown.map((entry, index) => element("li", {
      id: `${this.#list.id}-${index}`, role: "option", class: "hc-pick", "aria-selected": "false",
      // Before the click the input would lose its focus, and the list would close.
      on: { mousedown: (event) => event.preventDefault(), click: () => this.#take(entry) },
    },
      element("span", { class: "hc-pick-title" }, element("strong", {}, entry.title),
        entry.shortcut && element("code", {}, `/${entry.shortcut}`),
        entry.tag && element("span", { class: "hc-chip" }, entry.tag)),
      element("span", { class: "hc-pick-text", dir: "auto" }, entry.text))));
    const none = open.entries.length ? "Nothing fits. Try another word, or press Escape." : "There are no replies yet. Add some under The desk, Replies.";
    setText(this.#status, open.shown.length ? `${open.shown.length} found` : none);
    this.#mark();
  }

  #mark() {
    const { chosen } = this.#open;
    for (const [index, node] of [...this.#list.children].entries()) node.setAttribute("aria-selected", String(index === chosen));
    const node = this.#list.children[chosen];
    if (node) {
      this.#input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }

  #take(entry) {
    this.close();
    if (entry.macro) {
      this.#macro(entry.macro);
      return;
    }
    this.#insert(entry.text);
    api.replyUsed(entry.id).catch(() => {}); // a count, not a deed: the text is there already
    selectBlank(this.#box);
  }
}

function replyEntry(reply) {
  return { ...reply, tag: reply.suggested ? "Suggested" : "", find: fold(`${reply.shortcut ?? ""} ${reply.title} ${reply.text}`) };
}

function macroEntry(macro) {
  return { title: macro.title, shortcut: "", text: macro.words.join(", then "), tag: "Macro", macro, find: fold(`macro ${macro.title}`) };
}

function rank(entry, words) {
  if (!words.length) return 0;
  const typed = words.join(" ");
  if (entry.shortcut === typed) return 0;
  if (entry.shortcut?.startsWith(typed)) return 1;
  const title = fold(entry.title);
  if (title.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(words[0]))) return 2;
  return title.includes(words[0]) ? 3 : 4;
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const startsWord = (box) => {
  const before = box.value.slice(0, box.selectionStart);
  return !before || /\s$/.test(before);
};

function place(box, text) {
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The first blank that the server could not fill is what the agent types next. */
function selectBlank(box) {
  const blank = /\[[a-z][a-z ]{1,30}\]/.exec(box.value);
  if (blank) box.setSelectionRange(blank.index, blank.index + blank[0].length);
}
