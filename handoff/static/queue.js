// The list on the left, in groups: alarms, what is offered to you, your chats, who waits for you, the others.
// Lines are kept and moved, never rebuilt: two hundred of them may change several times a second.
import { element, setText } from "/widget/dom.js";
import { now, tick } from "./format.js";
import { Line } from "./line.js";

const GROUPS = [
  ["alarm", "Alarms", "Alarms that nobody has taken on"], ["offered", "Offered to you", "Chats offered to you"],
  ["mine", "Your chats", "Your chats"], ["waiting", "Waiting", "Waiting customers"],
  ["others", "For other teams", "Customers who wait for other teams"], ["theirs", "With colleagues", "Chats of colleagues"],
];
const FOLDED = new Set(["others", "theirs"]);

/** The queue in its groups, each chat in one; `wanted(entry)`: the filter, which hides no alarm and no offer. */
export function grouped({ waiting = [], mine = [], with_colleagues: theirs = [] }, wanted = () => true) {
  const groups = { alarm: [], offered: [], mine: [], waiting: [], others: [], theirs: [] };
  const put = (entry, group) => {
    if (entry.alarm) groups.alarm.push(entry);
    else if (group === "offered" || wanted(entry)) groups[group].push(entry);
  };
  for (const entry of mine) put(entry, "mine");
  for (const entry of waiting) put(entry, entry.offered ? "offered" : entry.can_take ? "waiting" : "others");
  for (const entry of theirs) if (!entry.joined) put(entry, "theirs"); // what one has joined is in `mine`
  return groups;
}

class Queue extends HTMLElement {
  #lines = new Map(); // conversation -> Line
  #groups = {};
  #empty = element("li", { class: "hc-empty" });
  #roving = null; // the conversation whose line the Tab key reaches

  connectedCallback() {
    if (this.firstChild) return;
    for (const [name, title, label] of GROUPS) {
      const heading = element("h2", {}, title);
      const list = element("ul", { class: "hc-lines", "aria-label": label });
      const folds = FOLDED.has(name);
      const root = folds
        ? element("details", { class: `hc-group g-${name}` }, element("summary", {}, heading), list)
        : element("section", { class: `hc-group g-${name}` }, heading, list);
      this.#groups[name] = { root, heading, list, title };
      this.append(root);
      if (folds) root.addEventListener("toggle", () => this.#rove());
    }
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("focusin", ({ target }) => { if (target.dataset?.conversation) this.#rove(target.dataset.conversation); });
  }

  /**
   * `groups` as `grouped` makes them; `unread(id)`; `filtered`: a filter hides something; `does`: what buttons do;
   * `teams`: whether there are several; `holder(entry)`: which colleague has it or is offered it, in words.
   */
  show(groups, { selected, unread, filtered, teams, holder, does }) {
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const keep = new Set();
    for (const [name, entries] of Object.entries(groups)) this.#fill(name, entries, keep, { selected, unread, teams, holder, does });
    for (const [id, line] of this.#lines) {
      if (keep.has(id)) continue;
      line.node.remove();
      this.#lines.delete(id);
    }
    const nobody = !groups.waiting.length;
    if (nobody) this.#sayEmpty(groups, filtered);
    if (this.#empty.isConnected !== nobody) nobody ? this.#groups.waiting.list.append(this.#empty) : this.#empty.remove();
    // A node that is moved loses the focus.
    if (focused && document.activeElement !== focused) this.#refocus(focused);
    this.#rove();
    tick(this);
  }

  #fill(name, entries, keep, { selected, unread, teams, holder, does }) {
    const group = this.#groups[name];
    group.root.hidden = !entries.length && name !== "waiting";
    setText(group.heading, entries.length && name !== "mine" ? `${group.title} (${entries.length})` : group.title);
    let place = group.list.firstElementChild;
    for (const entry of entries) {
      const id = entry.conversation;
      if (keep.has(id)) continue;
      keep.add(id);
      if (!this.#lines.has(id)) this.#lines.set(id, new Line(id, does));
      const line = this.#lines.get(id);
      line.show(entry, { selected: id === selected, unread: unread(id), teams, holder: holder(entry) });
      if (place === line.node) place = place.nextElementSibling;
      else group.list.insertBefore(line.node, place);
    }
  }

  #sayEmpty(groups, filtered) {
    const [title, more] = filtered
      ? ["Nobody who waits fits the filter.", "Clear the filter to see everybody."]
      : groups.offered.length || groups.alarm.length ? ["Nobody else is waiting.", ""]
        : ["Nobody is waiting.", groups.mine.length
          ? "New customers appear here and the tab's title tells you."
          : "Keep this page open: it shows customers that you are here. New ones appear by themselves."];
    const shape = title + more;
    if (this.#empty.dataset.shape === shape) return;
    this.#empty.dataset.shape = shape;
    this.#empty.replaceChildren(element("strong", {}, title), element("span", {}, more));
  }

  #refocus(focused) {
    if (focused.isConnected && !focused.hidden) focused.focus({ preventScroll: true });
    else this.querySelector(".hc-line[tabindex='0']")?.focus({ preventScroll: true });
  }

  /** The lines that can be seen, from top to bottom. */
  get #visible() {
    return [...this.querySelectorAll(".hc-line")].filter((line) => !line.closest("details:not([open])"));
  }

  /** Conversations in the order of the screen, for "next" and "previous". */
  get order() { return this.#visible.map((line) => line.dataset.conversation); }

  #rove(conversation = this.#roving) {
    let line = this.#lines.get(conversation)?.button;
    if (!line || line.closest("details:not([open])")) line = this.#visible[0];
    this.#roving = line?.dataset.conversation ?? null;
    for (const other of this.querySelectorAll(".hc-line[tabindex='0']")) if (other !== line) other.tabIndex = -1;
    if (line && line.tabIndex !== 0) line.tabIndex = 0;
  }

  /** Scroll to a chat's line, where it is out of sight. */
  reveal(conversation) { this.#lines.get(conversation)?.node.scrollIntoView({ block: "nearest" }); }

  focusLine() {
    this.#rove();
    this.querySelector(".hc-line[tabindex='0']")?.focus();
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || !event.target.matches(".hc-line")) return;
    event.preventDefault();
    const lines = this.#visible;
    const at = Math.min(lines.length - 1, Math.max(0, lines.indexOf(event.target) + step));
    lines[at]?.focus();
  }
}

/** Whether a clock of this entry has run out. */
export function isOverdue(entry) {
  const due = entry.answered ? entry.next_due_at : entry.due_at;
  return [due, entry.resolve_due_at].some((moment) => moment && Date.parse(moment) < now());
}

customElements.define("handrail-queue", Queue);
