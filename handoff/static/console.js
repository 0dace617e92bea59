// <handrail-console>: the agent's place of work. Queue on the left, chats in the middle, what is known on the
// right; on a phone one of them at a time. It holds the one connection (widget/static/protocol.js).
import { setText } from "/widget/dom.js";
import { Connection } from "/widget/protocol.js";
import { describe, possible } from "./actions.js";
import { Alerts, Speaker } from "./alerts.js";
import { api, signIn } from "./api.js";
import { Columns } from "./columns.js";
import { Deeds } from "./deeds.js";
import { askViewName } from "./dialogs.js";
import { kept, passes } from "./filters.js";
import { setServerTime, tick } from "./format.js";
import { Drafts, habits } from "./habits.js";
import { Idle } from "./idle.js";
import { press, sheet } from "./keys.js";
import { layout } from "./layout.js";
import { TITLES, news, paced } from "./notices.js";
import { grouped } from "./queue.js";
import { showKeys, showPreferences } from "./preferences.js";
import { searchHistory } from "./searching.js";
import { Conversations } from "./store.js";
import { Writing } from "./writing.js";

const LEAST = 150; // ms between two readings of the queue
const READ_AGAIN = 30_000; // ms: a lost hint costs no more than this
const CARD_AFTER = 800; // ms: a burst of messages is one new card
const PRESENCE = { online: "Taking chats", full: "At capacity", away: "Away", offline: "Connecting…" };
const STATUS = { connecting: "Connecting…", waiting: "Connection lost. Trying again… What you write is kept and sent afterwards.", refused: "Signed out" };

class Console extends HTMLElement {
  #parts;
  #me;
  #desk = { waiting: [], mine: [], with_colleagues: [], colleagues: [], teams: [], me: { state: "offline" } };
  #entries = new Map(); // conversation -> entry, `mine` said
  #known = false; // whether the queue was read once
  #acted = new Set(); // chats this agent took or touched: not news
  #cards = new Map();
  #cardTimer = null;
  #connection;
  #conversations;
  #alerts = new Alerts();
  #speaker;
  #columns = new Columns(() => this.#arranged());
  #drafts = new Drafts();
  #writing;
  #watched = new Set();
  #attended = new Map();
  #reader = paced(() => this.#readQueue(), LEAST);
  #deeds = new Deeds({
    attempt: (id, change) => this.#attempt(id, change),
    shown: (id) => this.#select(id), reply: (id) => this.#reply(id), next: (id) => this.#next(id),
    entry: (id) => this.#entries.get(id), queue: () => this.#desk, card: (id) => this.#cards.get(id),
    pin: (id) => this.#columns.pin(id), shut: (id) => this.#shut(id),
  });

  connectedCallback() {
    if (this.firstChild) return;
    this.#me = { id: this.getAttribute("staff-id"), name: this.getAttribute("staff-name") };
    this.#conversations = new Conversations(this.#me.id, (id, frame) => this.#heard(id, frame));
    this.#parts = layout(this, this.#columns, {
      show: (view) => this.#show(view), presence: () => this.#togglePresence(), search: () => this.#search(),
      preferences: () => this.#preferences(), keys: () => showKeys(sheet),
    });
    this.#speaker = new Speaker(this.#parts.polite, this.#parts.assertive);
    this.#connection = new Connection(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`, {
      hello: api.ticket, many: true, key: `handrail:console:${this.#me.id}:`,
      onFrame: (frame) => this.#frame(frame), onStatus: (status) => this.#status(status), onOutbox: () => this.#drawChats(),
    });
    this.#writing = new Writing(this.#connection, this.#drafts, {
      column: (id) => this.#columns.focus(id), wrote: () => this.#attend(), changed: (id) => this.#changed(id), problem: (id, words) => this.#complain(words, id),
    });
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
    this.addEventListener("insert", ({ detail }) => { this.#show("chat"); this.#columns.pane()?.insert(detail); });
    this.addEventListener("note", ({ detail }) => this.#attempt(this.#columns.focused, async () => {
      await api.note(detail.conversation, detail.text);
      detail.done();
    }));
    this.addEventListener("changed", ({ detail }) => this.#changed(detail?.conversation ?? this.#columns.focused));
    this.addEventListener("open-chat", ({ detail }) => this.#select(detail));
    this.addEventListener("filtered", () => this.#drawQueue());
    this.addEventListener("left-filters", () => this.#parts.queue.focusLine());
    this.addEventListener("left-notes", () => this.#columns.pane()?.focusTitle());
    this.addEventListener("save-view", () => this.#saveView());
    document.addEventListener("keydown", (event) => press(event, this.#keys));
    document.addEventListener("visibilitychange", () => {
      this.#attend();
      if (document.hidden) return;
      this.#connection.check();
      this.#reader.ask();
      this.#drawChats();
    });
  }

  // ---- what comes in -----------------------------------------------------------------------------------

  #frame(frame) {
    if (frame.type === "queue") this.#reader.ask();
    else if (frame.type === "error" && !frame.client_id) this.#complain(frame.message, frame.conversation);
    else this.#conversations.apply(frame);
  }

  #heard(conversation, frame) {
    const entry = this.#entries.get(conversation);
    if (frame?.type === "message") {
      if (conversation === this.#columns.focused) this.#cardSoon();
      // An answer, and a question, move the clocks in the list.
      if (frame.author === "agent" || entry?.mine) this.#reader.ask();
      if (frame.author === "customer" && this.#known && entry?.mine) this.#toldBy(conversation, entry, frame);
    }
    this.#drawChats(conversation);
    if (frame?.type === "message" && entry?.mine) this.#drawQueue();
  }

  /** A customer of ours has written: heard unless it stands on the screen that is looked at. */
  #toldBy(conversation, entry, { text, created_at: at }) {
    if (Date.now() - Date.parse(at) > 60_000) return; // read again after a drop
    const who = entry.customer || "A visitor";
    if (document.hidden) {
      this.#alerts.ring();
      this.#alerts.notify(`${who} writes`, text.slice(0, 120), conversation, () => this.#select(conversation));
    } else if (!this.#columns.shown.includes(conversation)) {
      this.#alerts.ring();
      this.#speaker.say(`New message from ${who}: ${text.slice(0, 200)}`);
    }
  }

  #status(status) {
    setText(this.#parts.bar, STATUS[status] ?? "");
    this.#parts.bar.hidden = !STATUS[status];
    if (status === "refused") signIn();
    if (status !== "online") {
      this.#conversations.forgetOthers();
      this.#attended.clear();
      this.#drawChats();
      return;
    }
    this.#attend();
    this.#reader.ask();
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
    if (this.#known) this.#tell(news(before, read, this.#acted));
    this.#known = true;
    this.#acted.clear();
    this.#parts.side.notes.colleagues = read.colleagues;
    this.#parts.filters.offer(read);
    this.#watchAll();
    this.#drawPresence();
    this.#drawQueue();
    this.#drawChats();
    if (focusedBefore !== JSON.stringify(this.#entries.get(this.#columns.focused))) this.#readCard();
  }

  #tell(found) {
    if (!found.length) return;
    this.#alerts.ring();
    const [first] = found;
    const pressing = found.filter(({ kind }) => kind === "alarm" || kind === "offer");
    if (pressing.length) this.#speaker.say(pressing.map(({ words }) => words).join(". "), true);
    else this.#speaker.say(found.length === 1 ? first.words : `${found.length} new: ${first.words}`);
    this.#alerts.notify(TITLES[first.kind], first.words, first.kind, () => this.#select(first.entry.conversation));
  }

  #cardSoon() {
    clearTimeout(this.#cardTimer);
    this.#cardTimer = setTimeout(() => this.#readCard(), CARD_AFTER);
  }

  async #readCard() {
    const id = this.#columns.focused;
    if (!id) return;
    clearTimeout(this.#cardTimer);
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

  /** Follow what is open and all of one's own, so that unread messages are counted everywhere. */
  #watchAll() {
    const wanted = new Set([...this.#desk.mine.map((entry) => entry.conversation), ...this.#columns.ids]);
    for (const id of wanted) {
      if (!this.#watched.has(id)) this.#connection.watch(id, this.#conversations.lastSeq(id));
    }
    for (const id of this.#watched) if (!wanted.has(id)) this.#connection.unwatch(id);
    this.#watched = wanted;
    this.#attend();
  }

  /** Tell colleagues what stands on this screen, and where one types. */
  #attend() {
    if (this.#connection?.status !== "online") return;
    const shown = document.hidden ? [] : this.#columns.shown;
    const wanted = new Map(shown.map((id) => [id, this.#writing.writes.has(id) ? "types" : "open"]));
    for (const id of this.#attended.keys()) if (!wanted.has(id)) this.#connection.tell({ type: "attend", conversation: id, does: "gone" });
    for (const [id, does] of wanted) if (this.#attended.get(id) !== does) this.#connection.tell({ type: "attend", conversation: id, does });
    this.#attended = wanted;
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
    this.#watchAll();
    this.#drawQueue();
    this.#drawChats();
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
    const { filters, queue, hint } = this.#parts;
    const { filter, active } = filters;
    const unread = (id) => (this.#entries.get(id)?.mine ? this.#conversations.unread(id) : 0);
    queue.show(grouped(this.#desk, (entry) => passes(entry, filter, this.#me.id)), {
      selected: this.#columns.focused, unread, filtered: active,
      does: {
        select: (id) => this.#select(id, { focus: true }), accept: (id) => this.#deeds.accept(id),
        decline: (id) => this.#deeds.decline(id), own: (id) => this.#deeds.own(id),
      },
    });
    this.#columns.drawTabs((id) => this.#nameOf(id), unread);
    const { waiting } = grouped(this.#desk);
    const asks = this.#desk.waiting.filter((entry) => entry.can_take || entry.alarm || entry.offered).length;
    const sum = this.#desk.mine.reduce((total, { conversation }) => total + unread(conversation), 0);
    this.#alerts.badge(asks + sum, [...this.#entries.values()].some((entry) => entry.alarm));
    setText(hint, waiting.length
      ? "Choose a customer on the left, or press c to claim the first who waits."
      : "Nobody is waiting. Keep this page open: it shows customers that you are here, and new ones appear by themselves.");
  }

  #drawChats(only = null) {
    for (const id of this.#connection ? this.#columns.ids : []) if (!only || only === id) this.#drawChat(id);
  }

  #drawChat(id) {
    const pane = this.#columns.pane(id);
    const { state, customerTypes, previewed, seen } = this.#conversations.of(id);
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
      acts: {
        names: possible({ state, entry, leads: this.#desk.me.leads, pinned: this.#columns.isPinned(id) }),
        run: (name) => this.#deeds.run(name, id),
      },
    });
    this.#writing.attach(pane);
  }

  /** A phone shows one part at a time. */
  get #onScreen() { return this.dataset.view === "chat" || !matchMedia("(max-width: 760px)").matches; }

  #nameOf(id) { return this.#cards.get(id)?.customer.name || this.#entries.get(id)?.customer || "Visitor"; }

  #drawPresence() {
    const { presence, away } = this.#parts;
    const { state, automatic, chats, capacity } = this.#desk.me;
    setText(presence, `${PRESENCE[state] ?? state} · ${chats} of ${capacity}`);
    presence.dataset.state = state;
    presence.setAttribute("aria-label", `You: ${PRESENCE[state]}, ${chats} of ${capacity} chats. ${state === "away" ? "Take chats again" : "Go away"}`);
    away.hidden = state !== "away";
    setText(away.firstChild, automatic
      ? "You are away, for nobody touched the console for a while. Customers are not offered to you."
      : "You are away. Customers are not offered to you.");
  }

  // ---- what the agent does -----------------------------------------------------------------------------

  /** Run a change; a refusal is shown, and what is on screen read anew. True when it was done. */
  async #attempt(id, change) {
    this.#complain("", id);
    this.#acted.add(id);
    try {
      return await change() !== false;
    } catch (error) {
      if (error.status === 401) signIn();
      this.#complain(error.message, id);
      return false;
    } finally {
      this.#acted.add(id);
      await this.#reader.now();
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
    this.#select(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))]);
  }

  #beside(step) {
    const id = this.#columns.beside(step);
    if (!id) return false;
    this.#columns.focus(id);
    this.#columns.pane().focusTitle();
    return true;
  }

  async #search() {
    const found = await searchHistory();
    if (found) this.#select(found, { focus: true });
  }

  async #saveView() {
    const answer = await askViewName();
    if (!answer?.name) return;
    const saved = await this.#attempt(null, () => api.saveView(answer.name, kept(this.#parts.filters.filter), answer.shared));
    if (saved) await this.#parts.filters.readViews();
  }

  #preferences() { showPreferences(this.#alerts, () => this.#drawChats()); }

  async #togglePresence() { await this.#attempt(null, () => api.presence(this.#desk.me.state !== "away")); }

  /** What the agent set by hand, idleness does not change: the server sees to that. */
  #idle(away) { this.#connection.command({ type: "presence", away, automatic: true }); }

  /** What each key stands for now; what can't be done is absent. */
  get #keys() {
    const id = this.#columns.focused;
    const pane = this.#columns.pane();
    const entry = this.#entries.get(id);
    const can = id ? possible({ state: this.#conversations.of(id).state, entry, leads: this.#desk.me.leads, pinned: this.#columns.isPinned(id) }) : [];
    const groups = grouped(this.#desk);
    const does = {
      next: () => this.#move(1), previous: () => this.#move(-1), left: () => this.#beside(-1), right: () => this.#beside(1),
      queue: () => { this.#show("queue"); this.#parts.queue.focusLine(); },
      filter: () => { this.#show("queue"); this.#parts.filters.focusText(); },
      views: () => { this.#show("queue"); this.#parts.filters.focusViews(); },
      search: () => { this.#search(); }, presence: () => { this.#togglePresence(); },
      preferences: () => { this.#preferences(); }, keys: () => { showKeys(sheet); },
    };
    if (id) Object.assign(does, {
      note: () => { this.#show("card"); this.#parts.side.focusNote(); },
      panel: () => { this.#show("card"); this.#parts.side.next(); },
    });
    if (pane?.writable) Object.assign(does, {
      reply: () => this.#reply(id), pick: () => { this.#reply(id); this.#writing.pick(pane); },
      suggestion: (index) => pane.insertSuggestion(index),
    });
    for (const name of can) does[{ leave: "join", unpin: "pin" }[name] ?? name] = () => { this.#deeds.run(name, id); };
    // With nothing of that kind open, the key goes to the first in the queue.
    const first = { claim: groups.waiting[0], accept: groups.offered[0], decline: groups.offered[0], own: groups.alarm[0] };
    for (const [name, one] of Object.entries(first)) {
      if (one && !(name === "claim" && entry?.mine)) does[name] ??= () => { this.#deeds.run(name, one.conversation); };
    }
    return does;
  }
}

customElements.define("handrail-console", Console);
