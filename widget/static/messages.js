// The message log: role=log, drawn by difference, so that a screen reader hears each message once.
import { element, icon, setText } from "./dom.js";
import { MessageRow } from "./message.js";

// Within this many pixels of the end the customer is reading the newest.
const NEAR_END = 80;

export class MessageLog {
  #rows = new Map(); // key -> MessageRow
  #days = new Map(); // text key -> node
  #context;
  #following = true; // whether the customer reads the newest
  #height = 0;
  #newSince = 0;
  #count = 0;
  #settled = false; // the history stands: only what comes after it is spoken

  /** before: shown above the messages (the greeting); after: below them (the rating). */
  constructor(context, { before, after }) {
    this.#context = context;
    const { wording } = context;
    this.log = element("div", { role: "log", "aria-live": "polite", "aria-label": wording.log, "aria-busy": "true" });
    this.dots = element("div", { class: "dots", hidden: true }, element("span", { class: "unseen" }),
      element("i"), element("i"), element("i"));
    this.scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": wording.log,
      on: { scroll: () => this.#onScroll() } }, before, this.log, this.dots, after);
    this.pill = element("button", { type: "button", class: "pill", hidden: true, on: { click: () => this.toEnd(true) } },
      element("span", {}, wording.moreBelow), icon("down"));
    this.element = element("div", { class: "stage" }, this.scroll, this.pill);
    // The panel, the composer or the rating changed its height: the newest message stays in sight.
    const observer = new ResizeObserver(() => {
      this.#height = this.scroll.clientHeight;
      if (this.#following) this.toEnd();
    });
    observer.observe(this.scroll);
    observer.observe(after);
  }

  update(store) {
    const messages = store.messages();
    const mine = messages.findLastIndex(({ author }) => author === "customer");
    // Buttons belong to what was said last: an answer, a change of owner or a person ends them; a file does not.
    const settled = messages.findLastIndex(({ author, payload }) => (author === "customer" && !payload?.file) || payload?.event);
    const open = store.state.owner !== "agent";
    const seen = new Set();
    let cursor = this.log.firstChild;
    let day = null;
    let before = null;
    const place = (node) => {
      if (node === cursor) cursor = cursor.nextSibling;
      else this.log.insertBefore(node, cursor);
    };
    messages.forEach((message, index) => {
      const name = this.#context.wording.day(message.created_at);
      if (name !== day && (index > 0 || name !== this.#context.wording.today)) place(this.#day(name, seen));
      const first = name !== day || !before || before.author !== message.author || before.name !== message.name;
      day = name;
      before = message;
      const key = message.client_id ?? `seq:${message.seq}`;
      seen.add(key);
      if (!this.#rows.has(key)) this.#rows.set(key, new MessageRow(message, this.#context));
      const row = this.#rows.get(key);
      row.update(message, { first, open: open && index > settled, last: index === mine });
      row.thumbs?.update(store.thumbs.get(message.seq), store.said.has(message.seq));
      place(row.node);
    });
    this.#forget(seen);
    this.#typing(store);
    if (store.caughtUp && !this.#settled) {
      this.#settled = true;
      setTimeout(() => this.log.setAttribute("aria-busy", "false"));
    }
    this.#follow(messages, store);
  }

  /** Show the newest message. */
  toEnd(smooth = false) {
    this.#following = true;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.#newSince = 0;
    this.pill.hidden = true;
  }

  #day(name, seen) {
    const key = `day:${name}`;
    seen.add(key);
    if (!this.#days.has(key)) this.#days.set(key, element("div", { class: "day" }, name));
    return this.#days.get(key);
  }

  #forget(seen) {
    for (const [key, row] of this.#rows) {
      if (seen.has(key)) continue;
      row.node.remove();
      this.#rows.delete(key);
    }
    for (const [key, node] of this.#days) {
      if (seen.has(key)) continue;
      node.remove();
      this.#days.delete(key);
    }
  }

  #typing({ typing, state }) {
    const { wording } = this.#context;
    this.dots.hidden = !typing;
    const name = typing === "agent" ? state.agent || wording.someone : wording.assistant;
    if (typing) setText(this.dots.firstChild, wording.say("typing", { name }));
  }

  #follow(messages, store) {
    const added = messages.length - this.#count;
    const own = added > 0 && messages.at(-1).author === "customer" && messages.at(-1).delivery === "waiting";
    this.#count = messages.length;
    const { wording } = this.#context;
    if (own) {
      this.toEnd();
    } else if (this.#following) {
      if (this.#showStart(messages, added)) this.#showPill(wording.moreBelow);
      else this.toEnd();
    } else if (added > 0 && store.caughtUp) {
      // The rest of the reply that is being read is no news: it lies below.
      const rest = this.#newSince === 0 && messages.at(-1).author === "bot";
      if (!rest) this.#newSince += added;
      this.#showPill(rest ? wording.moreBelow : wording.say("new", { count: this.#newSince }));
    }
  }

  #showPill(label) {
    setText(this.pill.firstChild, label);
    this.pill.hidden = false;
  }

  /** A reply longer than the window is shown from the question on, not from its end; true if it is one. */
  #showStart(messages, added) {
    const question = messages.findLast(({ author }) => author === "customer");
    const row = added > 0 && question && this.#rows.get(question.client_id ?? `seq:${question.seq}`);
    if (!row || !this.#height) return false;
    const startOf = (node) => node.offsetTop - this.scroll.offsetTop - 12;
    const start = startOf(row.node);
    // Where the reply alone fits, its end with the buttons is worth more than the question above it.
    const reply = row.node.nextElementSibling ?? row.node;
    if (this.scroll.scrollHeight - startOf(reply) <= this.#height || messages.at(-1) === question) return false;
    this.scroll.scrollTo({ top: start, behavior: "instant" });
    this.#following = false;
    return true;
  }

  #onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    // A change of size scrolls by itself; that says nothing about what the customer reads.
    if (clientHeight !== this.#height) return;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (!this.#following) return;
    this.#newSince = 0;
    this.pill.hidden = true;
  }
}
