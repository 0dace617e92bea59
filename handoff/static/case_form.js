// The form that closes a chat: what became of it, whether the customer can live with it, the remedy, the root cause
// and what follows. Only the outcome is asked for always; the rest opens where it is wanted.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { ask, askEscalate } from "./dialogs.js";

const OUTCOMES = [
  ["solved", "Solved", "The customer has what they need."],
  ["follow_up", "Needs follow-up", "Something is still to be done after this chat."],
  ["not_solved", "Not solved", "We could not help."],
  ["no_reply", "No reply", "The customer did not answer any more."],
];
const REMEDIES = [["", "None"], ["refund", "Refund"], ["credit", "Credit"], ["replacement", "Replacement"], ["apology", "Apology, no money"]];
const LEVELS = { specialist: "A specialist", lead: "A lead" };
const WHYS = 5;
const WAIT = 350; // ms without a key, before alike root causes are looked for
let count = 0;

/** A field under its label. */
function field(label, tag, attributes = {}, ...children) {
  const id = `hc-case-${++count}`;
  const box = element(tag, { id, ...attributes }, ...children);
  return { box, whole: element("div", { class: "hc-field" }, element("label", { for: id }, label), box) };
}

const options = (pairs) => pairs.map(([value, label]) => element("option", { value }, label));

function folded(title, open, ...content) {
  return element("details", { class: "hc-case-part", open }, element("summary", {}, title), ...content);
}

function choice(legend, name, pairs, chosen) {
  const group = element("fieldset", {}, element("legend", {}, legend), ...pairs.map(([value, label, hint]) =>
    element("label", { class: "hc-option" },
      element("input", { type: "radio", name, value, checked: value === chosen, autofocus: name === "outcome" && value === chosen }),
      element("span", {}, element("strong", {}, label), hint && element("small", {}, hint)))));
  return { group, value: () => group.querySelector("input:checked")?.value ?? chosen };
}

/** Resolves with the body of the close route, or with null: nothing is to be closed (any more). */
export async function openClose(conversation) {
  const outcome = choice("What became of it?", "outcome", OUTCOMES, "solved");
  const parts = [];
  const rest = element("div", { class: "hc-case-rest" });
  const note = field("Note on the case. Only staff see it.", "textarea", { rows: "2", maxlength: "2000" });
  let escalates = false;
  const body = [outcome.group, rest, folded("Note", false, note.whole)];
  const leave = (event) => {
    escalates = true;
    event.target.closest("dialog").close("");
  };
  // The dialog stands at once: e and Enter close a chat without waiting for what else may be said.
  api.caseOf(conversation).then((sheet) => {
    parts.push(followUp(outcome), acceptable(sheet), remedy(sheet), cause(sheet, outcome));
    rest.append(...parts.map((part) => part.whole));
    for (const button of rest.querySelectorAll("[data-escalate]")) button.addEventListener("click", leave);
  }, () => {}); // a chat without a case is closed all the same
  const answer = await ask({
    title: "Close this chat", body, confirm: "Close chat",
    read: () => Object.assign({ outcome: outcome.value(), note: note.box.value }, ...parts.map((part) => part.read())),
  });
  if (!escalates) return answer;
  const why = await askEscalate();
  if (why) {
    await api.escalate(conversation, why.note);
    document.querySelector("handrail-case")?.dispatchEvent(new CustomEvent("changed", { bubbles: true, detail: { conversation } }));
  }
  return null;
}

function acceptable({ questions }) {
  if (questions.acceptable_from === "customer") {
    const said = questions.acceptable ? "finds the solution acceptable" : "does not accept the solution";
    return { whole: element("p", { class: "quiet" }, `The customer ${said}.`), read: () => ({}) };
  }
  const asked = choice("Is the solution acceptable to the customer?", "acceptable",
    [["yes", "Yes"], ["no", "No"], ["unknown", "I don’t know"]], "unknown");
  asked.group.classList.add("hc-in-line");
  return { whole: asked.group, read: () => ({ acceptable: { yes: true, no: false }[asked.value()] ?? null }) };
}

function remedy({ limit }) {
  const kind = field("Remedy", "select", {}, ...options(REMEDIES));
  const amount = field(`Worth in ${limit.currency}`, "input", { type: "number", min: "0.01", step: "0.01", inputmode: "decimal" });
  const why = field("What for", "input", { type: "text", maxlength: "500" });
  const over = element("p", { class: "hc-over", role: "status" });
  const escalate = element("button", { type: "button", class: "hc-button small", "data-escalate": true, hidden: true }, "Escalate instead");
  const judge = () => {
    const money = !["", "apology"].includes(kind.box.value);
    amount.whole.hidden = !money;
    why.whole.hidden = !kind.box.value;
    amount.box.required = money;
    const tooMuch = money && Number(amount.box.value) > limit.amount;
    const rest = limit.customer && customersRest(limit);
    const tooMuchForOne = money && rest && Number(amount.box.value) > limit.customer.left;
    const words = tooMuch ? beyond(limit, Number(amount.box.value)) : tooMuchForOne ? rest : "";
    amount.box.setCustomValidity(words);
    setText(over, words || (money ? [`You may give up to ${limit.amount} ${limit.currency}.`, rest].filter(Boolean).join(" ") : ""));
    escalate.hidden = !tooMuch || !limit.higher.length;
  };
  for (const one of [kind.box, amount.box]) one.addEventListener("input", judge);
  judge();
  return {
    whole: folded("Remedy", false, element("div", { class: "hc-pair" }, kind.whole, amount.whole), over, escalate, why.whole),
    read: () => (kind.box.value ? { remedy: {
      kind: kind.box.value, note: why.box.value,
      amount: kind.box.value === "apology" ? null : Number(amount.box.value),
    } } : {}),
  };
}

/** What of the house's limit for one customer is left. */
export function customersRest({ currency, customer: { amount, days, left } }) {
  return `${left} of ${amount} ${currency} left for this customer ${days === 30 ? "this month" : `in ${days} days`}.`;
}

/** Who may give so much. */
export function beyond({ amount, currency, higher }, wanted) {
  const able = higher.find((one) => one.amount >= wanted);
  if (!able) return `You may give up to ${amount} ${currency}, and nobody gives so much in one case.`;
  const names = able.names.length ? able.names.join(", ") : "nobody has that level";
  return `You may give up to ${amount} ${currency}. ${LEVELS[able.level] ?? able.level} (${names}) may give up to ${able.amount}.`;
}

function cause({ causes, recurs, topic, topic_words: words, colleagues }, outcome) {
  const known = element("datalist", { id: `hc-causes-${++count}` });
  const explained = new Set(); // known causes of which somebody has said why
  const show = (found) => {
    known.replaceChildren(...found.map((one) => element("option", { value: one.text })));
    for (const one of found) if (one.explained) explained.add(one.text.toLowerCase());
  };
  show(causes);
  const text = field("Root cause", "input", { type: "text", maxlength: "300", list: known.id, autocomplete: "off", placeholder: "Choose one, or write a new one" });
  let timer;
  text.box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => api.causes(text.box.value, topic).then(show, () => {}).then(judge), WAIT);
  });
  const whys = Array.from({ length: recurs.asks ? WHYS : 0 }, (_, at) =>
    field(at ? "And why that?" : "Why did it happen?", "input", { type: "text", maxlength: "300" }));
  // One answer leads to the next question.
  whys.forEach((why, at) => {
    why.whole.hidden = at > 0 && at >= recurs.required;
    why.box.addEventListener("input", () => { if (at + 1 < whys.length && why.box.value.trim()) whys[at + 1].whole.hidden = false; });
  });
  // Where the house requires them, the form asks before the server does; a cause that is explained needs no more.
  const judge = () => {
    const wanted = recurs.required && outcome.value() !== "no_reply" && !explained.has(text.box.value.trim().toLowerCase());
    const missing = (box) => (wanted && !box.value.trim() ? "This topic comes again and again. Please say why, or choose a root cause that is known." : "");
    for (const { box } of [text, ...whys.slice(0, recurs.required)]) box.setCustomValidity(missing(box));
  };
  for (const { box } of [text, ...whys]) {
    box.addEventListener("input", judge);
    box.addEventListener("invalid", () => { box.closest("details").open = true; }); // else nobody sees what is asked
  }
  outcome.group.addEventListener("change", judge);
  judge();
  const action = field("What is done so that it does not come again", "input", { type: "text", maxlength: "500" });
  const owner = field("Who does it", "select", {}, ...options([["", "Nobody yet"], ...colleagues.map((one) => [one.id, one.title])]));
  const due = field("Until", "input", { type: "date" });
  const asked = `${words} came ${recurs.cases} times in ${recurs.days} days. Asking “why” five times leads to what can be mended.`
    + (recurs.required ? ` Please say at least the first ${recurs.required}, or choose a root cause that is known.` : "");
  return {
    whole: folded("Root cause", recurs.asks, known, recurs.asks && element("p", { class: "quiet" }, asked), ...whys.map((one) => one.whole), text.whole,
      ...(recurs.asks ? [action.whole, element("div", { class: "hc-pair" }, owner.whole, due.whole)] : [])),
    read: () => {
      if (!text.box.value.trim()) return {};
      const does = action.box.value.trim();
      return { cause: {
        text: text.box.value, whys: whys.map((one) => one.box.value).filter((one) => one.trim()),
        ...(does && { action: does, owner: owner.box.value || null, due: due.box.value || null }),
      } };
    },
  };
}

function followUp(outcome) {
  const why = field("What is to be done", "input", { type: "text", maxlength: "300" });
  const due = field("When", "input", { type: "datetime-local" });
  const whole = element("div", { class: "hc-pair" }, why.whole, due.whole);
  const judge = () => {
    whole.hidden = outcome.value() !== "follow_up";
    due.box.min = localNow();
  };
  outcome.group.addEventListener("change", judge);
  judge();
  return {
    whole,
    read: () => (whole.hidden || !why.box.value.trim() ? {} : { follow_up: {
      why: why.box.value, due_at: due.box.value ? new Date(due.box.value).toISOString() : null,
    } }),
  };
}

/** This minute, as a field for a local time takes it. */
export function localNow() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
