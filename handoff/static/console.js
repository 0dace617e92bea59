// <handrail-console>: the agent's place of work. Queue on the left, chats in the middle, what is known on the
// right; on a phone one of them at a time. It holds the one connection (widget/static/protocol.js).
import { setText } from "/widget/dom.js";
import { Connection } from "/widget/protocol.js";
import { Alerts, Speaker } from "./alerts.js";
import { api, signIn } from "./api.js";
import { Attempts } from "./attempts.js";
import { Cards } from "./cards.js";
import { Columns } from "./columns.js";
import { Deeds } from "./deeds.js";
import { Drawing } from "./drawing.js";
import { Errands } from "./errands.js";
import { Files } from "./files.js";
import { tick } from "./format.js";
import { Going } from "./going.js";
import { Drafts } from "./habits.js";
import { Idle } from "./idle.js";
import { meanings, press } from "./keys.js";
import { layout } from "./layout.js";
import { grouped } from "./queue.js";
import { Reading } from "./reading.js";
import { Renewal } from "./renewal.js";
import { drawPresence } from "./standing.js";
import { Conversations } from "./store.js";
import { Telling } from "./telling.js";
import { Watching } from "./watching.js";
import { Writing } from "./writing.js";

const STATUS = { connecting: "Connecting…", waiting: "Connection lost. Trying again… What you write is kept and sent afterwards.", refused: "Signed out" };

class Console extends HTMLElement {
  #parts;
  #me;
  #connection;
  #conversations;
  #attempts;
  #drawing;
  #files;
  #going;
  #telling;
  #watching;
  #writing;
  #alerts = new Alerts();
  #drafts = new Drafts();
  #columns = new Columns(() => this.#arranged());
  #reading = new Reading((change) => this.#queueRead(change), () => this.#askDesk());
  #cards = new Cards({
    focused: () => this.#columns.focused, read: (id) => this.#cardRead(id), missing: (id) => this.#cardMissing(id),
  });
  #deeds = new Deeds({
    attempt: (id, change) => this.#attempts.run(id, change),
    shown: (id) => this.#going.select(id), reply: (id) => this.#going.reply(id), next: (id) => this.#going.next(id),
    entry: (id) => this.#reading.of(id), queue: () => this.#reading.queue, card: (id) => this.#cards.of(id), fresh: (id) => this.#cards.read(id),
    pin: (id) => this.#columns.pin(id), shut: (id) => this.#going.shut(id),
  });
  #errands = new Errands({
    attempt: (id, change) => this.#attempts.run(id, change), opened: (id) => this.#going.select(id, { focus: true }),
    noted: (id) => { this.#going.select(id, { focus: true }); this.#parts.side.choose("notes"); },
    parts: () => this.#parts, shares: () => this.hasAttribute("shares-views"), alerts: this.#alerts, redraw: () => this.#drawing.chats(),
  });

  connectedCallback() {
    if (this.firstChild) return;
    this.#me = { id: this.getAttribute("staff-id"), name: this.getAttribute("staff-name") };
    this.#conversations = new Conversations(this.#me.id, (id, frame) => this.#heard(id, frame));
    this.#parts = layout(this, this.#columns, {
      show: (view) => this.#show(view), presence: () => this.#togglePresence(), search: () => this.#errands.search(),
      mentions: () => this.#errands.mentions(), preferences: () => this.#errands.preferences(), keys: () => this.#errands.keys(),
    });
    this.#attempts = new Attempts(this.#reading, (id) => this.#columns.pane(id), this.#parts.problem);
    this.#going = new Going(this.#columns, this.#parts.queue, {
      show: (view) => this.#show(view), mine: () => this.#reading.queue.mine, leaves: () => this.#attempts.complain(""),
    });
    this.#telling = new Telling(this.#alerts, new Speaker(this.#parts.polite, this.#parts.assertive), (id) => this.#going.select(id));
    this.#connection = new Connection(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/staff`, {
      hello: api.ticket, many: true, key: `handrail:console:${this.#me.id}:`,
      onFrame: (frame) => this.#frame(frame), onStatus: (status) => this.#status(status), onOutbox: () => this.#drawing.chats(),
    });
    this.#files = new Files(Number(this.getAttribute("file-limit")), () => this.#drawing.chats());
    this.#writing = new Writing(this.#connection, this.#drafts, this.#files, {
      column: (id) => this.#columns.focus(id), wrote: () => this.#watching.attend(), changed: (id) => this.#changed(id),
      problem: (id, words) => this.#attempts.complain(words, id),
    });
    this.#watching = new Watching(this.#connection, this.#conversations, this.#columns, this.#writing.writes);
    this.#drawing = new Drawing({
      root: this, parts: this.#parts, me: this.#me, reading: this.#reading, cards: this.#cards, columns: this.#columns,
      conversations: this.#conversations, connection: this.#connection, drafts: this.#drafts, files: this.#files, alerts: this.#alerts,
      writing: this.#writing, deeds: this.#deeds, select: (id) => this.#going.select(id, { focus: true }),
    });
    this.#listen();
    this.#show("queue");
    this.#columns.restore();
    const asked = this.getAttribute("conversation");
    if (asked) this.#going.select(asked);
    else this.#arranged();
    this.#connection.start();
    this.#reading.start();
    new Idle({ onAway: () => this.#idle(true), onBack: () => this.#idle(false) });
    new Renewal(() => this.#connection.status === "online");
    setInterval(() => tick(this), 1000);
  }

  #listen() {
    this.#writing.listen(this);
    for (const name of ["insert", "insert-text"]) {
      this.addEventListener(name, ({ detail }) => { this.#show("chat"); this.#columns.pane()?.insert(detail); });
    }
    this.addEventListener("note", ({ detail }) => this.#attempts.run(this.#columns.focused, async () => {
      await api.note(detail.conversation, detail.text);
      detail.done();
    }));
    this.addEventListener("changed", ({ detail }) => this.#changed(detail?.conversation ?? this.#columns.focused));
    this.addEventListener("open-chat", ({ detail }) => this.#going.select(detail));
    this.addEventListener("filtered", () => this.#drawing.queue());
    this.addEventListener("left-filters", () => this.#parts.queue.focusLine());
    this.addEventListener("left-notes", () => this.#columns.pane()?.focusTitle());
    this.addEventListener("save-view", () => this.#errands.saveView());
    this.addEventListener("delete-view", ({ detail }) => this.#errands.deleteView(detail));
    // Who claims and types on at once means the reply that is about to open, not the next deed.
    document.addEventListener("keydown", (event) => press(event, this.#attempts.busy ? {} : this.#keys));
    document.addEventListener("visibilitychange", () => {
      this.#watching.attend();
      if (document.hidden) return;
      this.#connection.check();
      this.#reading.ask();
      this.#drawing.chats();
    });
  }

  // ---- what comes in -----------------------------------------------------------------------------------

  #frame(frame) {
    if (frame.type === "queue") this.#reading.hear(frame);
    else if (frame.type === "mention") this.#named(frame);
    else if (frame.type === "error" && !frame.client_id) this.#attempts.complain(frame.message, frame.conversation);
    else this.#conversations.apply(frame);
  }

  #askDesk() {
    if (this.#connection.status !== "online") return false;
    this.#connection.tell({ type: "queue" });
    return true;
  }

  #heard(conversation, frame) {
    if (frame?.type === "caught_up") this.#watching.attend();
    const entry = this.#reading.of(conversation);
    if (frame?.type === "message") {
      this.#files.remove(frame.client_id);
      if (conversation === this.#columns.focused) this.#cards.soon();
      // An answer, and a question, move the clocks in the list.
      if (frame.author === "agent" || entry?.mine) this.#reading.ask();
      if (frame.author === "customer" && entry?.mine) {
        this.#telling.message(this.#drawing.nameOf(conversation), frame, this.#columns.shown.includes(conversation));
      }
    }
    this.#drawing.chats(conversation);
    if (frame?.type === "message" && entry?.mine) this.#drawing.queue();
  }

  #status(status) {
    setText(this.#parts.bar, STATUS[status] ?? "");
    this.#parts.bar.hidden = !STATUS[status];
    if (status === "refused") signIn();
    if (status !== "online") {
      this.#watching.forget();
      this.#drawing.chats();
      return;
    }
    this.#files.resume();
    this.#watching.attend();
    this.#reading.ask();
    this.#errands.countMentions();
  }

  /** A colleague's note names this agent. */
  #named({ conversation }) {
    this.#telling.named(this.#drawing.nameOf(conversation), conversation);
    this.#errands.countMentions();
    if (conversation === this.#columns.focused) this.#cards.soon();
  }

  #queueRead({ before, was, acted }) {
    const { queue } = this.#reading;
    this.#alerts.alarm(this.#reading.alarmed);
    if (before) this.#telling.queue(before, queue, acted);
    this.#parts.side.notes.colleagues = queue.colleagues;
    this.#parts.filters.offer(queue);
    this.#watching.follow(queue.mine);
    drawPresence(this.#parts, queue.me);
    this.#drawing.queue();
    this.#drawing.chats();
    const id = this.#columns.focused;
    if (JSON.stringify(was.get(id)) !== JSON.stringify(this.#reading.of(id))) this.#cards.read();
  }

  #cardRead(id) {
    if (id === this.#columns.focused) this.#parts.side.show(id, this.#cards.of(id));
    this.#drawing.chats(id);
  }

  #cardMissing(id) {
    this.#going.shut(id);
    this.#attempts.complain("This chat does not exist, or is not for you to read.");
  }

  /** Something was changed about a chat, by a panel or a macro. */
  #changed(id) {
    if (id) this.#reading.touch(id);
    this.#cards.read();
    this.#reading.ask();
  }

  // ---- what is shown -----------------------------------------------------------------------------------

  /** Which chats stand on the screen, or which one is worked at, has changed. */
  #arranged() {
    if (!this.#drawing) return;
    const id = this.#columns.focused;
    this.classList.toggle("no-chat", !id);
    history.replaceState(null, "", id ? `/staff/chat/${id}` : "/staff/queue");
    this.#watching.follow(this.#reading.queue.mine);
    this.#drawing.queue();
    this.#drawing.chats();
    // A neighbour needs its card for the name and the suggested replies.
    for (const other of this.#columns.ids) if (other !== id && !this.#cards.has(other)) this.#cards.read(other);
    if (id === this.#parts.side.conversation) return;
    this.#parts.side.show(id, this.#cards.of(id) ?? null);
    this.#cards.read();
  }

  #show(view) {
    this.dataset.view = view;
    for (const tab of this.#parts.tabs.children) tab.setAttribute("aria-current", tab.dataset.view === view ? "true" : "false");
    if (view === "chat") this.#drawing.chats();
  }

  // ---- what the agent does -----------------------------------------------------------------------------

  async #togglePresence() { await this.#attempts.run(null, () => api.presence(this.#reading.queue.me.state !== "away")); }

  /** What the agent set by hand, idleness does not change: the server sees to that. */
  #idle(away) { this.#connection.command({ type: "presence", away, automatic: true }); }

  /** What each key stands for now. */
  get #keys() {
    const id = this.#columns.focused;
    const { queue, filters, side } = this.#parts;
    const toQueue = (go) => () => { this.#show("queue"); go(); };
    return meanings({
      id, pane: this.#columns.pane(), entry: this.#reading.of(id), groups: grouped(this.#reading.queue),
      can: id ? this.#drawing.possible(id) : [], run: (name, chat) => { this.#deeds.run(name, chat); },
    }, {
      next: () => this.#going.move(1), previous: () => this.#going.move(-1),
      left: () => this.#going.beside(-1), right: () => this.#going.beside(1),
      queue: toQueue(() => queue.focusLine()), filter: toQueue(() => filters.focusText()), views: toQueue(() => filters.focusViews()),
      search: () => { this.#errands.search(); }, mentions: () => { this.#errands.mentions(); },
      presence: () => { this.#togglePresence(); }, preferences: () => { this.#errands.preferences(); }, keys: () => { this.#errands.keys(); },
      note: () => { this.#show("card"); side.focusNote(); }, panel: () => { this.#show("card"); side.next(); },
      reply: () => this.#going.reply(id), pick: () => { this.#going.reply(id); this.#writing.pick(this.#columns.pane()); },
    });
  }
}

customElements.define("handrail-console", Console);
