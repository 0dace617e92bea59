// The invitations: what is shown beside the closed bubble, to whom and when, and what became of it.
import { element } from "/widget/dom.js";
import { area, button, languages, number, select, text, toggle } from "./parts.js";
import { swapped } from "./sections.js";

const MOST = 8;
const VISITORS = { any: "Everybody", new: "On their first visit", returning: "Who was here before" };
const HOUR = 3600;

export function invitations(state) {
  const all = state.draft.invitations;
  const change = (next, focus) => {
    state.set(["invitations"], next);
    state.show({ focus });
  };
  const add = () => {
    const one = { id: fresh(state), name: "", on: true, page: "", seconds: 10, event: null, segment: null, visitor: "any", online: false, text: {}, starters: [] };
    change([...all, one], `invitations.${all.length}.text.${state.language}`);
  };
  return [
    element("p", { class: "hint" }, "A short message beside the closed bubble. A visitor sees each one once, never two on a page, none while a chat goes on, and none for a day after sending one away."),
    state.draft.consent ? element("p", { class: "hint" }, "You ask for consent: before somebody has agreed, the server is neither asked nor told. So an invitation for a segment, or only while somebody is there, is shown only to those who have, and only they are counted.") : null,
    all.length ? languages(state, (code) => all.some((one) => !one.text[code])) : null,
    ...all.map((_, at) => card(state, all, at, change)),
    all.length < MOST ? button("Add an invitation", add) : null,
  ];
}

/** An id that was never used: what is counted and remembered of another one must not count for this. */
function fresh({ draft, history, published }) {
  const configs = [draft, published.config, ...history.map(({ config }) => config)];
  const used = new Set(configs.flatMap(({ invitations = [] }) => invitations.map(({ id }) => id)));
  let count = used.size + 1;
  while (used.has(`invitation_${count}`)) count += 1;
  return `invitation_${count}`;
}

function card(state, all, at, change) {
  const one = all[at];
  const place = (...keys) => ["invitations", at, ...keys];
  const title = one.name || one.text.en || Object.values(one.text)[0] || "New invitation";
  return element("fieldset", { class: "card" }, element("legend", {}, title),
    element("p", { class: "wrong", "data-at": `invitations.${at}`, role: "alert" }),
    became(state, one),
    area(state, place("text", state.language), "What it says", { max: 200, lines: 2, empty: undefined, to: (said) => said.replace(/\s+/g, " "),
      hint: "A language without a text gets the English one." }),
    area(state, place("starters"), "Answers to press, one a line", { lines: 2, empty: [], from: (said) => (said ?? []).join("\n"),
      to: (lines) => lines.split("\n").map((line) => line.trim()).filter(Boolean), hint: "Up to three, and better than none: a plain “yes” tells the assistant little." }),
    text(state, place("page"), "On which page", { max: 200, dir: "ltr", placeholder: "/checkout*", hint: "The path in the address, * for anything. Empty: every page." }),
    number(state, place("seconds"), "After so many seconds", { least: 0, most: HOUR, hint: "On the page, or after the event." }),
    text(state, place("event"), "Only after the event", { max: 60, dir: "ltr", empty: null, placeholder: "cart_left", hint: "Your site tells it: Handrail.track(\"cart_left\"). Empty: none is waited for." }),
    select(state, place("visitor"), "To whom", VISITORS),
    text(state, place("segment"), "Only customers of the segment", { max: 40, dir: "ltr", empty: null, placeholder: "at_risk", hint: "As in the desk's segments. The server decides; the page learns no more than yes or no." }),
    toggle(state, place("online"), "Only while somebody of the team is there"),
    text(state, place("name"), "Your name for it", { max: 60, hint: "Customers don't see it." }),
    toggle(state, place("on"), "In use"),
    element("div", { class: "buttons" },
      at ? button("Up", () => change(swapped(all, at)), { "aria-label": `Move “${title}” up` }) : null,
      button("Remove", () => change(all.filter((_, other) => other !== at)), { "aria-label": `Remove “${title}”` })));
}

/** Shown, opened, sent away, answered: of the last weeks, as the server counted. */
function became({ counts }, { id }) {
  if (!counts) return element("p", { class: "hint" }, "What became of it can't be read right now.");
  const { shown = 0, opened = 0, dismissed = 0, answered = 0 } = counts.invitations[id] ?? {};
  const share = (part) => (shown ? ` (${Math.round((100 * part) / shown)}%)` : "");
  return element("p", { class: "became" }, shown + opened + answered
    ? `In ${counts.days} days: shown ${shown}, opened ${opened}${share(opened)}, sent away ${dismissed}${share(dismissed)}, chats that began with it ${answered}${share(answered)}.`
    : `In ${counts.days} days it was shown to nobody.`);
}
