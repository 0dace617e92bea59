// What the console knows of each watched conversation: messages, state, and whether the customer types.

class Known {
  messages = new Map(); // seq -> frame
  state = null;
  customerTypes = false;
  read = 0; // the last seq that was on screen
  timer = null;
}

const TYPING_LASTS = 6000;

export class Conversations {
  #known = new Map();
  #changed;

  /** `changed(conversation)` is called after each change. */
  constructor(changed) { this.#changed = changed; }

  of(conversation) {
    if (!this.#known.has(conversation)) this.#known.set(conversation, new Known());
    return this.#known.get(conversation);
  }

  lastSeq(conversation) { return Math.max(0, ...this.of(conversation).messages.keys()); }

  /** Take in one frame of the staff socket. */
  apply(frame) {
    if (!frame.conversation) return;
    const known = this.of(frame.conversation);
    if (frame.type === "message") {
      known.messages.set(frame.seq, frame);
      if (frame.author === "customer") this.#types(frame.conversation, false);
    } else if (frame.type === "state") known.state = frame;
    else if (frame.type === "preview") this.#types(frame.conversation, frame.on);
    else if (frame.type === "typing" && frame.author === "customer") this.#types(frame.conversation, frame.on);
    else return;
    this.#changed(frame.conversation, frame);
  }

  /** Customer messages that came after what was read. */
  unread(conversation) {
    const known = this.of(conversation);
    let count = 0;
    for (const { seq, author } of known.messages.values()) if (seq > known.read && author === "customer") count += 1;
    return count;
  }

  markRead(conversation) { this.of(conversation).read = this.lastSeq(conversation); }

  /** The log in order, then what waits to be sent. */
  messages(conversation, unsent, me) {
    const log = [...this.of(conversation).messages.values()]
      .sort((one, other) => one.seq - other.seq)
      .map((message) => ({ ...message, mine: message.author === "agent" && message.name === me }));
    const waiting = unsent.filter((entry) => entry.conversation === conversation).map((entry) => ({
      author: "agent", name: me, mine: true, text: entry.text, client_id: entry.client_id,
      delivery: entry.state, error: entry.error, created_at: new Date(entry.order).toISOString(),
    }));
    return [...log, ...waiting];
  }

  #types(conversation, on) {
    const known = this.of(conversation);
    clearTimeout(known.timer);
    known.customerTypes = on;
    if (!on) return;
    known.timer = setTimeout(() => {
      known.customerTypes = false;
      this.#changed(conversation, null);
    }, TYPING_LASTS);
  }
}
