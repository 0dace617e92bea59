// What the preview's widget talks to instead of the server, and where it keeps things instead of this browser: nothing
// that is done in the preview is stored, counted, or seen by anybody.

const MINUTE = 60_000;
const ARTICLE = {
  id: "00000000-0000-4000-8000-000000000001", title: "How long a refund takes", language: "en", url: "#",
  snippet: "Money is back within five days of the parcel's return.",
  parts: { context: "Money is back **within five days** of the parcel's return.", action: "1. Send the parcel.\n2. Keep the receipt.", outcome: "We write to you when it is on its way." },
};
const SCENES = {
  welcome: [],
  answer: [["customer", "How long does a refund take?"], ["bot", "", answer()]],
  waiting: [["customer", "Can I talk to a person?"], ["system", "", { kind: "event", event: "queued" }]],
  person: [["customer", "Can I talk to a person?"], ["system", "", { kind: "event", event: "claimed" }], ["agent", "Hello! I am looking at your order now.", {}, "Anna"]],
  after: [["customer", "That helped, thank you!"], ["agent", "Gladly. Have a good day!", {}, "Anna"], ["system", "", { kind: "event", event: "closed" }]],
};
const OWNERS = { waiting: "queued", person: "agent", after: "closed" };

function answer() {
  return { kind: "answer", parts: ARTICLE.parts, source: { article_id: ARTICLE.id, title: ARTICLE.title, url: "#" } };
}

let house = null;

/** The conversation that the widget finds when it connects. config: as the browser gets it; scene: see SCENES. */
export class House {
  log = [];
  sockets = new Set();

  constructor(config, scene) {
    this.config = config;
    const begun = scene in SCENES && scene !== "welcome";
    for (const line of SCENES[scene] ?? []) this.write(...line);
    const owner = OWNERS[scene] ?? "bot";
    this.state = {
      owner, agent: owner === "agent" ? "Anna" : null, others: [], position: owner === "queued" ? 2 : null,
      wait_seconds: owner === "queued" ? 240 : null, wait_low_seconds: owner === "queued" ? 180 : null, wait_high_seconds: owner === "queued" ? 360 : null,
      online: true, opens_at: null, promised_at: null, mail: null, episode: 1, stage: null, bot: "ok", rateable: null, rated: false,
      consent: begun ? null : config.consent?.version ?? null, form: !begun && config.form.length > 0, survey: null,
    };
    if (scene === "after") this.#ask();
    house = this;
  }

  /** Before the first message only: what the house asks first. */
  get begun() { return this.log.length > 0; }

  write(author, text, payload = {}, name = null, client_id = undefined) {
    const created_at = new Date(Date.now() - 2 * MINUTE).toISOString();
    const message = { type: "message", seq: this.log.length + 1, author, text, name, payload, created_at, episode: 1, client_id };
    this.log.push(message);
    return message;
  }

  #ask() {
    const { csat, ces, nps } = this.config.surveys;
    this.state.survey = csat ? "csat" : ces ? "ces" : nps ? "nps" : null;
    this.state.rateable = csat ? 1 : null;
  }

  push(frame) {
    for (const socket of this.sockets) socket.hear(frame);
  }

  change(change) {
    Object.assign(this.state, change);
    this.push({ type: "state", ...this.state });
  }

  take(socket, frame) {
    switch (frame.type) {
      case "hello":
        this.sockets.add(socket);
        socket.hear({ type: "welcome", conversation: "preview", last_seq: this.log.length, state: this.state, preview: false, file_limit: 10_000_000 });
        for (const message of this.log.slice(frame.after)) socket.hear(message);
        socket.hear({ type: "caught_up", last_seq: this.log.length });
        return;
      case "ping": return socket.hear({ type: "pong" });
      case "message": return this.#said(frame);
      case "agree": return this.change({ consent: null });
      case "details": return this.change({ form: false });
      case "person": return this.change({ owner: "queued", position: 2, wait_seconds: 240, wait_low_seconds: 180, wait_high_seconds: 360 });
      case "cancel": return this.change({ owner: "bot", position: null });
      case "rate": return this.change({ rated: true, survey: null });
      case "survey":
        if (frame.score !== undefined || frame.skip) this.change({ survey: null });
    }
  }

  /** A file that was "sent": its name stays, and nothing else. */
  sent({ client_id, name }, { type, size }) {
    this.push(this.write("customer", name, { file: { id: client_id, name, type, size } }, null, client_id));
  }

  #said({ client_id, text, invitation }) {
    if (invitation) this.push(this.write("bot", invitation.text, { kind: "invitation" }, null, `invitation-${invitation.id}`));
    const message = this.write("customer", text, {}, null, client_id);
    message.created_at = new Date().toISOString();
    this.push({ type: "ack", client_id, seq: message.seq });
    this.push(message);
    if (this.state.owner === "bot") this.push(this.write("bot", "", answer()));
  }
}

class Socket {
  readyState = 0;

  constructor() {
    this.house = house;
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text) { this.house.take(this, JSON.parse(text)); }

  hear(frame) { setTimeout(() => this.onmessage?.({ data: JSON.stringify(frame) })); }

  close() { this.house.sockets.delete(this); }
}

/** As much of an XMLHttpRequest as sends a file (uploads.js). */
class Request {
  upload = {};
  status = 200;
  responseText = "{}";

  open(_, address) { this.query = Object.fromEntries(new URL(address, location.href).searchParams); }

  setRequestHeader() {}

  send(file) {
    this.timer = setTimeout(() => {
      this.upload.onprogress?.({ loaded: 1, total: 1 });
      house.sent(this.query, file);
      this.onload();
    }, 600);
  }

  abort() {
    clearTimeout(this.timer);
    this.onabort();
  }
}

function answerOf(path) {
  if (path.endsWith("/api/chat/visitors")) return { token: "preview", conversation: "preview" };
  if (path.endsWith("/check")) return { show: true };
  if (path.includes("/api/widget/invitations/")) return {};
  if (path.endsWith("/api/widget/help")) return { results: [ARTICLE], suggestions: [] };
  return path.includes("/api/widget/help/") ? ARTICLE : null;
}

async function fetchHere(address) {
  const found = answerOf(new URL(address, location.href).pathname);
  return new Response(JSON.stringify(found ?? { error: { code: "not_found" } }), { status: found ? 200 : 404, headers: { "Content-Type": "application/json" } });
}

class Memory {
  #kept = new Map();
  get length() { return this.#kept.size; }
  key(at) { return [...this.#kept.keys()][at] ?? null; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, String(value)); }
  removeItem(key) { this.#kept.delete(key); }
  clear() { this.#kept.clear(); }
}

/** Take the place of everything by which a page reaches a server or remembers something. */
export function standIn() {
  const places = { WebSocket: Socket, fetch: fetchHere, XMLHttpRequest: Request, localStorage: new Memory(), sessionStorage: new Memory() };
  for (const [name, value] of Object.entries(places)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
