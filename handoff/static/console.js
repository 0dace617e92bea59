// <handrail-console>: the agent's place of work. Queue on the left, chats in the middle, what is known on the
// right; on a phone one of them at a time. It holds the one connection (widget/static/protocol.js).
import { setText } from "/widget/dom.js";
import { Connection } from "/widget/protocol.js";
import { describe, possible } from "./actions.js";
import { Alerts, Speaker } from "./alerts.js";
import { api, signIn } from "./api.js";
import { Columns } from "./columns.js";
import { Deeds } from "./deeds.js";
import { Errands } from "./errands.js";
import { passes } from "./filters.js";
import { setServerTime, tick } from "./format.js";
import { Drafts, habits } from "./habits.js";
import { Idle } from "./idle.js";
import { meanings, press } from "./keys.js";
import { layout } from "./layout.js";
import { paced } from "./notices.js";
import { grouped } from "./queue.js";
import { drawPresence, hint } from "./standing.js";
import { Conversations } from "./store.js";
import { Telling } from "./telling.js";
import { Watching } from "./watching.js";
import { Writing } from "./writing.js";

const LEAST = 150; // ms between two readings of the queue
const READ_AGAIN = 30_000; // ms: a lost hint costs no more than this
const CARD_AFTER = 800; // ms: a burst of messages is one new card
const STATUS = { connecting: "Connecting…", waiting: "Connection lost. Trying again… What you write is kept and sent afterwards.", refused: "Signed out" };

class Console extends HTMLElement {
  #parts;
  #me;
  #desk = { waiting: [], mine: [], with_colleagues: [], colleagues: [], teams: [], me: { state: "offline" } };
  #entries = new Map(); // conversation -> entry, `mine` said
  #known = false; // whether the queue was read once
  #busy = 0; // changes under way
  #acted = new Set(); // chats this agent took or touched: not news
  #cards = new Map();
  #cardTimer = null;
  #connection;
  #conversations;
  #alerts = new Alerts();
  #telling;
  #columns = new Columns(() => this.#arranged());
  #drafts = new Drafts();
  #writing;
  #watching;
  #reader = paced(() => this.#readQueue(), LEAST);
  #deeds = new Deeds({
    attempt: (id, change) => this.#attempt(id, change),
    shown: (id) => this.#select(id), reply: (id) => this.#reply(id), next: (id) => this.#next(id),
    entry: (id) => this.#entries.get(id), queue: () => this.#desk, card: (id) => this.#cards.get(id),
    pin: (id) => this.#columns.pin(id), shut: (id) => this.#shut(id),
  });
  #errands = new Errands({
    attempt: (id, change) => this.#attempt(id, change), opened: (id) => this.#select(id, { focus: true }),
    noted: (id) => { this.#select(id, { focus: true }); this.#parts.side.choose("notes"); },
    parts: () => this.#parts, leads: () => this.#desk.me.leads, alerts: this.#alerts, redraw: () => this.#drawChats(),
  });

  connectedCallback() {
    if (this.firstChild) return;
    this.#me = { id: this.getAttribute("staff-id"), name: this.getAttribute("staff-name") };
    this.#conversations = new Conversations(this.#me.id, (id, frame) => this.#heard(id, frame));
    this.#parts = layout(this, this.#columns, {
      show: (view) => this.#show(view), presence: () => this.#togglePresence(), search: () => this.#errands.search(),
      mentions: () => this.#errands.mentions(), preferences: () => this.#errands.preferences(), keys: () => this.#errands.keys(),
    });
    this.#telling = new Telling(this.#alerts, new Speaker(this.#parts.polite, this.#parts.assertive), (id) => this.#select(id));
    this.#connection = new Connection(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`, {
      hello: api.ticket, many: true, key: `handrail:console:${this.#me.id}:`,
      onFrame: (frame) => this.#frame(frame), onStatus: (status) => this.#status(status), onOutbox: () => this.#drawChats(),
    });
    this.#writing = new Writing(this.#connection, this.#drafts, {
      column: (id) => this.#columns.focus(id), wrote: () => this.#watching.attend(), changed: (id) => this.#changed(id), problem: (id, words) => this.#complain(words, id),
    });
    this.#watching = new Watching(this.#connection, this.#conversations, this.#columns, this.#writing.writes);
    this.#listen();
    this.#show("queue");
    this.#columns.restore();
    const asked = this.getAttribute("conversation");
    if (asked) this.#select(asked);
    else this.#arranged();
    this.#connection.start();
    this.#reader.ask();
    new Idle({ onAway: () => this.#idle(true), onBack: () => this.#idle(false) });
    setInterval(() => tick(this), 1000);
    setInterval(() => this.#reader.ask(), READ_AGAIN);
  }

  #listen() {
    this.#writing.listen(this);
    for (const name of ["insert", "insert-text"]) {
      this.addEventListener(name, ({ detail }) => { this.#show("chat"); this.#columns.pane()?.insert(detail); });
    }
    this.addEventListener("note", ({ detail }) => this.#attempt(this.#columns.focused, async () => {
      await api.note(detail.conversation, detail.text);
      detail.done();
    }));
    this.addEventListener("changed", ({ detail }) => this.#changed(detail?.conversation ?? this.#columns.focused));
    this.addEventListener("open-chat", ({ detail }) => this.#select(detail));
    this.addEventListener("filtered", () => this.#drawQueue());
    this.addEventListener("left-filters", () => this.#parts.queue.focusLine());
    this.addEventListener("left-notes", () => this.#columns.pane()?.focusTitle());
    this.addEventListener("save-view", () => this.#errands.saveView());
    this.addEventListener("delete-view", ({ detail }) => this.#errands.deleteView(detail));
    // Who claims and types on at once means the reply that is about to open, not the next deed.
    document.addEventListener("keydown", (event) => press(event, this.#busy ? {} : this.#keys));
    document.addEventListener("visibilitychange", () => {
      this.#watching.attend();
      if (document.hidden) return;
      this.#connection.check();
      this.#reader.ask();
      this.#drawChats();
    });
  }

  // ---- what comes in -----------------------------------------------------------------------------------

  #frame(frame) {
    if (frame.type === "queue") this.#reader.ask();
    else if (frame.type === "mention") this.#named(frame);
    else if (frame.type === "error" && !frame.client_id) this.#complain(frame.message, frame.conversation);
    else this.#conversations.apply(frame);
  }

  #heard(conversation, frame) {
    if (frame?.type === "caught_up") this.#watching.attend();
    const entry = this.#entries.get(conversation);
    if (frame?.type === "message") {
      if (conversation === this.#columns.focused) this.#cardSoon();
      // An answer, and a question, move the clocks in the list.
      if (frame.author === "agent" || entry?.mine) this.#reader.ask();
      if (frame.author === "customer" && this.#known && entry?.mine) {
        this.#telling.message(this.#nameOf(conversation), frame, this.#columns.shown.includes(conversation));
      }
    }
    this.#drawChats(conversation);
    if (frame?.type === "message" && entry?.mine) this.#drawQueue();
  }

  #status(status) {
    setText(this.#parts.bar, STATUS[status] ?? "");
    this.#parts.bar.hidden = !STATUS[status];
    if (status === "refused") signIn();
    if (status !== "online") {
      this.#watching.forget();
      this.#drawChats();
      return;
    }
    this.#watching.attend();
    this.#reader.ask();
    this.#errands.countMentions();
  }

  /** A colleague's note names this agent. */
  #named({ conversation }) {
    this.#telling.named(this.#nameOf(conversation), conversation);
    this.#errands.countMentions();
    if (conversation === this.#columns.focused) this.#cardSoon();
  }

  async #readQueue() {
    let read;
    try {
      read = await api.queue();
    } catch (error) {
      if (error.status === 401) signIn();
      return; // the connection line says so already, and the next hint reads again
    }
    setServerTime(read.now);
    const before = this.#desk;
    const focusedBefore = JSON.stringify(this.#entries.get(this.#columns.focused));
    this.#desk = read;
    this.#entries = new Map([...read.waiting, ...read.with_colleagues].map((entry) => [entry.conversation, entry]));
    for (const entry of read.mine) this.#entries.set(entry.conversation, { ...entry, mine: true });
    this.#alerts.alarm([...this.#entries.values()].some((entry) => entry.alarm));
    if (this.#known) this.#telling.queue(before, read, this.#acted);
    this.#known = true;
    this.#acted.clear();
    this.#parts.side.notes.colleagues = read.colleagues;
    this.#parts.filters.offer(read);
    this.#watching.follow(this.#desk.mine);
    drawPresence(this.#parts, read.me);
    this.#drawQueue();
    this.#drawChats();
    if (focusedBefore !== JSON.stringify(this.#entries.get(this.#columns.focused))) this.#readCard();
  }

  #cardSoon() {
    clearTimeout(this.#cardTimer);
    this.#cardTimer = setTimeout(() => this.#readCard(), CARD_AFTER);
  }

  async #readCard(id = this.#columns.focused) {
    if (!id) return;
    if (id === this.#columns.focused) clearTimeout(this.#cardTimer);
    try {
      const card = await api.card(id);
      setServerTime(card.now);
      this.#cards.set(id, card);
    } catch (error) {
      if (error.status !== 404) return;
      this.#shut(id);
      this.#complain("This chat does not exist, or is not for you to read.");
      return;
    }
    if (id === this.#columns.focused) this.#parts.side.show(id, this.#cards.get(id));
    this.#drawChats(id);
  }

  /** Something was changed about a chat, by a panel or a macro. */
  #changed(id) {
    if (id) this.#acted.add(id);
    this.#readCard();
    this.#reader.ask();
  }

  // ---- what is shown -----------------------------------------------------------------------------------

  #select(id, { focus = false } = {}) {
    this.#complain("");
    this.#columns.select(id);
    this.#show("chat");
    if (focus && matchMedia("(max-width: 760px)").matches) this.#columns.pane(id).focusTitle();
  }

  /** Which chats stand on the screen, or which one is worked at, has changed. */
  #arranged() {
    if (!this.#connection) return;
    const id = this.#columns.focused;
    this.classList.toggle("no-chat", !id);
    history.replaceState(null, "", id ? `/staff/chat/${id}` : "/staff/queue");
    this.#watching.follow(this.#desk.mine);
    this.#drawQueue();
    this.#drawChats();
    // A neighbour needs its card for the name and the suggested replies.
    for (const other of this.#columns.ids) if (other !== id && !this.#cards.has(other)) this.#readCard(other);
    if (id === this.#parts.side.conversation) return;
    this.#parts.side.show(id, this.#cards.get(id) ?? null);
    this.#readCard();
  }

  #show(view) {
    this.dataset.view = view;
    for (const tab of this.#parts.tabs.children) tab.setAttribute("aria-current", tab.dataset.view === view ? "true" : "false");
    if (view === "chat") this.#drawChats();
  }

  #drawQueue() {
    const { filters, queue } = this.#parts;
    const { filter, active } = filters;
    const unread = (id) => (this.#entries.get(id)?.mine ? this.#conversations.unread(id) : 0);
    queue.show(grouped(this.#desk, (entry) => passes(entry, filter, this.#me.id)), {
      selected: this.#columns.focused, unread, filtered: active, teams: this.#desk.teams.length > 1,
      does: {
        select: (id) => this.#select(id, { focus: true }), accept: (id) => this.#deeds.accept(id),
        decline: (id) => this.#deeds.decline(id), own: (id) => this.#deeds.own(id),
      },
    });
    this.#columns.drawTabs((id) => this.#nameOf(id), unread);
    const asks = this.#desk.waiting.filter((entry) => entry.can_take || entry.alarm || entry.offered).length;
    const sum = this.#desk.mine.reduce((total, { conversation }) => total + unread(conversation), 0);
    this.#alerts.badge(asks + sum, [...this.#entries.values()].some((entry) => entry.alarm));
    setText(this.#parts.hint, hint(grouped(this.#desk)));
  }

  #drawChats(only = null) {
    for (const id of this.#connection ? this.#columns.ids : []) if (!only || only === id) this.#drawChat(id);
  }

  #drawChat(id) {
    const pane = this.#columns.pane(id);
    const { state, caughtUp, customerTypes, previewed, seen } = this.#conversations.of(id);
    const entry = this.#entries.get(id);
    if (!document.hidden && !pane.hidden && this.#onScreen) {
      const read = this.#conversations.markRead(id);
      if (read && entry?.mine && !entry.joined) this.#connection.seen(read, id);
    }
    pane.show({
      conversation: id, mine: Boolean(entry?.mine), customerTypes, previewed: habits.preview ? previewed : "",
      seen: seen.customer, others: this.#conversations.others(id), draft: this.#drafts.get(id), title: this.#nameOf(id),
      words: describe(state, entry), replies: this.#cards.get(id)?.suggested_replies ?? [],
      messages: this.#conversations.messages(id, this.#connection.outbox.list(), this.#me.name),
      settled: caughtUp,
      acts: {
        names: this.#possible(id),
        run: (name) => this.#deeds.run(name, id),
      },
    });
    this.#writing.attach(pane);
  }

  /** A phone shows one part at a time. */
  get #onScreen() { return this.dataset.view === "chat" || !matchMedia("(max-width: 760px)").matches; }

  #nameOf(id) { return this.#cards.get(id)?.customer.name || this.#entries.get(id)?.customer || "Visitor"; }

  // ---- what the agent does -----------------------------------------------------------------------------

  /** Run a change; a refusal is shown, and what is on screen read anew. True when it was done. */
  async #attempt(id, change) {
    this.#complain("", id);
    this.#acted.add(id);
    this.#busy += 1;
    try {
      return await change() !== false;
    } catch (error) {
      if (error.status === 401) signIn();
      this.#complain(error.message, id);
      return false;
    } finally {
      this.#acted.add(id);
      await this.#reader.now();
      this.#busy -= 1;
    }
  }

  /** Say it in the chat's own column; or, if it has none, above all. */
  #complain(message, id = null) {
    const pane = id && this.#columns.pane(id);
    if (pane) pane.complain(message);
    else {
      setText(this.#parts.problem, message);
      this.#parts.problem.hidden = !message;
    }
  }

  #reply(id) {
    this.#show("chat");
    this.#columns.pane(id)?.focusReply();
  }

  #shut(id) {
    this.#columns.close(id);
    if (this.#columns.focused) this.#columns.pane().focusTitle();
    else {
      this.#show("queue");
      this.#parts.queue.focusLine();
    }
  }

  /** After a chat has left: its column takes the agent's next own chat that is not open yet, or goes. */
  #next(id) {
    const next = this.#desk.mine.find(({ conversation }) => !this.#columns.ids.includes(conversation))?.conversation;
    this.#columns.close(id);
    if (next) this.#select(next);
    if (this.#columns.focused) this.#columns.pane().focusTitle();
    else {
      this.#show("queue");
      this.#parts.queue.focusLine();
    }
  }

  #move(step) {
    const all = this.#parts.queue.order;
    if (!all.length) return;
    const at = all.indexOf(this.#columns.focused);
    const id = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    this.#select(id);
    this.#parts.queue.reveal(id);
  }

  #beside(step) {
    const id = this.#columns.beside(step);
    if (!id) return false;
    this.#columns.focus(id);
    this.#columns.pane().focusTitle();
    return true;
  }

  async #togglePresence() { await this.#attempt(null, () => api.presence(this.#desk.me.state !== "away")); }

  /** What the agent set by hand, idleness does not change: the server sees to that. */
  #idle(away) { this.#connection.command({ type: "presence", away, automatic: true }); }

  /** What each key stands for now. */
  get #keys() {
    const id = this.#columns.focused;
    const { queue, filters, side } = this.#parts;
    const toQueue = (go) => () => { this.#show("queue"); go(); };
    return meanings({
      id, pane: this.#columns.pane(), entry: this.#entries.get(id), groups: grouped(this.#desk),
      can: id ? this.#possible(id) : [], run: (name, chat) => { this.#deeds.run(name, chat); },
    }, {
      next: () => this.#move(1), previous: () => this.#move(-1), left: () => this.#beside(-1), right: () => this.#beside(1),
      queue: toQueue(() => queue.focusLine()), filter: toQueue(() => filters.focusText()), views: toQueue(() => filters.focusViews()),
      search: () => { this.#errands.search(); }, mentions: () => { this.#errands.mentions(); },
      presence: () => { this.#togglePresence(); }, preferences: () => { this.#errands.preferences(); }, keys: () => { this.#errands.keys(); },
      note: () => { this.#show("card"); side.focusNote(); }, panel: () => { this.#show("card"); side.next(); },
      reply: () => this.#reply(id), pick: () => { this.#reply(id); this.#writing.pick(this.#columns.pane()); },
    });
  }

  #possible(id) {
    const { state } = this.#conversations.of(id);
    return possible({ state, entry: this.#entries.get(id), leads: this.#desk.me.leads, pinned: this.#columns.isPinned(id) });
  }
}

customElements.define("handrail-console", Console);
