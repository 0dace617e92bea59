// The desk as it was last told: the connection brings it after each change, and when it is asked to; it is read at
// the start, after each change of one's own, every half a minute, and while there is no connection.
import { api, signIn } from "./api.js";
import { setServerTime } from "./format.js";
import { paced } from "./notices.js";

const LEAST = 150; // ms between two readings
const AGAIN = 30_000; // ms: a lost frame costs no more than this
const OWN = 3000; // ms: what changes about a chat so soon after one's own deed is no news

export class Reading {
  /** As `GET /api/queue` gives it. */
  queue = { waiting: [], mine: [], with_colleagues: [], colleagues: [], teams: [], me: { state: "offline" } };
  #entries = new Map(); // conversation -> entry, `mine` said
  #known = false; // whether the queue was read once
  #acted = new Map(); // chats this agent took or touched -> when: not news
  #pace = paced(() => this.#read(), LEAST);
  #done;
  #request;

  /**
   * `done({before, was, acted})`: what stood before (null at first), each entry then, and the chats acted on lately.
   * `request()`: ask for the desk over the connection; false while there is none.
   */
  constructor(done, request) {
    this.#done = done;
    this.#request = request;
  }

  get alarmed() { return [...this.#entries.values()].some((entry) => entry.alarm); }

  start() {
    this.#pace.ask();
    setInterval(() => this.#pace.ask(), AGAIN);
  }

  /** A chat's entry, if the queue has it. */
  of(conversation) { return this.#entries.get(conversation); }

  /** Have it told, or read it, soon. */
  ask() { if (!this.#request()) this.#pace.ask(); }

  /** A frame of the connection; one without the desk says to read it. */
  hear({ desk }) {
    if (desk) this.#take(desk);
    else this.#pace.ask();
  }

  /** Read it now; resolves when that is done. */
  now() { return this.#pace.now(); }

  /** What changes about this chat is this agent's own doing. */
  touch(conversation) { this.#acted.set(conversation, performance.now()); }

  async #read() {
    try {
      this.#take(await api.queue());
    } catch (error) {
      if (error.status === 401) signIn();
      // Else the connection line says so already, and the next frame brings it.
    }
  }

  #take(told) {
    const before = this.#known ? this.queue : null;
    // Two ways lead here, and the slower one may bring the older picture.
    if (before && Date.parse(told.now) < Date.parse(before.now)) return;
    setServerTime(told.now);
    const was = this.#entries;
    this.queue = told;
    this.#entries = new Map([...told.waiting, ...told.with_colleagues].map((entry) => [entry.conversation, entry]));
    for (const entry of told.mine) this.#entries.set(entry.conversation, { ...entry, mine: true });
    this.#known = true;
    for (const [id, at] of this.#acted) if (performance.now() - at > OWN) this.#acted.delete(id);
    this.#done({ before, was, acted: this.#acted });
  }
}
