// The protocol of both sockets (docs/frames.md), used by the widget and by the agent console. No DOM here.
//
//   const connection = new Connection("wss://help.example/ws/chat", {
//     hello: async () => ({ token }),       // the console: async () => ({ ticket: await fetchTicket() })
//     many: false,                          // the console: true; every frame then names its conversation
//     onFrame: (frame) => {},               // each message once, in order of seq
//     onStatus: (status, error) => {},      // "idle" | "connecting" | "online" | "waiting" | "refused"
//     onOutbox: () => {},                   // an entry was added, failed, retried or settled
//   });
//   connection.start();
//   connection.send("Where is my order?");
//
// Optional: storage and key (where unsent messages wait), after (seq already seen), clock, network, random,
// Socket. The database is the truth and a frame is a hint: after a drop we resume from the last seq seen.
import { Link, systemClock } from "./link.js";
import { Outbox, openStorage } from "./outbox.js";
import { TypingSignal } from "./typing.js";

export { backoff, systemClock } from "./link.js";
export { MemoryStorage, Outbox, newClientId, openStorage } from "./outbox.js";

const ACK_WITHIN = 15_000;
const DRAFT_EVERY = 700; // ms: far below the limit of frames a minute
const DRAFT_LENGTH = 1000; // UTF-16 units; the server takes 2,000 characters
// Before any message: another customer's words must not follow into this chat, what is not agreed to is refused, and
// the assistant asks for what the form has not told it yet.
const FIRST = new Set(["identify", "agree", "details"]);
const REFUSALS = new Set(["token_unknown", "not_signed_in", "origin_refused", "forbidden"]);

export class Connection {
  #options;
  #clock;
  #link;
  #streams = new Map(); // conversation -> last seq seen; the customer's only one is ""
  #sent = new Set(); // client_ids sent on this socket and not yet acknowledged
  #ackTimer = null;
  #commands = []; // {frame, ping}: kept until the pong to the ping that followed them
  #typing = new Map();
  #drafted = { timer: null, text: "" };
  #seen = new Map(); // conversation -> seq told as seen on this socket

  constructor(url, options) {
    this.#options = { many: false, ...options };
    this.#clock = options.clock ?? systemClock;
    const storage = options.storage ?? openStorage();
    this.outbox = new Outbox(storage, options.key ?? "handrail:outbox:", this.#clock.now, () => {
      this.#outboxChanged();
      this.#flush();
    });
    if (!this.#options.many) this.#streams.set("", options.after ?? 0);
    this.#link = new Link(url, {
      hello: () => this.#greeting(),
      eager: this.#options.many,
      clock: this.#clock,
      network: options.network === undefined ? globalThis : options.network,
      random: options.random ?? Math.random,
      Socket: options.Socket ?? globalThis.WebSocket,
      onFrame: (frame) => this.#receive(frame),
      onReady: () => this.#becomeReady(),
      onDrop: () => this.#forgetSocket(),
      onStatus: (status, error) => this.#tell(() => this.#options.onStatus?.(status, error)),
    });
  }

  get status() { return this.#link.status; }

  start() { this.#link.start(); }

  stop() { this.#link.stop(); }

  /** Stopped for good: what was not sent is left to another tab. */
  end() {
    this.stop();
    this.outbox.leave();
  }

  /** Is the socket still alive? Call it when the page is shown again: timers slept with the machine. */
  check() { this.#link.check(); }

  /** Write a message; it is kept until the server has it, across drops and reloads. */
  send(text, { button, person, invitation, conversation } = {}) {
    const entry = this.outbox.add(text, { button, person, invitation, conversation });
    this.typingStopped(conversation);
    this.#outboxChanged();
    this.#flush();
    return entry;
  }

  /** Send a failed message again, under the same client_id. */
  retry(clientId) {
    if (!this.outbox.retry(clientId)) return;
    this.#outboxChanged();
    if (this.#link.ready) this.#flush();
    else this.#link.check();
  }

  /** Give up a message that was not sent. */
  discard(clientId) {
    this.#sent.delete(clientId);
    this.outbox.remove(clientId, true);
    this.#expectAck();
    this.#outboxChanged();
  }

  /** A frame such as {type: "person"}: sent now or after the next welcome, again if the socket drops first. A later one
   * of its type, and with a `seq` of the same message, takes its place; attributes alone take no token's. */
  command(frame) {
    const about = ({ type, seq, token }) => `${type}:${(type === "thumb" && seq) || (type === "identify" && Boolean(token))}`;
    this.#commands = this.#commands.filter((other) => about(other.frame) !== about(frame));
    this.#commands.push({ frame, ping: null });
    this.#flush();
  }

  /** A frame that is worth nothing later: sent now or never. */
  tell(frame) { if (this.#link.ready) this.#link.put(frame); }

  /** Follow a conversation (console only): the gap after `after`, then live frames, also after a drop. */
  watch(conversation, after = 0) {
    this.#streams.set(conversation, after);
    if (this.#link.ready) this.#link.put({ type: "watch", conversation, after });
  }

  unwatch(conversation) {
    if (!this.#streams.delete(conversation) || !this.#link.ready) return;
    this.#link.put({ type: "unwatch", conversation });
  }

  /** Call at every key; the frames are throttled. `text`: what stands in the field, where `welcome` asked for it. */
  typing(conversation = "", text) {
    if (text !== undefined) this.#draft(text);
    if (!this.#typing.has(conversation)) {
      const where = conversation ? { conversation } : {};
      const say = (on) => this.#link.ready && this.#link.put({ type: "typing", on, ...where });
      this.#typing.set(conversation, new TypingSignal(say, this.#clock));
    }
    this.#typing.get(conversation).touch();
  }

  typingStopped(conversation = "") {
    this.#clock.clearTimeout(this.#drafted.timer);
    this.#drafted = { timer: null, text: "" };
    this.#typing.get(conversation)?.stop();
  }

  #draft(text) {
    this.#drafted.text = text;
    this.#drafted.timer ??= this.#clock.setTimeout(() => {
      this.#drafted.timer = null;
      if (this.#link.ready) this.#link.put({ type: "typing", on: true, text: this.#drafted.text.slice(0, DRAFT_LENGTH) });
    }, DRAFT_EVERY);
  }

  /** The reader's screen has shown everything up to `seq`; call it as often as you like. */
  seen(seq, conversation = "") {
    if (!this.#link.ready || !(seq > (this.#seen.get(conversation) ?? 0))) return;
    this.#seen.set(conversation, seq);
    this.#link.put({ type: "seen", seq, ...(conversation && { conversation }) });
  }

  lastSeq(conversation = "") { return this.#streams.get(conversation) ?? 0; }

  /** Start over with another conversation (a new token): nothing has been seen of it yet. */
  forget() {
    for (const conversation of this.#streams.keys()) this.#streams.set(conversation, 0);
    this.#commands = [];
  }

  // ---- out ------------------------------------------------------------------------------------------------

  async #greeting() {
    const greeting = await this.#options.hello();
    return this.#options.many ? greeting : { ...greeting, after: this.lastSeq() };
  }

  #becomeReady() {
    if (this.#options.many) {
      for (const [conversation, after] of this.#streams) {
        this.#link.put({ type: "watch", conversation, after });
      }
    }
    this.#flush();
  }

  #forgetSocket() {
    this.#sent.clear();
    this.#seen.clear();
    this.#expectAck();
    for (const command of this.#commands) command.ping = null;
  }

  #flush() {
    if (!this.#link.ready) return;
    this.#command(({ frame }) => FIRST.has(frame.type));
    for (const entry of this.outbox.list()) {
      if (entry.state !== "waiting" || !this.outbox.mine(entry) || this.#sent.has(entry.client_id)) continue;
      const { client_id, text, button, person, invitation, conversation } = entry;
      this.#link.put({ type: "message", conversation, client_id, text, button, person, invitation });
      this.#sent.add(client_id);
      this.#expectAck();
    }
    this.#command(() => true);
  }

  #command(which) {
    for (const command of this.#commands.filter((one) => one.ping === null && which(one))) {
      this.#link.put(command.frame);
      command.ping = this.#link.ping();
    }
  }

  // A server that takes messages but acknowledges none is as good as gone: try another socket.
  #expectAck() {
    this.#clock.clearTimeout(this.#ackTimer);
    if (this.#sent.size) this.#ackTimer = this.#clock.setTimeout(() => this.#link.lose(), ACK_WITHIN);
  }

  // ---- in -------------------------------------------------------------------------------------------------

  #receive(frame) {
    if (frame.type === "pong") this.#heard();
    else if (frame.type === "welcome" && !this.#options.many) this.#welcomed(frame);
    else if (frame.type === "ack") this.#settle(frame.client_id);
    else if (frame.type === "error" && !this.#error(frame)) return;
    else if (frame.type === "message" && !this.#isNew(frame)) return;
    this.#tell(() => this.#options.onFrame?.(frame));
  }

  #welcomed({ last_seq: last }) {
    // We are ahead of a server whose database was restored: what it writes now is new to us all the same.
    if (last < this.lastSeq()) this.#streams.set("", last);
    this.#link.welcomed();
  }

  #isNew(frame) {
    const conversation = this.#options.many ? frame.conversation : "";
    if (frame.client_id) this.#settle(frame.client_id);
    if (!this.#streams.has(conversation) || !(frame.seq > this.#streams.get(conversation))) return false;
    this.#streams.set(conversation, frame.seq);
    return true;
  }

  #settle(clientId) {
    this.#sent.delete(clientId);
    this.#expectAck();
    if (this.outbox.remove(clientId)) this.#outboxChanged();
  }

  // The server answers in order: what was sent before this ping has been heard.
  #heard() {
    const { pongs } = this.#link;
    this.#commands = this.#commands.filter(({ ping }) => ping === null || ping > pongs);
  }

  /** Route an error to the message it is about; false when the connection itself was refused. */
  #error(frame) {
    if (frame.client_id) {
      this.#sent.delete(frame.client_id);
      this.outbox.fail(frame.client_id, { code: frame.code, message: frame.message });
      this.#expectAck();
      this.#outboxChanged();
    } else if (REFUSALS.has(frame.code) && !this.#options.many && !this.#link.ready) {
      this.#link.refuse(frame);
      return false;
    }
    if (frame.fatal || !this.#link.ready) this.#link.lose();
    return true;
  }

  #outboxChanged() { this.#tell(() => this.#options.onOutbox?.()); }

  // A mistake in the owner's code must not stop the protocol; it still shows up as an uncaught error.
  #tell(call) {
    try {
      call();
    } catch (error) {
      queueMicrotask(() => { throw error; });
    }
  }
}
