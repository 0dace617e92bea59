// "Somebody types", said rarely: once at the first key, again while it goes on, and once when it stops.
// The server holds a turn back for 3 s at most, so repeating every 2 s keeps the signal alive.

const REPEAT_AFTER = 2000;
const STOPPED_AFTER = 1800;

export class TypingSignal {
  #send;
  #clock;
  #saidAt = -Infinity;
  #timer = null;

  /** `send(on)` puts the frame on the wire. */
  constructor(send, clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Call at every key. */
  touch() {
    const now = this.#clock.now();
    if (now - this.#saidAt >= REPEAT_AFTER) {
      this.#saidAt = now;
      this.#send(true);
    }
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.stop(), STOPPED_AFTER);
  }

  /** Call when the text was sent or wiped. */
  stop() {
    this.#clock.clearTimeout(this.#timer);
    if (this.#saidAt === -Infinity) return;
    this.#saidAt = -Infinity;
    this.#send(false);
  }
}
