// What agents write again and again: the picker of canned replies and macros, macros with their preview, and a
// quiet word about vague times. The server fills every variable; here nothing is ever read as HTML.
//
//   const picker = new Picker({ box, conversation: () => id, insert: (text) => …, macro: (macro) => … });
//   picker.open()                        also "/" in an empty place of the box, and Ctrl+K
//   await runMacro(conversation, macro)  asks, runs, gives {steps, repeated, state}, or null when the agent did not
//   await hintFor(text)                  null, or {text}: one line to show under the box
//   watchHint(box, node)                 does so by itself: keeps the node's text true while the agent writes
import { element, setText } from "/widget/dom.js";
import { call } from "./api.js";

const WAIT = 350; // ms without a key: only then is a text judged
let count = 0;

export const library = {
  replies: (conversation) => call("GET", `/api/conversations/${encodeURIComponent(conversation)}/replies`),
  used: (id) => call("POST", `/api/desk/replies/${encodeURIComponent(id)}/used`),
  check: (text) => call("POST", "/api/desk/replies/check", { text }),
  macros: () => call("GET", "/api/desk/macros"),
  preview: (conversation, id) => call("GET", `/api/conversations/${encodeURIComponent(conversation)}/macros/${encodeURIComponent(id)}`),
  run: (conversation, id, body) => call("POST", `/api/conversations/${encodeURIComponent(conversation)}/macros/${encodeURIComponent(id)}`, body),
};

/** A list to choose from, above the reply box. It inserts a filled text; the agent reads it and sends it. */
export class Picker {
  #box;
  #conversation;
  #insert;
  #macro;
  #open = null; // {conversation, entries, shown, chosen, slash}
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
      placeholder: "Find a reply or a macro", on: { input: () => this.#filter(), keydown: (event) => this.#key(event) },
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
    const mine = { conversation, entries: [], shown: [], chosen: 0, slash };
    this.#open = mine;
    this.#input.value = "";
    this.#list.replaceChildren();
    this.#panel.hidden = false;
    setText(this.#status, "Reading…");
    this.#input.focus();
    try {
      const [replies, macros] = await Promise.all([library.replies(conversation), this.#macro ? library.macros() : []]);
      if (this.#open !== mine) return;
      mine.entries = [...replies.map(replyEntry), ...macros.map(macroEntry)];
      this.#filter();
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
      if (open.shown[open.chosen]) this.#take(open.shown[open.chosen]);
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
    library.used(entry.id).catch(() => {}); // a count, not a deed: the text is there already
    selectBlank(this.#box);
  }
}

/**
 * Show what a macro would do to this chat, let the agent change its texts, and run it: all of it or nothing.
 * Resolves with {steps, repeated, state}, or with null when the agent decided otherwise.
 */
export async function runMacro(conversation, macro) {
  const plan = await library.preview(conversation, macro.id);
  const run = newRun(); // one for every press in this dialog: a retry doubles nothing
  const fields = new Map();
  const rows = plan.steps.map((step, index) => {
    const row = element("li", { class: step.refused ? "refused" : null }, element("strong", {}, step.words));
    if (step.text !== null) {
      const id = `hc-macro-${++count}`;
      const field = element("textarea", { id, rows: "3", maxlength: "4000", dir: "auto", "aria-label": step.words });
      field.value = step.text;
      fields.set(index, field);
      const hint = element("p", { class: "hc-hint quiet", "aria-live": "polite" });
      if (step.to_customer) watchHint(field, hint);
      row.append(field, hint);
    }
    if (step.refused) row.append(element("p", { class: "hc-hint late" }, step.refused));
    return row;
  });
  const problem = element("p", { class: "hc-problem", role: "alert", hidden: true });
  const title = element("h2", { id: `hc-macro-title-${++count}` }, plan.title);
  const go = element("button", { type: "submit", class: "hc-button primary", autofocus: true }, "Run");
  const form = element("form", {}, title, element("ol", { class: "hc-macro-steps" }, ...rows), problem,
    element("div", { class: "hc-actions" },
      element("button", { type: "button", class: "hc-button", on: { click: () => dialog.close() } }, "Cancel"), go));
  const dialog = element("dialog", { class: "hc-dialog", "aria-labelledby": title.id }, form);
  let answer = null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    // What the agent has read is what is sent, though meanwhile a time in it would be another.
    const texts = Object.fromEntries([...fields].map(([index, field]) => [index, field.value]));
    try {
      answer = await library.run(conversation, macro.id, { run, texts });
      dialog.close();
    } catch (error) {
      setText(problem, error.message);
      problem.hidden = false;
    } finally {
      go.disabled = false;
    }
  });
  document.body.append(dialog);
  const done = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
  });
  dialog.showModal();
  return done;
}

/** Judge a text for the customer: a vague time, or a blank that nobody filled. Null when there is nothing to say. */
export async function hintFor(text) {
  if (!text.trim()) return null;
  const blank = /\[[a-z][a-z ]{1,30}\]/.exec(text);
  if (blank) return { text: `Fill in ${blank[0]} before you send it.` };
  if (!/\p{L}{3}/u.test(text)) return null;
  const found = await library.check(text.slice(0, 8000)).catch(() => null);
  if (!found?.vague.length) return null;
  const words = [...new Set(found.vague.map((one) => `“${one.words}”`))].slice(0, 3).join(", ");
  return { text: `${words} – ${found.advice}` };
}

/** Keep a line under a text box true while somebody writes; gives a function that ends it. */
export function watchHint(box, node) {
  let timer = null;
  let asked = 0;
  const judge = () => {
    clearTimeout(timer);
    const mine = ++asked;
    if (!box.value.trim()) return show(null);
    timer = setTimeout(async () => {
      const hint = await hintFor(box.value);
      if (mine === asked) show(hint);
    }, WAIT);
  };
  const show = (hint) => {
    setText(node, hint?.text ?? "");
    node.hidden = !hint;
  };
  box.addEventListener("input", judge);
  judge();
  return () => {
    asked += 1;
    clearTimeout(timer);
    box.removeEventListener("input", judge);
  };
}

/** Not crypto.randomUUID: a house may run on plain http within its own walls. */
function newRun() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
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
  return fold(entry.title).includes(words[0]) ? 2 : 3;
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
