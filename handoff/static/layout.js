// The console's frame: its panes and buttons. What they do is passed in.
import { element, icon } from "/widget/dom.js";
import "./filters.js";
import "./panel.js";
import "./queue.js";

const VIEWS = [["queue", "Queue"], ["chat", "Chat"], ["card", "Card"]];

/** Fill the console's element; returns the parts that change. `does`: {show(view), presence(), search(), mentions(), preferences(), keys()}. */
export function layout(root, columns, does) {
  const link = (label, key, run) => element("button", { type: "button", class: "hc-link", "aria-keyshortcuts": key, on: { click: run } },
    `${label} `, element("kbd", { "aria-hidden": "true" }, key));
  const parts = {
    mentions: link("Mentions", "y", does.mentions),
    queue: document.createElement("handrail-queue"),
    filters: document.createElement("handrail-filters"),
    side: document.createElement("handrail-side"),
    bar: element("p", { class: "hc-bar", role: "status", hidden: true }),
    away: element("div", { class: "hc-bar away", hidden: true },
      element("span", { role: "status" }), element("button", { type: "button", class: "hc-link", on: { click: does.presence } }, "I am back")),
    problem: element("div", { class: "hc-problem", role: "alert", hidden: true }),
    presence: element("button", { type: "button", class: "hc-presence", "aria-keyshortcuts": "m", on: { click: does.presence } }),
    hint: element("p"),
    polite: element("p", { class: "sr", "aria-live": "polite" }),
    assertive: element("p", { class: "sr", "aria-live": "assertive" }),
    tabs: element("nav", { class: "hc-tabs", "aria-label": "Parts of the console" },
      ...VIEWS.map(([view, label]) =>
        element("button", { type: "button", "data-view": view, on: { click: () => does.show(view) } }, label))),
  };
  root.append(
    parts.bar, parts.away, parts.tabs,
    element("section", { class: "hc-queue", "aria-label": "Queue" }, parts.filters, parts.queue,
      element("footer", {}, parts.presence, link("Search", "g", does.search), parts.mentions, link("Preferences", ",", does.preferences), link("Keys", "?", does.keys))),
    element("section", { class: "hc-chat", "aria-label": "Chats" },
      element("div", { class: "hc-welcome" }, icon("chat"), element("h1", {}, "No chat is open"), parts.hint),
      parts.problem, columns.tabs, columns.element),
    element("aside", { class: "hc-card", "aria-label": "About this chat" }, parts.side),
    parts.polite, parts.assertive);
  return parts;
}
