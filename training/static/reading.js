// What the list is read from: page after page of GET /api/training/inbox, and the messages of a cluster.
import * as address from "./address.js";
import { api } from "./api.js";

const SIZE = 50;
const MOST = 100; // members of a cluster that are read; a larger one is the server's to name (acting.js)
export const LOW = 15; // so few lines ahead, and more are fetched

export class Reading {
  total = 0;
  allTime = 0;
  unread = 0;
  over = false;
  busy = false;
  reasons = {};
  languages = {};
  #asked = 0;
  #token = 0;
  #lines;
  #deeds;

  constructor(lines, deeds) {
    this.#lines = lines;
    this.#deeds = deeds;
  }

  /** Begin anew with this filter; false: another reading has begun meanwhile. */
  async begin(filter) {
    const token = (this.#token += 1);
    await this.#deeds.settled(); // or what was just labelled would be listed again
    if (token !== this.#token) return false;
    Object.assign(this, { over: false, busy: false, filter });
    this.#asked = 0;
    this.#lines.clear();
    return this.more();
  }

  /** Read on; false: there was nothing to read, or nobody waits for it any more. */
  async more() {
    if (this.busy || this.over) return false;
    const token = this.#token;
    this.busy = true;
    // What is dealt with has left the server's list "to do", which so begins with what still stands here.
    const heads = this.#lines.all.filter((line) => !line.inside).length;
    const number = this.filter.show === "open" ? Math.floor(heads / SIZE) + 1 : this.#asked + 1;
    try {
      const page = await api.inbox(address.query(this.filter, number, SIZE));
      if (token !== this.#token) return false;
      const { filter } = this;
      const fresh = this.#lines.extend(page.items, address.folds(filter));
      for (const line of this.#lines.all) line.know ??= () => this.members(line, filter);
      this.#asked = number;
      this.allTime = page.all_time ?? page.total;
      this.unread = page.unread ?? 0;
      this.reasons = page.reasons;
      this.languages = page.languages ?? {};
      this.over = page.number >= page.pages || !fresh;
      this.total = Math.max(page.total - this.#deeds.unsent, this.#lines.all.length);
      return true;
    } catch (error) {
      if (token !== this.#token) return false;
      this.over = true;
      throw error;
    } finally {
      if (token === this.#token) this.busy = false;
    }
  }

  again() {
    this.over = false;
    return this.more();
  }

  /** The messages of a folded line, for the eye before they are labelled together; null: too many, or not to be had. */
  async members(line, filter = this.filter) {
    if (line.members) return line.members;
    try {
      line.reading ??= api.inbox({ ...address.query(filter, 1, MOST), folded: "false", cluster: line.item.cluster });
      const { items, total } = await line.reading;
      if (total > MOST) return null;
      const left = items.filter((item) => !this.#lines.isGone(item) || item.turn_id === line.id);
      line.members = left.length ? left : [line.item];
      if (!line.open) line.size = Math.max(1, line.members.length);
    } catch {
      return null; // they are asked for again when somebody opens the line
    } finally {
      line.reading = null;
    }
    return line.members;
  }
}
