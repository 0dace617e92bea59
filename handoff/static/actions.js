// What can be done with a chat as it stands: as data for buttons and keys, and as the bar above the chat.
import { element, icon } from "/widget/dom.js";

/** Every deed: its key, its words. `short` ones stand in the bar, the others behind "More". */
const DEEDS = {
  claim: { key: "c", label: "Claim", short: true, kind: "primary" },
  accept: { key: "a", label: "Accept", short: true, kind: "primary" },
  decline: { key: "d", label: "Decline", short: true },
  own: { key: "o", label: "Take on the alarm", short: true, kind: "primary" },
  close: { key: "e", label: "Close", short: true, kind: "primary" },
  handBack: { key: "h", label: "Hand back to the assistant" },
  transfer: { key: "t", label: "Transfer", short: true },
  join: { key: "i", label: "Join", short: true },
  leave: { key: "i", label: "Leave", short: true },
  release: { key: "b", label: "Put back into the queue" },
  someoneElse: { key: "s", label: "Put back for somebody else" },
  escalate: { key: "u", label: "Escalate" },
  raise: { key: "!", label: "Raise an alarm" },
  pin: { key: "p", label: "Pin beside others" },
  unpin: { key: "p", label: "Unpin" },
  shut: { key: "x", label: "Take off the screen" },
};

/** The deeds that an agent may do now, by name, in the order of the bar. */
export function possible({ state, entry, leads, pinned }) {
  const owner = entry?.owner ?? state?.owner;
  const names = [];
  if (entry?.alarm) names.push("own");
  if (entry?.mine && !entry.joined) names.push("close", "transfer", "handBack", "release", "someoneElse", "escalate");
  else if (entry?.joined) names.push("leave");
  else if (entry?.offered) names.push("accept", "decline");
  else if (owner === "queued") names.push("claim");
  else if (leads && (owner === "agent" || owner === "bot")) names.push("join");
  if (!entry?.alarm && (owner === "agent" || owner === "queued")) names.push("raise");
  names.push(pinned ? "unpin" : "pin", "shut");
  return names;
}

export const deedOf = (name) => DEEDS[name];

/** Draw the bar; `acts`: {names, run(name)}. */
export function drawActions(bar, { names, run }) {
  const shape = names.join(" ");
  if (bar.dataset.shape === shape) return;
  bar.dataset.shape = shape;
  const within = bar.contains(document.activeElement);
  const button = (name, kind) => {
    const { key, label } = DEEDS[name];
    return element("button", {
      type: "button", class: `hc-button ${kind}`, "aria-keyshortcuts": key, "data-deed": name, on: { click: () => run(name) },
    }, label, " ", element("kbd", { "aria-hidden": "true" }, key));
  };
  const more = names.filter((name) => !DEEDS[name].short);
  const menu = element("details", { class: "hc-menu" },
    element("summary", { class: "hc-button", "aria-label": "More to do" }, icon("more")),
    element("div", { class: "hc-menu-list" }, ...more.map((name) => button(name, "plain"))));
  const shut = (focus) => {
    menu.open = false;
    if (focus) menu.firstChild.focus();
  };
  menu.addEventListener("click", ({ target }) => { if (target.closest(".hc-menu-list button")) shut(true); });
  menu.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !menu.contains(relatedTarget)) shut(false); });
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && menu.open) {
      event.preventDefault();
      event.stopPropagation();
      shut(true);
    } else if (step && menu.open) {
      event.preventDefault();
      const items = [...menu.querySelectorAll(".hc-menu-list button")];
      items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
    }
  });
  bar.replaceChildren(...names.filter((name) => DEEDS[name].short).map((name) => button(name, DEEDS[name].kind ?? "")), menu);
  // The button that was pressed may be gone: whoever pressed it stays where they were.
  if (within) (bar.querySelector("button") ?? menu.firstChild).focus({ preventScroll: true });
}

/** Who has the chat, in words. */
export function describe(state, entry) {
  if (entry?.mine && !entry.joined) {
    const others = state?.others?.length ? ` with ${state.others.join(" and ")}` : "";
    return `Your chat${others}`;
  }
  if (entry?.joined) return `You have joined${state?.agent ? ` ${state.agent}` : ""}`;
  if (entry?.offered) return "Offered to you";
  if (!state) return "";
  return { queued: "Waiting in the queue", bot: "With the assistant", closed: "Closed" }[state.owner]
    ?? (state.agent ? `With ${state.agent}` : "With a colleague");
}
