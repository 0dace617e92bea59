// <handrail-console>: the agent's place of work. Queue on the left, chat in the middle, card on the right;
// on a phone one of them at a time. It holds the one connection (widget/static/protocol.js) and the keyboard.
import { setText } from "/widget/dom.js";
import { Connection } from "/widget/protocol.js";
import { Alerts } from "./alerts.js";
import { api, signIn } from "./api.js";
import { askOutcome, askTransfer, confirmHandBack, confirmRelease, showKeys } from "./dialogs.js";
import { setServerTime, tick } from "./format.js";
import { Drafts, singleKeys } from "./habits.js";
import { describe, drawActions, layout } from "./layout.js";
import { Conversations } from "./store.js";

const GATHER = 150; // ms: one reading for a burst of hints
const READ_AGAIN = 30_000; // ms: a lost hint costs no more than this
const STATUS = { idle: "Offline", connecting: "Connecting…", online: "", waiting: "Connection lost. Trying again…", refused: "Signed out" };

class Console extends HTMLElement {
  #parts = {};
  #me = { id: "", name: "" };
  #queue = { waiting: [], mine: [], colleagues: [] };
  #known = null; // conversations waiting at the last reading, to notice new ones
  #selected = null;
  #card = null;
  #view = "queue"; // what a phone shows
  #connection;
  #conversations = new Conversations((id, frame) => this.#heard(id, frame));
  #drafts = new Drafts();
  #alerts = new Alerts();
  #watched = new Set();
  #timers = { queue: null, card: null };

  connectedCallback() {
    if (this.firstChild) return;
    this.#me = { id: this.getAttribute("staff-id"), name: this.getAttribute("staff-name") };
    this.#build();
    this.#listen();
    this.#connection = new Connection(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`, {
      hello: api.ticket, many: true, key: `handrail:console:${this.#me.id}:`,
      onFrame: (frame) => this.#frame(frame),
      onStatus: (status) => this.#status(status),
      onOutbox: () => this.#drawChat(),
    });
    const asked = this.getAttribute("conversation");
    if (asked) this.#select(asked);
    this.#connection.start();
    this.#readQueue();
    setInterval(() => tick(this), 1000);
    setInterval(() => this.#readQueue(), READ_AGAIN);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.#connection.check();
      this.#readQueue();
      this.#drawChat();
    });
  }

  // ---- what is there -----------------------------------------------------------------------------------

  #build() {
    this.#parts = layout(this, { show: (view) => this.#show(view), sound: () => this.#toggleSound(), keys: () => this.#showKeys() });
    this.#toggleSound(this.#alerts.sound);
    this.#show("queue");
    this.#drawChat();
  }

  #listen() {
    this.addEventListener("select-chat", ({ detail }) => this.#select(detail, { focus: true }));
    this.addEventListener("chat-send", ({ detail }) => this.#connection.send(detail, { conversation: this.#selected }));
    this.addEventListener("chat-retry", ({ detail }) => this.#connection.retry(detail));
    this.addEventListener("chat-discard", ({ detail }) => this.#connection.discard(detail));
    this.addEventListener("chat-typing", () => this.#connection.typing(this.#selected));
    this.addEventListener("chat-draft", ({ detail }) => this.#drafts.set(this.#selected, detail));
    this.addEventListener("insert", ({ detail }) => { this.#show("chat"); this.#parts.chat.insert(detail); });
    this.addEventListener("note", ({ detail }) => this.#try(async () => {
      await api.note(detail.conversation, detail.text);
      detail.done();
      this.#readCard();
    }));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #deeds = {
    claim: () => this.#claim(), close: () => this.#close(), handBack: () => this.#handBack(),
    transfer: () => this.#transfer(), release: () => this.#release(),
  };

  // ---- what comes in -----------------------------------------------------------------------------------

  #frame(frame) {
    if (frame.type === "queue") this.#soon("queue", GATHER, () => this.#readQueue());
    else if (frame.type === "error" && !frame.client_id) this.#complain(frame.message);
    else this.#conversations.apply(frame);
  }

  #heard(conversation, frame) {
    const fromCustomer = frame?.type === "message" && frame.author === "customer";
    if (conversation === this.#selected) {
      this.#drawChat();
      if (frame?.type === "message") this.#soon("card", 800, () => this.#readCard());
    }
    // The first answer stops the clock in the list.
    if (frame?.type === "message" && frame.author === "agent") this.#soon("queue", 800, () => this.#readQueue());
    if (fromCustomer && this.#ready && document.hidden && this.#isMine(conversation)) this.#alerts.ring();
    this.#drawQueue();
  }

  #status(status) {
    setText(this.#parts.link, STATUS[status] ?? "");
    this.#parts.link.hidden = !STATUS[status];
    if (status === "refused") signIn();
    if (status === "online") this.#readQueue();
  }

  get #ready() { return this.#known !== null; }

  async #readQueue() {
    let read;
    try {
      read = await api.queue();
    } catch (error) {
      if (error.status === 401) signIn();
      return; // the connection line says so already, and the next hint reads again
    }
    setServerTime(read.now);
    this.#queue = read;
    const waiting = new Set(read.waiting.map((entry) => entry.conversation));
    if (this.#known && [...waiting].some((id) => !this.#known.has(id))) this.#alerts.ring();
    this.#known = waiting;
    this.#watchAll();
    this.#drawQueue();
    this.#drawChat();
    if (this.#selected) this.#soon("card", GATHER, () => this.#readCard());
  }

  async #readCard() {
    const conversation = this.#selected;
    if (!conversation) return;
    try {
      const card = await api.card(conversation);
      if (conversation !== this.#selected) return;
      setServerTime(card.now);
      this.#card = card;
    } catch (error) {
      if (conversation !== this.#selected) return;
      if (error.status === 404) this.#leave("This chat does not exist, or is not for you to read.");
      return;
    }
    this.#parts.card.show(this.#card);
    this.#drawChat();
  }

  /** Follow the open chat and all of one's own, so that unread messages are counted everywhere. */
  #watchAll() {
    const wanted = new Set(this.#queue.mine.map((entry) => entry.conversation));
    if (this.#selected) wanted.add(this.#selected);
    for (const id of wanted) {
      if (!this.#watched.has(id)) this.#connection.watch(id, this.#conversations.lastSeq(id));
    }
    for (const id of this.#watched) if (!wanted.has(id)) this.#connection.unwatch(id);
    this.#watched = wanted;
  }

  // ---- what is shown -----------------------------------------------------------------------------------

  #select(conversation, { focus = false } = {}) {
    this.#selected = conversation;
    this.#card = null;
    this.#parts.card.show(null);
    this.#parts.problem.hidden = true;
    history.replaceState(null, "", conversation ? `/staff/chat/${conversation}` : "/staff/queue");
    this.#watchAll();
    this.#drawQueue();
    this.#drawChat();
    this.#readCard();
    if (conversation) this.#show("chat");
    if (focus && matchMedia("(max-width: 760px)").matches) this.#parts.title.focus();
  }

  #leave(problem) {
    this.#select(null);
    this.#show("queue");
    if (problem) this.#complain(problem);
  }

  #show(view) {
    this.#view = view;
    this.dataset.view = view;
    for (const tab of this.#parts.tabs.children) tab.setAttribute("aria-current", tab.dataset.view === view ? "true" : "false");
    if (view === "chat") this.#drawChat();
  }

  #drawQueue() {
    this.#parts.queue.show(this.#queue, this.#selected, (id) => this.#conversations.unread(id));
    const unread = this.#queue.mine.reduce((sum, { conversation }) => sum + this.#conversations.unread(conversation), 0);
    this.#alerts.badge(this.#queue.waiting.length + unread);
    setText(this.#parts.hint, this.#queue.waiting.length
      ? "Choose a customer on the left, or press c to claim the first who waits."
      : "Nobody is waiting. Keep this page open: it shows customers that you are here, and new ones appear by themselves.");
  }

  #drawChat() {
    const id = this.#selected;
    this.classList.toggle("no-chat", !id);
    if (!id || !this.#connection) return;
    const { state, customerTypes } = this.#conversations.of(id);
    const mine = this.#isMine(id);
    if (!document.hidden) this.#conversations.markRead(id);
    setText(this.#parts.title, this.#card?.customer.name || "Visitor");
    setText(this.#parts.state, describe(state, mine));
    drawActions(this.#parts.actions, state, mine, this.#deeds);
    this.#parts.chat.show({
      conversation: id, mine, customerTypes, draft: this.#drafts.get(id),
      replies: this.#card?.suggested_replies ?? [],
      messages: this.#conversations.messages(id, this.#connection.outbox.list(), this.#me.name),
    });
  }

  #isMine(id) { return this.#queue.mine.some((entry) => entry.conversation === id); }

  // ---- what the agent does -----------------------------------------------------------------------------

  /** Run a change; a refusal is shown, and what is on screen read anew. True when it was done. */
  async #try(change) {
    this.#parts.problem.hidden = true;
    try {
      await change();
      return true;
    } catch (error) {
      if (error.status === 401) signIn();
      this.#complain(error.message);
      return false;
    } finally {
      await this.#readQueue();
    }
  }

  #complain(message) {
    this.#parts.problem.textContent = message;
    this.#parts.problem.hidden = false;
  }

  async #claim() {
    const waiting = this.#queue.waiting.map((entry) => entry.conversation);
    const id = waiting.includes(this.#selected) ? this.#selected : !this.#selected || !this.#isMine(this.#selected) ? waiting[0] : null;
    if (!id) return;
    if (id !== this.#selected) this.#select(id);
    if (await this.#try(() => api.claim(id))) this.#parts.chat.focusReply();
  }

  async #close() {
    const id = this.#selected;
    const outcome = await askOutcome();
    if (outcome && await this.#try(() => api.close(id, outcome))) this.#next();
  }

  async #handBack() {
    const id = this.#selected;
    if (await confirmHandBack() && await this.#try(() => api.handBack(id))) this.#next();
  }

  async #release() {
    const id = this.#selected;
    if (await confirmRelease() && await this.#try(() => api.release(id))) this.#next();
  }

  async #transfer() {
    const id = this.#selected;
    const answer = await askTransfer(this.#queue.colleagues);
    if (answer && await this.#try(() => api.transfer(id, answer.to, answer.note))) this.#next();
  }

  /** After a chat has left: the agent's next own chat, or the queue. */
  #next() {
    const next = this.#queue.mine[0]?.conversation ?? null;
    if (next) this.#select(next);
    else this.#leave();
  }

  #move(step) {
    const all = [...this.#queue.mine, ...this.#queue.waiting].map((entry) => entry.conversation);
    if (!all.length) return;
    const at = all.indexOf(this.#selected);
    this.#select(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))]);
  }

  #toggleSound(on = !this.#alerts.sound) {
    if (on !== this.#alerts.sound) this.#alerts.setSound(on);
    setText(this.#parts.sound, on ? "Sound on" : "Sound off");
    this.#parts.sound.setAttribute("aria-pressed", String(on));
  }

  async #showKeys() {
    const answer = await showKeys(singleKeys.on);
    if (answer) singleKeys.on = answer.enabled;
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.key === "?") { event.preventDefault(); this.#showKeys(); return; }
    if (!singleKeys.on) return;
    const mine = this.#isMine(this.#selected);
    const own = mine ? {
      r: () => { this.#show("chat"); this.#parts.chat.focusReply(); },
      e: this.#deeds.close, h: this.#deeds.handBack, t: this.#deeds.transfer, b: this.#deeds.release,
    } : {};
    const open = this.#selected ? { n: () => { this.#show("card"); this.#parts.card.focusNote(); } } : {};
    const keys = { j: () => this.#move(1), k: () => this.#move(-1), c: this.#deeds.claim, ...open, ...own };
    const suggestion = mine && /^[1-9]$/.test(event.key);
    const does = suggestion ? () => this.#parts.chat.insertSuggestion(Number(event.key) - 1) : keys[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  #soon(name, delay, run) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(run, delay);
  }
}

customElements.define("handrail-console", Console);
