import { element } from "/widget/dom.js";
import { ask } from "./dialogs.js";

const OUTCOMES = [
  ["solved", "Solved", "The customer has what they need."],
  ["follow_up", "Needs follow-up", "Something is still to be done after this chat."],
  ["not_solved", "Not solved", "We could not help."],
  ["no_reply", "No reply", "The customer did not answer any more."],
];

export function openClose() {
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
