// What an agent does with a chat: the question first where one is due, then the change, then what follows on screen.
import { api } from "./api.js";
import { openClose } from "./case.js";
import {
  askAlarm, askEscalate, askHandBack, askSomeoneElse, askTransfer, confirmOver, confirmRelease,
} from "./dialogs.js";

export class Deeds {
  #desk;

  /**
   * `desk`: {attempt(id, change) → true when done, shown(id) the chat comes on screen, reply(id), next(id) it has left,
   * entry(id), queue(), card(id), fresh(id) → the card as it is now, pin(id), shut(id)}
   */
  constructor(desk) { this.#desk = desk; }

  run(name, id) { return this[name](id); }

  async claim(id) { await this.#take(id, (over) => api.claim(id, over)); }

  async accept(id) { await this.#take(id, () => api.accept(id)); }

  async decline(id) { await this.#desk.attempt(id, () => api.decline(id)); }

  async own(id) {
    if (!await this.#desk.attempt(id, () => api.ownAlarm(id))) return;
    this.#desk.shown(id);
    this.#desk.reply(id);
  }

  async join(id) {
    this.#desk.shown(id);
    if (await this.#desk.attempt(id, () => api.join(id))) this.#desk.reply(id);
  }

  async leave(id) { if (await this.#desk.attempt(id, () => api.leave(id))) this.#desk.next(id); }

  async close(id) {
    const answer = await openClose(id, this.#desk.card(id));
    if (answer && await this.#desk.attempt(id, () => api.close(id, answer))) this.#desk.next(id);
  }

  async handBack(id) {
    const answer = await askHandBack();
    if (answer) await this.#give(id, () => api.handBack(id, answer.note));
  }

  async release(id) { if (await confirmRelease()) await this.#give(id, () => api.release(id)); }

  async someoneElse(id) {
    const answer = await askSomeoneElse(this.#summary(id));
    if (answer) await this.#give(id, () => api.someoneElse(id, answer.note));
  }

  async escalate(id) {
    const answer = await askEscalate(this.#summary(id));
    if (answer) await this.#give(id, () => api.escalate(id, answer.note));
  }

  async transfer(id) {
    const answer = await askTransfer(this.#desk.queue(), this.#desk.entry(id)?.team_id, this.#summary(id));
    if (answer) await this.#give(id, (over) => api.transfer(id, answer.to, answer.note, over));
  }

  async raise(id) {
    const why = await askAlarm();
    if (why) await this.#desk.attempt(id, () => api.raiseAlarm(id, why));
  }

  pin(id) { this.#desk.pin(id); }

  unpin(id) { this.#desk.pin(id); }

  shut(id) { this.#desk.shut(id); }

  /** What the card sums up, and, soon, what it does when the last words are in it. */
  #summary(id) {
    const lines = (card) => card?.summary ?? [];
    return { lines: lines(this.#desk.card(id)), fresh: this.#desk.fresh(id).then(lines) };
  }

  async #take(id, change) {
    this.#desk.shown(id);
    if (await this.#desk.attempt(id, roomy(change))) this.#desk.reply(id);
  }

  async #give(id, change) { if (await this.#desk.attempt(id, roomy(change))) this.#desk.next(id); }
}

/** A change that asks when there is no room, and then goes on if the agent says so; false: they did not. */
function roomy(change) {
  return async () => {
    try {
      return await change(false);
    } catch (error) {
      if (error.code !== "over_capacity") throw error;
      return await confirmOver(error.message) ? change(true) : false;
    }
  };
}
