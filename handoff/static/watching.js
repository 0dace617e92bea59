// Which chats this console follows, and what it tells colleagues about them: it has one open, or one types there.

export class Watching {
  #connection;
  #conversations;
  #columns;
  #writes;
  #watched = new Set();
  #attended = new Map();

  /** `writes`: the set of chats in which this agent types now. */
  constructor(connection, conversations, columns, writes) {
    this.#connection = connection;
    this.#conversations = conversations;
    this.#columns = columns;
    this.#writes = writes;
  }

  /** Follow what is open and all of one's own, so that unread messages are counted everywhere. */
  follow(mine) {
    const wanted = new Set([...mine.map((entry) => entry.conversation), ...this.#columns.ids]);
    for (const id of wanted) {
      if (!this.#watched.has(id)) this.#connection.watch(id, this.#conversations.lastSeq(id));
    }
    for (const id of this.#watched) if (!wanted.has(id)) this.#connection.unwatch(id);
    this.#watched = wanted;
    this.attend();
  }

  /** Tell colleagues what stands on this screen, and where one types; only what has changed. */
  attend() {
    if (this.#connection.status !== "online") return;
    // Not before the server follows the chat for us: who is there already answers only then.
    const shown = document.hidden ? [] : this.#columns.shown.filter((id) => this.#conversations.of(id).caughtUp);
    const wanted = new Map(shown.map((id) => [id, this.#writes.has(id) ? "types" : "open"]));
    const tell = (conversation, does) => this.#connection.tell({ type: "attend", conversation, does });
    for (const id of this.#attended.keys()) if (!wanted.has(id)) tell(id, "gone");
    for (const [id, does] of wanted) if (this.#attended.get(id) !== does) tell(id, does);
    this.#attended = wanted;
  }

  /** The connection dropped: the server has forgotten what was told. */
  forget() {
    this.#attended.clear();
    this.#conversations.forgetOthers();
  }
}
