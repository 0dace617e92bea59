// Going about in the console: to a chat, to the next one, to the one beside it, and on when one has left.

const PHONE = "(max-width: 760px)";

/** A phone shows one part at a time. */
export const onPhone = () => matchMedia(PHONE).matches;

export class Going {
  #columns;
  #queue;
  #desk;

  /** `queue`: the list on the left; `desk`: {show(view), mine() one's own entries, leaves() before another chat comes} */
  constructor(columns, queue, desk) {
    this.#columns = columns;
    this.#queue = queue;
    this.#desk = desk;
  }

  /** Bring a chat onto the screen; `focus`: on a phone, where the list goes away, its title is next. */
  select(id, { focus = false } = {}) {
    this.#desk.leaves();
    this.#columns.select(id);
    this.#desk.show("chat");
    if (focus && onPhone()) this.#columns.pane(id).focusTitle();
  }

  /** Write in it; its line, which has moved to one's own chats, comes into sight. */
  reply(id) {
    this.#desk.show("chat");
    this.#columns.pane(id)?.focusReply();
    this.#queue.reveal(id);
  }

  /** Take a chat off the screen. */
  shut(id) {
    this.#columns.close(id);
    this.#rest();
  }

  /** After a chat has left: its column takes the agent's next own chat that is not open yet, or goes. */
  next(id) {
    const next = this.#desk.mine().find(({ conversation }) => !this.#columns.ids.includes(conversation))?.conversation;
    this.#columns.close(id);
    if (next) this.select(next);
    this.#rest();
  }

  /** The chat so many lines further down the list. */
  move(step) {
    const all = this.#queue.order;
    if (!all.length) return;
    const at = all.indexOf(this.#columns.focused);
    const id = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    this.select(id);
    this.#queue.reveal(id);
  }

  /** The neighbouring column; false at the end. */
  beside(step) {
    const id = this.#columns.beside(step);
    if (!id) return false;
    this.#columns.focus(id);
    this.#columns.pane().focusTitle();
    return true;
  }

  #rest() {
    if (this.#columns.focused) this.#columns.pane().focusTitle();
    else {
      this.#desk.show("queue");
      this.#queue.focusLine();
    }
  }
}
