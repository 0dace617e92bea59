// One socket that comes back: greeting, heartbeat, jittered exponential back-off. It knows no messages.
// The Connection in protocol.js is built on it.

const PING_EVERY = 30_000;
const PONG_WITHIN = 10_000;
const WELCOME_WITHIN = 10_000;
const BACKOFF_FIRST = 500;
const BACKOFF_MOST = 30_000;
// A socket that lived shorter than this did not really work: the back-off goes on growing.
const STABLE_AFTER = 5_000;

export const systemClock = {
  now: () => Date.now(),
  setTimeout: (call, delay) => globalThis.setTimeout(call, delay),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};

/** Delay before attempt n (from 0): doubles to 30 s, of which half is random, so that clients spread. */
export function backoff(attempt, random = Math.random) {
  const most = Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** Math.min(attempt, 10));
  return most / 2 + (most / 2) * random();
}

export class Link {
  status = "idle"; // "connecting" | "online" | "waiting" (for the next attempt) | "refused"
  ready = false;
  pings = 0; // sent on this socket
  pongs = 0; // heard on this socket
  #url; #options; #clock; #network;
  #socket = null;
  #generation = 0; // counts attempts; what an older one still has under way is ignored
  #running = false;
  #readyAt = 0;
  #attempt = 0;
  #timers = { beat: null, pong: null, retry: null, welcome: null };

  /**
   * options: hello() → promise of the first frame; an error with `fatal` ends the attempts.
   * eager: ready once the greeting is out, instead of at the owner's `welcomed()`.
   * onFrame(frame), onReady(), onDrop(), onStatus(status, error); clock, network, random, Socket.
   */
  constructor(url, options) {
    this.#url = url;
    this.#options = options;
    this.#clock = options.clock;
    this.#network = options.network;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#network?.addEventListener?.("online", this.#onOnline);
    this.#network?.addEventListener?.("offline", this.#onOffline);
    this.#connect();
  }

  stop() {
    this.#end();
    this.#setStatus("idle");
  }

  /** The server will not have us: no more attempts until `start()`. */
  refuse(error) {
    this.#end();
    this.#setStatus("refused", error);
  }

  /** Give up this socket and try another one after the back-off. */
  lose() {
    this.#drop();
    if (!this.#running) return;
    this.#after("retry", backoff(this.#attempt++, this.#options.random), () => this.#connect());
    this.#setStatus("waiting");
  }

  /** Is the socket still alive? If it is already known to be dead, try again now. */
  check() {
    if (!this.#running) return;
    if (this.ready) this.ping();
    else if (this.status === "waiting") this.#connect();
  }

  put(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /** Ask for a pong; returns this ping's number. */
  ping() {
    if (this.pongs >= this.pings) this.#after("pong", PONG_WITHIN, () => this.lose());
    this.put({ type: "ping" });
    this.#after("beat", PING_EVERY, () => this.ping());
    return ++this.pings;
  }

  welcomed() {
    this.#clock.clearTimeout(this.#timers.welcome);
    this.ready = true;
    this.#readyAt = this.#clock.now();
    this.#after("beat", PING_EVERY, () => this.ping());
    this.#setStatus("online");
    this.#options.onReady();
  }

  async #connect() {
    this.#drop();
    const generation = this.#generation;
    this.#setStatus("connecting");
    let greeting;
    try {
      greeting = await this.#options.hello();
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error?.fatal) this.refuse(error);
      else this.lose();
      return;
    }
    if (generation === this.#generation) this.#open(greeting);
  }

  #open(greeting) {
    this.#after("welcome", WELCOME_WITHIN, () => this.lose());
    let socket;
    try {
      socket = new this.#options.Socket(this.#url);
    } catch {
      this.lose();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.put({ type: "hello", ...greeting });
      if (this.#options.eager) this.welcomed();
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.lose();
  }

  #receive(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (!frame || typeof frame.type !== "string") return;
    if (frame.type === "pong" && ++this.pongs >= this.pings) {
      this.#clock.clearTimeout(this.#timers.pong);
    }
    this.#options.onFrame(frame);
  }

  #end() {
    this.#running = false;
    this.#network?.removeEventListener?.("online", this.#onOnline);
    this.#network?.removeEventListener?.("offline", this.#onOffline);
    this.#drop();
  }

  /** Leave the present socket, if any, and forget what was only true for it. */
  #drop() {
    this.#generation += 1;
    for (const timer of Object.values(this.#timers)) this.#clock.clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    if (this.ready && this.#clock.now() - this.#readyAt >= STABLE_AFTER) this.#attempt = 0;
    this.ready = false;
    this.pings = this.pongs = 0;
    this.#options.onDrop();
  }

  #onOnline = () => {
    this.#attempt = 0;
    this.check();
  };

  // The old socket may look open for minutes: drop it, and let back-off or "online" bring a new one.
  #onOffline = () => this.#socket && this.lose();

  #after(name, delay, call) {
    this.#clock.clearTimeout(this.#timers[name]);
    this.#timers[name] = this.#clock.setTimeout(call, delay);
  }

  #setStatus(status, error) {
    if (this.status === status) return;
    this.status = status;
    this.#options.onStatus(status, error);
  }
}
