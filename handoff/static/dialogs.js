// Questions that the agent answers before something changes hands. All are native dialogs: Escape cancels,
// focus is kept inside and returns to where it was.
import { element } from "/widget/dom.js";

let count = 0;

/** Ask in a modal dialog; resolves with `read()` when confirmed, with null when dismissed. */
function ask({ title, body, confirm, read }) {
  // Enter confirms, unless the body asks for something first.
  const autofocus = !body.some((part) => part.matches("[autofocus]") || part.querySelector("[autofocus]"));
  const heading = element("h2", { id: `hc-dialog-${++count}` }, title);
  const form = element("form", { method: "dialog" },
    heading, ...body,
    element("div", { class: "hc-actions" },
      element("button", { type: "button", class: "hc-button", on: { click: () => dialog.close("") } }, "Cancel"),
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

const OUTCOMES = [
  ["solved", "Solved", "The customer has what they need."],
  ["follow_up", "Needs follow-up", "Something is still to be done after this chat."],
  ["not_solved", "Not solved", "We could not help."],
  ["no_reply", "No reply", "The customer did not answer any more."],
];

export function askOutcome() {
  const options = OUTCOMES.map(([value, label, hint], index) =>
    element("label", { class: "hc-option" },
      element("input", { type: "radio", name: "outcome", value, checked: index === 0, autofocus: index === 0 }),
      element("span", {}, element("strong", {}, label), element("small", {}, hint))));
  const group = element("fieldset", {}, element("legend", {}, "What became of it?"), ...options);
  return ask({
    title: "Close this chat", body: [group], confirm: "Close chat",
    read: () => group.querySelector("input:checked")?.value ?? "solved",
  });
}

export function askTransfer(colleagues) {
  const here = colleagues.filter((one) => one.online);
  if (!here.length) {
    const text = "None of your colleagues is online. You can put the chat back into the queue instead.";
    return ask({ title: "Transfer this chat", body: [element("p", {}, text)], read: () => null });
  }
  const select = element("select", { id: "hc-to", autofocus: true },
    ...here.map((one) => element("option", { value: one.id }, one.name)));
  const note = element("textarea", { id: "hc-transfer-note", rows: "3", maxlength: "3500" });
  return ask({
    title: "Transfer this chat",
    body: [
      element("label", { for: "hc-to" }, "To"), select,
      element("label", { for: "hc-transfer-note" }, "What should they know? (only staff see it)"), note,
    ],
    confirm: "Transfer", read: () => ({ to: select.value, note: note.value }),
  });
}

export function confirmHandBack() {
  const text = "The assistant takes over and starts afresh with the details already given.";
  return ask({ title: "Hand back to the assistant?", body: [element("p", {}, text)], confirm: "Hand back", read: () => true });
}

export function confirmRelease() {
  const text = "The customer keeps their place, and any colleague can take the chat.";
  return ask({ title: "Put back into the queue?", body: [element("p", {}, text)], confirm: "Put back", read: () => true });
}

const KEYS = [
  ["j / k", "Next, previous chat"], ["c", "Claim the chosen chat, or the first that waits"],
  ["r", "Write a reply"], ["1 … 9", "Insert a suggested reply"], ["n", "Write a note"],
  ["e", "Close the chat"], ["h", "Hand back to the assistant"], ["t", "Transfer to a colleague"],
  ["b", "Put back into the queue"], ["Enter", "Send (Shift + Enter: new line)"],
  ["Esc", "Leave the reply box"], ["?", "This sheet"],
];

export function showKeys(enabled) {
  const box = element("input", { type: "checkbox", checked: enabled });
  const rows = KEYS.map(([key, does]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)));
  return ask({
    title: "Keyboard", confirm: "Done", read: () => ({ enabled: box.checked }),
    body: [
      element("dl", { class: "hc-keys" }, ...rows),
      element("label", { class: "hc-check" }, box, "Single-key shortcuts"),
    ],
  });
}
