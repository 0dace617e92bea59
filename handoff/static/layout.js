// The console's frame: its panes and buttons. What they do is passed in.
import { element, icon } from "/widget/dom.js";
import "./card.js";
import "./chat.js";
import "./queue.js";

const VIEWS = [["queue", "Queue"], ["chat", "Chat"], ["card", "Card"]];

/** Fill the console's element; returns the parts that change. `does`: {show(view), sound(), keys()}. */
export function layout(root, does) {
  const parts = {
    queue: document.createElement("handrail-queue"),
    chat: document.createElement("handrail-chat"),
    card: document.createElement("handrail-card"),
    title: element("h1", { class: "hc-title", tabindex: "-1" }),
    state: element("p", { class: "hc-state", role: "status" }),
    actions: element("div", { class: "hc-toolbar", role: "group", "aria-label": "What to do with this chat" }),
    problem: element("div", { class: "hc-problem", role: "alert", hidden: true }),
    link: element("p", { class: "hc-connection", role: "status" }),
    sound: element("button", { type: "button", class: "hc-link", on: { click: does.sound } }),
    hint: element("p"),
    tabs: element("nav", { class: "hc-tabs", "aria-label": "Parts of the console" },
      ...VIEWS.map(([view, label]) =>
        element("button", { type: "button", "data-view": view, on: { click: () => does.show(view) } }, label))),
  };
  const keys = element("button", { type: "button", class: "hc-link", on: { click: does.keys } },
    "Keys ", element("kbd", {}, "?"));
  root.append(
    parts.tabs,
    element("section", { class: "hc-queue", "aria-label": "Queue" }, parts.queue,
      element("footer", {}, parts.sound, keys, parts.link)),
    element("section", { class: "hc-chat", "aria-label": "Chat" },
      element("div", { class: "hc-welcome" }, icon("chat"), element("h1", {}, "No chat is open"), parts.hint),
      element("header", { class: "hc-chat-head" }, element("div", {}, parts.title, parts.state), parts.actions),
      parts.problem, parts.chat),
    element("aside", { class: "hc-card", "aria-label": "Card" }, parts.card));
  return parts;
}

/** The buttons above the chat: those that its state allows. */
export function drawActions(bar, state, mine, deeds) {
  const shape = mine ? "mine" : state?.owner ?? "";
  if (bar.dataset.shape === shape) return;
  bar.dataset.shape = shape;
  const act = (label, key, run, kind = "") => element("button", {
    type: "button", class: `hc-button ${kind}`, "aria-keyshortcuts": key, on: { click: run },
  }, label, " ", element("kbd", { "aria-hidden": "true" }, key));
  if (mine) {
    bar.replaceChildren(
      act("Close", "e", deeds.close, "primary"), act("Hand back", "h", deeds.handBack),
      act("Transfer", "t", deeds.transfer), act("Put back", "b", deeds.release));
  } else bar.replaceChildren(...(state?.owner === "queued" ? [act("Claim", "c", deeds.claim, "primary")] : []));
}

/** Who has the chat, in words. */
export function describe(state, mine) {
  if (!state) return "";
  if (mine) return "Your chat";
  return { queued: "Waiting in the queue", bot: "With the assistant", closed: "Closed" }[state.owner]
    ?? (state.agent ? `With ${state.agent}` : "With a colleague");
}
