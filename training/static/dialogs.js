// What is asked before a deed, and what is looked up beside it. Native dialogs: Escape leaves, the focus returns.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { sheet, singleKeys } from "./keys.js";

let count = 0;

function open(title, body, { confirm = "", wide = false, check = () => "" } = {}) {
  const id = `rv-dialog-${++count}`;
  const problem = element("p", { class: "rv-problem", role: "alert", hidden: true });
  const form = element("form", { method: "dialog" },
    element("h2", { id }, title), ...body, problem,
    element("div", { class: "rv-acts" },
      confirm && element("button", { type: "submit", value: "yes", class: "rv-button rv-primary" }, confirm),
      element("button", { type: "button", class: "rv-button", on: { click: () => dialog.close("") } }, confirm ? "Cancel" : "Close")));
  const dialog = element("dialog", { class: wide ? "rv-dialog rv-wide" : "rv-dialog", "aria-labelledby": id }, form);
  form.addEventListener("submit", (event) => {
    const words = check();
    problem.hidden = !words;
    setText(problem, words);
    if (words) event.preventDefault();
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

const LEAST = 2; // examples of a new intent, as training/labels/creating.py

const field = (label, box) => element("label", { class: "rv-field" }, element("span", {}, label), box);

/** As an intent is called in the files: “Gift card balance” is gift_card_balance. */
export const intentName = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");

/** Resolves with {name, examples} or null. `texts`: what is labelled with it at once. */
export async function askNewIntent(texts, known, typed = "") {
  const name = element("input", { type: "text", maxlength: "60", autofocus: true, autocomplete: "off", value: typed });
  const called = element("p", { class: "rv-quiet" });
  const more = element("textarea", { rows: "4", maxlength: "4000", placeholder: "one sentence per line" });
  const sentences = () => more.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const show = () => setText(called, name.value.trim() ? `In the files: ${intentName(name.value) || "?"}` : "A short name for what the customer wants.");
  name.addEventListener("input", show);
  show();
  const check = () => {
    const wanted = intentName(name.value);
    if (!/^[a-z]/.test(wanted)) return "Give it a name that begins with a letter.";
    if (known.has(wanted)) return "There is an intent of that name already: choose it with /.";
    return new Set([...texts, ...sentences()]).size < LEAST ? "It needs two examples: add another way to say it." : "";
  };
  const first = texts.length > 1 ? `${texts.length} messages` : `“${texts[0]}”`;
  const yes = await open("New intent", [
    field("Name", name), called, field("More ways to say it (the model needs about eight)", more),
    element("p", { class: "rv-quiet" }, `${first} will be its first example${texts.length > 1 ? "s" : ""}. The next training knows it.`),
  ], { confirm: "Create and label", check });
  return yes ? { name: intentName(name.value), examples: sentences() } : null;
}

/** Resolves with the note for the editors, or null. */
export async function askMissing(texts) {
  const note = element("textarea", { rows: "3", maxlength: "500", autofocus: true });
  note.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    note.form.requestSubmit(note.form.querySelector("[value=yes]"));
  });
  const about = texts.length > 1 ? `${texts.length} messages` : `“${texts[0]}”`;
  const yes = await open("An article is missing", [
    element("p", {}, `The editors get ${about} in their list of what is missing.`), field("A word to them (may stay empty)", note),
  ], { confirm: "Send to the editors" });
  return yes ? note.value.trim() : null;
}

/** The list of keys. */
export function showSheet() {
  const off = element("input", { type: "checkbox", checked: singleKeys.on });
  off.addEventListener("change", () => { singleKeys.on = off.checked; });
  return open("Keys", [
    element("div", { class: "rv-sheet" }, ...sheet.map(([title, keys]) => element("section", {}, element("h3", {}, title),
      element("dl", {}, ...keys.flatMap(([key, does]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)]))))),
    element("label", { class: "rv-check" }, off, "Single keys do something"),
  ], { wide: true });
}

const WHO = { customer: "Customer", bot: "Assistant", agent: "Agent", system: "" };

const thumbOf = (helped, comment) => helped !== null && element("em", { class: "rv-thumb" },
  helped ? "The customer: this helped." : "The customer: this did not help.", comment && element("span", { dir: "auto" }, ` “${comment}”`));

/** The episode around a message, personal data masked. */
export function showConversation(turn) {
  const body = element("div", { class: "rv-talk", tabindex: "0", role: "log", "aria-busy": "true" }, "Reading…");
  api.conversation(turn).then(({ lines }) => {
    body.replaceChildren(...lines.map(({ author, text, here, helped, comment }) => element("p", { class: `rv-said rv-by-${author}`, "aria-current": here && "true" },
      WHO[author] && element("strong", {}, `${WHO[author]}: `), element("span", { dir: "auto" }, text), thumbOf(helped, comment))));
    body.setAttribute("aria-busy", "false");
    body.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }, (error) => { body.textContent = error.message; });
  return open("The conversation around it", [element("p", { class: "rv-quiet" }, "Names, addresses and numbers are masked."), body], { wide: true });
}
