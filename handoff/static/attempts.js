// Changes on their way to the server: a refusal is said where it belongs, and what is on screen is read anew.
import { setText } from "/widget/dom.js";
import { signIn } from "./api.js";

export class Attempts {
  #reading;
  #pane;
  #problem;
  #under = 0; // changes under way

  /** `pane(id)`: a chat's column, if it has one; `problem`: where that is said which belongs to none. */
  constructor(reading, pane, problem) {
    this.#reading = reading;
    this.#pane = pane;
    this.#problem = problem;
  }

  get busy() { return this.#under > 0; }

  /** Run a change; a refusal is shown, and what is on screen read anew. True when it was done. */
  async run(id, change) {
    this.complain("", id);
    this.#reading.touch(id);
    this.#under += 1;
    try {
      return await change() !== false;
    } catch (error) {
      if (error.status === 401) signIn();
      this.complain(error.message, id);
      return false;
    } finally {
      this.#reading.touch(id);
      await this.#reading.now();
      this.#under -= 1;
    }
  }

  /** Say it in the chat's own column; or, if it has none, above all. */
  complain(message, id = null) {
    const pane = id && this.#pane(id);
    if (pane) pane.complain(message);
    else {
      setText(this.#problem, message);
      this.#problem.hidden = !message;
    }
  }
}
