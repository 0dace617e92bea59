// Who the customer is to us: a random token in this site's own storage, and nothing else about them.

const TOKEN = "handrail:token";
const READ = "handrail:read";
// What was put aside, by episode: in all tabs, and only for this visitor.
const ASIDE = "handrail:aside:";
const KNOWN_WITHIN = 10_000;

export class Visitor {
  #server;
  #storage;
  #making = null;
  #resume;
  #onLinkOver;
  #used; // the token that this page has greeted with
  agreed = null; // the version of the house's words that the customer has agreed to here, before there is a visitor

  /** resume: the token of a mail's link (see handrail.js); onLinkOver(): it was used before, or is too old. */
  constructor(server, storage, { resume = "", onLinkOver = () => {} } = {}) {
    this.#server = server;
    this.#storage = storage;
    this.#resume = resume;
    this.#onLinkOver = onLinkOver;
  }

  /** Whether another tab has another visitor by now, or none: somebody signed in or out there. */
  get moved() { return this.#used !== undefined && this.#storage.getItem(TOKEN) !== this.#used; }

  get known() { return Boolean(this.#resume || this.#storage.getItem(TOKEN)); }

  /** The visitor's token; asks for a new visitor the first time. Rejects when the server can't be reached. */
  async token() { return (this.#used = await this.#token()); }

  async #token() {
    if (this.#resume) await (this.#making ??= this.#exchange().finally(() => { this.#making = null; }));
    const token = this.#storage.getItem(TOKEN);
    if (token) return token;
    this.#making ??= this.#create().finally(() => { this.#making = null; });
    return this.#making;
  }

  /** A mail's link for a visitor token. Rejects when the server can't be reached: then it is tried again. */
  async #exchange() {
    const held = this.#storage.getItem(TOKEN);
    const response = await this.#post("/api/chat/resume", { token: this.#resume },
      held ? { Authorization: `Bearer ${held}` } : {});
    if (response.status >= 500 || response.status === 429) throw new Error(`no way back: ${response.status}`);
    this.#resume = "";
    if (!response.ok) {
      this.#onLinkOver();
      return;
    }
    const { token } = await response.json();
    if (token === held) return;
    this.forget();
    this.#storage.setItem(TOKEN, token);
  }

  #post(path, body, headers = {}) {
    return fetch(this.#server + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.timeout(KNOWN_WITHIN),
    });
  }

  async #create() {
    const page = { origin_page: location.origin + location.pathname, ...(this.agreed && { consent: this.agreed }) };
    const response = await this.#post("/api/chat/visitors", page);
    if (!response.ok) {
      const { code, details } = (await response.json().catch(() => null))?.error ?? {};
      throw Object.assign(new Error(`no visitor: ${response.status}`), { fatal: response.status === 403, code, details });
    }
    const { token } = await response.json();
    // Another tab may have been faster; then its visitor is ours too.
    const other = this.#storage.getItem(TOKEN);
    if (other) return other;
    this.#storage.setItem(TOKEN, token);
    return token;
  }

  forget() {
    this.started();
    for (const key of [TOKEN, READ, `${ASIDE}rating`, `${ASIDE}mail`]) this.#storage.removeItem(key);
  }

  /** A new chat is begun: which token it greets with is open again. */
  started() { this.#used = undefined; }

  /** Put a question ("rating", "mail") of this episode aside. */
  putAside(name, episode) { this.#storage.setItem(ASIDE + name, String(episode)); }

  isAside(name, episode) { return this.#storage.getItem(ASIDE + name) === String(episode); }

  /** The highest seq the customer has seen with the panel open. */
  get read() { return Number(this.#storage.getItem(READ)) || 0; }
  set read(seq) {
    if (seq > this.read) this.#storage.setItem(READ, String(seq));
  }
}

/** What a signed token says, unchecked; {} when it says nothing that can be read. */
export function claimsOf(token) {
  try {
    const bytes = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0))));
  } catch {
    return {};
  }
}

/** The browser's time zone, for times said to the customer; undefined where it will not tell. */
export function zone() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone?.slice(0, 64);
  } catch {
    return undefined;
  }
}
