// One line of the queue: built once, then only what changed is changed.
import { element, setAttribute as write, setText } from "/widget/dom.js";
import { languageName, segmentName } from "./format.js";

const PRIORITIES = { urgent: "Urgent", high: "High", normal: "Normal", low: "Low" };

const part = (kind, attributes = {}) => element("span", { class: kind, hidden: true, ...attributes });

/** Only what differs: whoever observes attributes (NiceGUI's style sheets) reads the page again at each change. */
function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) write(node, name, value);
}

/** Show a text, or hide the place where it would stand. */
function put(node, text) {
  setText(node, text || "");
  node.hidden = !text;
}

export class Line {
  #entry = null;
  #shape = "";
  #parts = {
    name: element("strong"), unread: part("hc-unread"), alarm: part("hc-badge p-urgent"), since: part("hc-since"),
    ask: element("span", { class: "hc-line-ask", dir: "auto" }), priority: element("span", { class: "hc-badge" }),
    why: element("span"), holder: part("hc-chip"), due: part("hc-due"), next: part("hc-due"), marks: part("hc-marks"), note: part("quiet"),
    offer: part("hc-offer"),
  };
  #left = element("span", { "data-until": "" });

  constructor(conversation, does) {
    const { name, unread, alarm, since, ask, priority, why, holder, due, next, marks, note, offer } = this.#parts;
    const act = (label, run, kind = "") => element("button", {
      type: "button", class: `hc-button small ${kind}`, hidden: true, on: { click: () => run(conversation) },
    }, label);
    this.conversation = conversation;
    this.button = element("button", {
      type: "button", class: "hc-line", tabindex: "-1", "data-conversation": conversation, on: { click: () => does.select(conversation) },
    },
      element("span", { class: "hc-line-top" }, name, alarm, unread, since), ask,
      element("span", { class: "hc-line-why" }, priority, why, holder, due, next, marks), note);
    this.accept = act("Accept", does.accept, "primary");
    this.decline = act("Decline", does.decline);
    this.own = act("Take it on", does.own, "primary");
    // One press less than opening the chat first; seen where the mouse or the focus is.
    this.claim = act("Claim", does.claim, "primary hc-line-claim");
    offer.append(this.#left);
    this.node = element("li", { class: "hc-entry" }, this.button, this.claim,
      element("div", { class: "hc-line-acts" }, this.accept, this.decline, this.own, offer));
  }

  /** True when something is drawn anew. `holder`: which colleague has it or is offered it, in words. */
  show(entry, { selected, unread, teams, holder }) {
    const shape = `${unread}|${selected}|${teams}|${holder}|${JSON.stringify(entry)}`;
    if (shape === this.#shape) return false;
    this.#shape = shape;
    this.#entry = entry;
    this.#draw(entry, unread, teams);
    put(this.#parts.holder, holder);
    setAttribute(this.button, "aria-current", selected ? "true" : null);
    return true;
  }

  get entry() { return this.#entry; }

  #draw(entry, unread, teams) {
    const parts = this.#parts;
    const queued = entry.owner === "queued";
    const who = entry.customer || "Visitor";
    setText(parts.name, who);
    put(parts.unread, unread ? `${unread} new` : "");
    put(parts.alarm, entry.alarm ? "Alarm" : "");
    clockOn(parts.since, "since", queued ? entry.queued_at : null);
    setText(parts.ask, entry.first_ask ? `“${entry.first_ask}”` : "Nothing written yet");
    setText(parts.priority, PRIORITIES[entry.priority] ?? entry.priority);
    setAttribute(parts.priority, "class", `hc-badge p-${entry.priority}`);
    parts.priority.title = entry.priority_reason;
    // What a mouse sees in the title, a screen reader hears after the line.
    setAttribute(this.button, "aria-description", entry.priority_reason ? `Priority: ${entry.priority_reason}` : null);
    setText(parts.why, entry.reason_words);
    clockOn(parts.due, "due", entry.answered ? null : entry.due_at);
    clockOn(parts.next, "due", entry.answered ? entry.next_due_at : null);
    const marks = [
      entry.language && languageName(entry.language), teams && entry.team, entry.topic?.replaceAll("_", " "),
      entry.segment && segmentName(entry.segment),
      ...entry.tags.map((tag) => `#${tag}`),
    ].filter(Boolean);
    put(parts.marks, marks.join(" · "));
    parts.marks.title = entry.routed_because;
    put(parts.note, note(entry));
    this.accept.hidden = this.decline.hidden = parts.offer.hidden = !entry.offered;
    this.#left.dataset.until = entry.offered ? entry.offered_until : "";
    this.own.hidden = !entry.alarm || entry.offered;
    this.claim.hidden = !queued || entry.offered || entry.alarm || entry.excluded;
    for (const [button, verb] of [[this.claim, "Claim"], [this.accept, "Accept"], [this.decline, "Decline"], [this.own, "Take on the alarm of"]]) {
      setAttribute(button, "aria-label", `${verb} ${who}`);
    }
  }
}

function clockOn(node, kind, moment) {
  node.hidden = !moment;
  if (moment) node.dataset[kind] = moment;
  else {
    delete node.dataset[kind];
    node.textContent = "";
  }
}

function note(entry) {
  if (entry.excluded) return "Asked for somebody else than you";
  if (entry.joined) return "You have joined";
  if (entry.wanted) return "Talked with you before";
  if (entry.overflowed) return "Your team helps out";
  return "";
}
