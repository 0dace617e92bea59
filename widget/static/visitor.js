// Who the customer is to us: a random token in this site's own storage, and nothing else about them.

const TOKEN = "handrail:token";
const READ = "handrail:read";
const WITHIN = 10_000;

export class Visitor {
  #server;
  #storage;
  #making = null;

  constructor(server, storage) {
    this.#server = server;
    this.#storage = storage;
  }

  get known() { return Boolean(this.#storage.getItem(TOKEN)); }

  /** The visitor's token; asks for a new visitor the first time. Rejects when the server can't be reached. */
  async token() {
    const token = this.#storage.getItem(TOKEN);
    if (token) return token;
    this.#making ??= this.#create().finally(() => { this.#making = null; });
    return this.#making;
  }

  async #create() {
    const response = await fetch(`${this.#server}/api/chat/visitors`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ origin_page: location.origin + location.pathname }),
      credentials: "omit",
      signal: AbortSignal.timeout(WITHIN),
    });
    if (!response.ok) {
      throw Object.assign(new Error(`no visitor: ${response.status}`), { fatal: response.status === 403 });
    }
    const { token } = await response.json();
    // Another tab may have been faster; then its visitor is ours too.
    const other = this.#storage.getItem(TOKEN);
    if (other) return other;
    this.#storage.setItem(TOKEN, token);
    return token;
  }

  forget() {
    this.#storage.removeItem(TOKEN);
    this.#storage.removeItem(READ);
  }

  /** The highest seq the customer has seen with the panel open. */
  get read() { return Number(this.#storage.getItem(READ)) || 0; }
  set read(seq) {
    if (seq > this.read) this.#storage.setItem(READ, String(seq));
  }
}
