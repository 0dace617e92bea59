// The cards of the chats on the screen: read when a chat comes, and anew when something was said in it.
import { api } from "./api.js";
import { setServerTime } from "./format.js";

const AFTER = 800; // ms: a burst of messages is one new card

export class Cards {
  #cards = new Map();
  #timer = null;
  #tells;

  /** `tells`: {focused() the chat worked at, read(id) its card is another now, missing(id) nothing there to read} */
  constructor(tells) { this.#tells = tells; }

  of(id) { return this.#cards.get(id); }

  has(id) { return this.#cards.has(id); }

  /** Read the focused chat's card in a moment. */
  soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.read(), AFTER);
  }

  /** Resolves with the card, or with what was known if it can't be read now. */
  async read(id = this.#tells.focused()) {
    if (!id) return undefined;
    if (id === this.#tells.focused()) clearTimeout(this.#timer);
    try {
      const card = await api.card(id);
      setServerTime(card.now);
      this.#cards.set(id, card);
    } catch (error) {
      if (error.status === 404) this.#tells.missing(id);
      return this.#cards.get(id);
    }
    this.#tells.read(id);
    return this.#cards.get(id);
  }
}
