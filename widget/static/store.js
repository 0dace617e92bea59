// What the widget knows: messages, who owns the chat, who types, how the connection is. It tells its
// listener once per burst of changes and draws nothing itself.

const UNKNOWN = {
  owner: "bot", agent: null, position: null, wait_seconds: null, wait_low_seconds: null, wait_high_seconds: null, online: true, opens_at: null,
  promised_at: null, mail: null, people: null, episode: null, stage: null, bot: "ok", rateable: null, rated: false,
  consent: null, form: false, survey: null,
};
// A bot that began to type and never finished: the dots stop after this.
const TYPING_LASTS = 20_000;

export class Store {
  state = UNKNOWN;
  known = false; // whether the server has told us the state
  caughtUp = false;
  status = "idle";
  offline = false; // from a lost connection until the next welcome, through all attempts between
  returning = false; // whether this customer has been here before
  restarted = false;
  mailSaved = null;
  consent = null; // the version that must be agreed to before anything is said
  formSent = false;
  refusedField = ""; // of the form, by the server
  chosen = false; // whom to ask, where the house offers the choice
  thumbs = new Map(); // seq -> up: what the customer says of answers
  said = new Set(); // seq of those that were said here, and not before a reload
  invited = null; // {id, text, starters, at}: what the house said beside the bubble, until the log has it or its answer
  fileLimit = 0; // bytes of a file; 0 while it is not known
  linkOver = false; // whether the customer came by a link of a mail that works no more
  #messages = new Map(); // seq -> message
  #acknowledged = new Map(); // client_id -> own message that the log has not brought back yet
  #waiting = []; // outbox entries
  #uploads = []; // files that the log does not have yet, as messages
  #written = new Map(); // client_id -> entry, also after it left the outbox, until the log brings it back
  #typing = { author: null, timer: null };
  #listener;
  #told = false;

  constructor(listener) { this.#listener = listener; }

  /** Take in one frame of the server. */
  apply(frame) {
    switch (frame.type) {
      case "welcome":
        this.caughtUp = false;
        this.preview = frame.preview === true;
        this.fileLimit = frame.file_limit ?? 0;
        if (frame.state) this.#setState(frame.state);
        break;
      case "state":
        this.#setState(frame);
        break;
      case "caught_up":
        this.caughtUp = true;
        break;
      case "again":
      case "message":
        this.#messages.set(frame.seq, frame);
        if (this.#written.has(frame.client_id) || frame.client_id === this.#invitation?.client_id) this.invited = null;
        this.#acknowledged.delete(frame.client_id);
        this.#written.delete(frame.client_id);
        if (frame.author !== "customer") this.#setTyping(null);
        break;
      case "thumbs":
        for (const [seq, up] of Object.entries(frame.thumbs)) if (!this.said.has(+seq)) this.thumbs.set(+seq, up);
        break;
      case "error":
        this.#refused(frame);
        break;
      case "ack":
        this.#acknowledge(frame);
        break;
      case "typing":
        this.#setTyping(frame.on ? frame.author : null);
        break;
    }
    this.change();
  }

  setOutbox(entries) {
    for (const entry of entries) this.#written.set(entry.client_id, entry);
    this.#waiting = entries;
    this.change();
  }

  /** Files on their way (files.js). */
  setUploads(messages) {
    this.#uploads = messages;
    this.change();
  }

  /** Whether the log has the message of this client_id. */
  has(clientId) { return [...this.#messages.values()].some((one) => one.client_id === clientId); }

  setStatus(status) {
    this.status = status;
    if (status === "waiting") this.offline = true;
    if (status === "online") this.offline = false;
    if (status !== "online") this.#setTyping(null);
    this.change();
  }

  /** Another conversation from here on. */
  clear() {
    this.#messages.clear();
    this.#acknowledged.clear();
    this.thumbs.clear();
    this.said.clear();
    Object.assign(this, { state: UNKNOWN, known: false, caughtUp: false, restarted: true, mailSaved: null, formSent: false, chosen: false });
    this.change();
  }

  get typing() { return this.#typing.author; }

  /** Whether the person who has the chat sees what is being typed. */
  get previewed() { return this.preview === true && this.state.owner === "agent"; }

  get lastSeq() { return Math.max(0, ...this.#messages.keys()); }

  /** All messages in order: the log, then what is acknowledged, then what still waits or has failed. */
  messages() {
    const log = [...this.#messages.values()].sort((one, other) => one.seq - other.seq);
    const own = [...this.#acknowledged.values()];
    const waiting = this.#waiting.map((entry) => ({
      author: "customer", text: entry.text, client_id: entry.client_id, order: entry.order,
      delivery: entry.state, error: entry.error, created_at: new Date(entry.order).toISOString(),
    }));
    const files = this.#uploads.filter(({ client_id: id }) => !this.has(id));
    const unsent = [...waiting, ...files].sort((one, other) => one.order - other.order);
    return [...log, this.#invitation, ...own, ...unsent].filter(Boolean);
  }

  /** As the log will have it, once it is answered. */
  get #invitation() {
    if (!this.invited || !["bot", "closed"].includes(this.state.owner)) return null;
    const { id, text, starters, at } = this.invited;
    const buttons = (starters ?? []).map((title) => ({ title, style: "plain" }));
    return { author: "bot", text, client_id: `invitation-${id}`, created_at: at, payload: { kind: "invitation", buttons } };
  }

  /** Messages for the customer that came after `read`. */
  unread(read) {
    let count = 0;
    for (const { seq, author } of this.#messages.values()) {
      if (seq > read && author !== "customer") count += 1;
    }
    return count;
  }

  change() {
    if (this.#told) return;
    this.#told = true;
    // A timer, not a microtask: the frames of a long history arrive together and are drawn together.
    setTimeout(() => {
      this.#told = false;
      this.#listener();
    });
  }

  #acknowledge({ client_id, seq }) {
    const entry = this.#written.get(client_id);
    if (!entry || this.#messages.has(seq)) return;
    this.#acknowledged.set(client_id, {
      author: "customer", text: entry.text, client_id, seq, delivery: "sent",
      created_at: new Date(entry.order).toISOString(),
    });
  }

  /** What the customer says of an answer, shown before the server has it. */
  mark(seq, up) {
    this.thumbs.set(seq, up);
    this.said.add(seq);
    this.change();
  }

  #refused({ code, details }) {
    if (code === "consent_required") this.consent = details?.version ?? this.consent;
    if (code !== "invalid" || !details?.field || !this.formSent) return;
    this.refusedField = details.field;
    this.formSent = false;
  }

  #setState(state) {
    this.state = { ...UNKNOWN, ...state };
    this.consent = this.state.consent;
    this.known = true;
  }

  #setTyping(author) {
    clearTimeout(this.#typing.timer);
    const timer = author ? setTimeout(() => { this.#setTyping(null); this.change(); }, TYPING_LASTS) : null;
    this.#typing = { author, timer };
  }
}
