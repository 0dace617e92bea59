// What the console knows of each watched conversation: messages, state, marks, who types and who else is there.

class Known {
  messages = new Map(); // seq -> frame
  sorted = null;
  state = null;
  caughtUp = false; // the history is here
  customerTypes = false;
  previewed = ""; // what the customer types, where the house shows it
  read = 0; // the last seq that was on screen
  seen = { customer: null, agent: null }; // {seq, at}
  others = new Map(); // console -> {name, does, until}
  timer = null;
}

const TYPING_LASTS = 6000;
const ATTENDS_FOR = 50_000; // ms: their server says it again every 20 s

export class Conversations {
  #known = new Map();
  #changed;
  #me;

  /** `changed(conversation, frame)` is called after each change; `me`: the agent's id. */
  constructor(me, changed) {
    this.#me = me;
    this.#changed = changed;
  }

  of(conversation) {
    if (!this.#known.has(conversation)) this.#known.set(conversation, new Known());
    return this.#known.get(conversation);
  }

  lastSeq(conversation) { return Math.max(0, ...this.of(conversation).messages.keys()); }

  /** Take in one frame of the staff socket. */
  apply(frame) {
    if (!frame.conversation) return;
    const known = this.of(frame.conversation);
    switch (frame.type) {
      case "again":
        known.messages.set(frame.seq, frame);
        known.sorted = null;
        break;
      case "message":
        known.messages.set(frame.seq, frame);
        known.sorted = null;
        if (frame.author === "customer") this.#types(frame.conversation, false);
        break;
      case "state":
        known.state = frame;
        break;
      case "caught_up":
        known.caughtUp = true;
        break;
      case "preview":
        this.#types(frame.conversation, frame.on, frame.text);
        break;
      case "seen":
        known.seen[frame.side] = { seq: frame.seq, at: frame.at };
        break;
      case "attending":
        if (frame.staff_id === this.#me) return;
        if (frame.does === "gone") known.others.delete(frame.console);
        else known.others.set(frame.console, { name: frame.name, does: frame.does, until: Date.now() + ATTENDS_FOR });
        break;
      default:
        return;
    }
    this.#changed(frame.conversation, frame);
  }

  /** The connection dropped: who types and who is there is not known any more. */
  forgetOthers() {
    for (const [conversation, known] of this.#known) {
      known.others.clear();
      known.caughtUp = false;
      this.#types(conversation, false);
    }
  }

  /** Colleagues who have this chat open: [{name, types}], each once. */
  others(conversation) {
    const found = new Map();
    for (const { name, does, until } of this.of(conversation).others.values()) {
      if (until > Date.now()) found.set(name, (found.get(name) ?? false) || does === "types");
    }
    return [...found].map(([name, types]) => ({ name, types }));
  }

  /** Customer messages that came after what was read. */
  unread(conversation) {
    const known = this.of(conversation);
    let count = 0;
    for (const { seq, author } of known.messages.values()) if (seq > known.read && author === "customer") count += 1;
    return count;
  }

  markRead(conversation) {
    const last = this.lastSeq(conversation);
    this.of(conversation).read = last;
    return last;
  }

  /** The log in order, then what waits to be sent. */
  messages(conversation, unsent, me) {
    const known = this.of(conversation);
    known.sorted ??= [...known.messages.values()]
      .sort((one, other) => one.seq - other.seq)
      .map((message) => ({ ...message, mine: message.author === "agent" && message.name === me }));
    const waiting = unsent.filter((entry) => entry.conversation === conversation).map((entry) => ({
      author: "agent", name: me, mine: true, text: entry.text, client_id: entry.client_id,
      delivery: entry.state, error: entry.error, created_at: new Date(entry.order).toISOString(), payload: entry.payload, upload: entry.upload,
    }));
    return waiting.length ? [...known.sorted, ...waiting] : known.sorted;
  }

  #types(conversation, on, text) {
    const known = this.of(conversation);
    clearTimeout(known.timer);
    known.customerTypes = on;
    known.previewed = on ? text ?? known.previewed : "";
    if (!on) return;
    known.timer = setTimeout(() => {
      this.#types(conversation, false);
      this.#changed(conversation, null);
    }, TYPING_LASTS);
  }
}
