// Questions that the agent answers before something changes hands. All are native dialogs: Escape cancels,
// focus is kept inside and returns to where it was.
import { element } from "/widget/dom.js";

let count = 0;
const fresh = (kind) => `hc-${kind}-${++count}`;

/** Ask in a modal dialog; resolves with `read()` when confirmed, with null when dismissed. */
export function ask({ title, body, confirm, read = () => true, cancel = "Cancel" }) {
  // Enter confirms, unless the body asks for something first.
  const autofocus = !body.some((part) => part.matches("[autofocus]") || part.querySelector("[autofocus]"));
  const heading = element("h2", { id: fresh("dialog") }, title);
  const form = element("form", { method: "dialog" },
    heading, ...body,
    element("div", { class: "hc-actions" },
      element("button", { type: "button", class: "hc-button", on: { click: () => dialog.close("") } }, cancel),
      confirm && element("button", { type: "submit", value: "yes", autofocus, class: "hc-button primary" }, confirm)));
  const dialog = element("dialog", { class: "hc-dialog", "aria-labelledby": heading.id }, form);
  document.body.append(dialog);
  const shown = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? read() : null);
      dialog.remove();
    });
  });
  dialog.showModal();
  return shown;
}

/** A text box with its label: {label, box}. */
function noteBox(label, attributes = {}) {
  const id = fresh("text");
  return { label: element("label", { for: id }, label), box: element("textarea", { id, rows: "3", maxlength: "3500", ...attributes }) };
}

// "@ada" in a note calls a colleague: not when a customer wrote it.
const unnamed = (text) => text.replace(/(?<![\p{L}\p{N}_@.])@(?=[\p{L}\p{N}_])/gu, "@ ");

/**
 * A note that begins with what the card sums up, for the agent to change or to add to. `lines`: as known now; `fresh`:
 * promises them with what was said a moment ago, and they take the place of the others if nobody has typed yet.
 */
function handoverNote({ lines, fresh }, attributes = {}) {
  const note = noteBox("What should they know? Only staff see it.", { rows: lines.length ? "7" : "3", ...attributes });
  const put = (summed) => { note.box.value = summed.length ? `${unnamed(summed.join("\n"))}\n` : ""; };
  put(lines);
  const first = note.box.value;
  fresh.then((summed) => { if (note.box.value === first) put(summed); });
  return note;
}

const NOTHING = { lines: [], fresh: Promise.resolve([]) };

function stateOf({ state, chats, capacity }) {
  return state === "full" ? `at capacity, ${chats} of ${capacity}` : `${chats} of ${capacity} chats`;
}

/** To whom: resolves with {to: {to | team}, note}, or null. `summary`: what the note begins with. */
export function askTransfer({ colleagues, teams }, ownTeam, summary = NOTHING) {
  const here = colleagues.filter((one) => one.online);
  const others = teams.filter((team) => team.id !== ownTeam);
  if (!here.length && !others.length) {
    const text = "None of your colleagues is here. You can put the chat back into the queue instead.";
    return ask({ title: "Transfer this chat", body: [element("p", {}, text)], cancel: "Close" });
  }
  const id = fresh("to");
  const select = element("select", { id, autofocus: true },
    here.length > 0 && element("optgroup", { label: "Colleagues" },
      ...here.map((one) => element("option", { value: `to ${one.id}` }, `${one.name} (${stateOf(one)})`))),
    others.length > 0 && element("optgroup", { label: "Teams" },
      ...others.map((team) => element("option", { value: `team ${team.id}` }, team.online ? team.name : `${team.name} (nobody there now)`))));
  const note = handoverNote(summary);
  return ask({
    title: "Transfer this chat", body: [element("label", { for: id }, "To"), select, note.label, note.box], confirm: "Transfer",
    read: () => {
      const [kind, value] = select.value.split(" ");
      return { to: { [kind]: value }, note: note.box.value };
    },
  });
}

/** Confirm, with words for whoever is next; resolves with {note}, or null. */
function askWithNote(title, text, confirm, summary) {
  const note = handoverNote(summary, { autofocus: true });
  return ask({ title, body: [element("p", {}, text), note.label, note.box], confirm, read: () => ({ note: note.box.value }) });
}

export const askSomeoneElse = (summary = NOTHING) => askWithNote("Let somebody else take over?",
  "The chat goes back into the queue, for anybody but you. The customer keeps their place.", "Put back", summary);

export const askEscalate = (summary = NOTHING) => askWithNote("Escalate this chat?",
  "It goes to the next level, or to somebody of the team with more experience. The customer keeps their place.", "Escalate", summary);

export function askAlarm() {
  const { label, box } = noteBox("What is the matter?", { autofocus: true, required: true, maxlength: "300", rows: "2" });
  const text = "Everybody on duty is told, and it stays raised until somebody takes it on.";
  return ask({ title: "Raise an alarm", body: [element("p", {}, text), label, box], confirm: "Raise", read: () => box.value.trim() || null });
}

const plain = (title, text, confirm) => ask({ title, body: [element("p", {}, text)], confirm });

export function askHandBack() {
  const { label, box } = noteBox("Why? It becomes a note that only staff see.", { autofocus: true, rows: "2" });
  const text = "The assistant takes over and starts afresh with the details already given.";
  return ask({ title: "Hand back to the assistant?", body: [element("p", {}, text), label, box], confirm: "Hand back", read: () => ({ note: box.value }) });
}

export const confirmRelease = () => plain("Put back into the queue?",
  "The customer keeps their place, and any colleague can take the chat.", "Put back");

export const confirmRemoval = (name) => plain("Remove this file?",
  `“${name}” goes for you, your colleagues and the customer. Nobody can bring it back.`, "Remove");

export const confirmOver = (message) => plain("More than there is room for", `${message} Go on all the same?`, "Go on");

export const confirmDeleteView = ({ name, shared }) => plain(`Delete the view “${name}”?`,
  shared ? "It goes away for all colleagues. The chats stay as they are." : "The chats stay as they are.", "Delete");

/** `shares`: whether this person may give it to everybody. */
export function askViewName(shares) {
  const id = fresh("view");
  const name = element("input", { id, type: "text", maxlength: "60", required: true, autofocus: true });
  const shared = element("input", { type: "checkbox" });
  return ask({
    title: "Save as a view", confirm: "Save",
    body: [element("label", { for: id }, "Name"), name, ...(shares ? [element("label", { class: "hc-check" }, shared, "For all colleagues")] : [])],
    read: () => ({ name: name.value.trim(), shared: shared.checked }),
  });
}
