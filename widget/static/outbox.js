// Messages that the server has not yet acknowledged. Each entry has its own storage key, so that two
// tabs never overwrite each other; the server drops a repeat because the client_id is the same.

// A text that waited longer than this is not sent behind its writer's back: it asks to be retried.
const STALE_AFTER = 24 * 3600 * 1000;

/** 32 hexadecimal digits; getRandomValues also works on plain http pages, randomUUID does not. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps what is stored in memory only: for private windows that refuse localStorage. */
export class MemoryStorage {
  #items = new Map();
  get length() { return this.#items.size; }
  key(index) { return [...this.#items.keys()][index] ?? null; }
  getItem(key) { return this.#items.get(key) ?? null; }
  setItem(key, value) { this.#items.set(key, String(value)); }
  removeItem(key) { this.#items.delete(key); }
}

/** localStorage (or sessionStorage) where the browser allows it, else memory. */
export function openStorage(name = "localStorage") {
  try {
    const storage = globalThis[name];
    storage.setItem("handrail:probe", "1");
    storage.removeItem("handrail:probe");
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

/**
 * An entry: {client_id, text, button?, person?, invitation?, conversation?, order, state: "waiting" | "failed", error?}.
 * `order` is the time of writing in ms, made strictly increasing.
 */
export class Outbox {
  #entries = new Map();
  #storage;
  #prefix;
  #now;
  #last = 0;

  constructor(storage, prefix, now = Date.now) {
    this.#storage = storage;
    this.#prefix = prefix;
    this.#now = now;
    for (const entry of this.#stored()) {
      this.#entries.set(entry.client_id, entry);
      this.#last = Math.max(this.#last, entry.order);
    }
  }

  *#stored() {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    for (const key of keys.filter((name) => name?.startsWith(this.#prefix))) {
      const entry = readEntry(this.#storage.getItem(key));
      if (!entry || key !== this.#prefix + entry.client_id) {
        this.#storage.removeItem(key);
        continue;
      }
      if (this.#now() - entry.order > STALE_AFTER) entry.state = "failed";
      yield entry;
    }
  }

  /** Entries in the order they were written. */
  list() {
    return [...this.#entries.values()].sort((one, other) => one.order - other.order);
  }

  get(clientId) { return this.#entries.get(clientId); }

  add(text, { button, person, invitation, conversation } = {}) {
    this.#last = Math.max(this.#now(), this.#last + 1);
    const entry = { client_id: newClientId(), text, order: this.#last, state: "waiting" };
    if (button) entry.button = button;
    if (person) entry.person = true;
    if (invitation) entry.invitation = invitation;
    if (conversation) entry.conversation = conversation;
    this.#entries.set(entry.client_id, entry);
    this.#save(entry);
    return entry;
  }

  fail(clientId, error) { return this.#change(clientId, { state: "failed", error }); }

  retry(clientId) { return this.#change(clientId, { state: "waiting", error: undefined }); }

  /** Forget an entry, because it was acknowledged or its writer gave it up. */
  remove(clientId) {
    const entry = this.#entries.get(clientId);
    this.#entries.delete(clientId);
    this.#storage.removeItem(this.#prefix + clientId);
    return entry;
  }

  #change(clientId, changes) {
    const entry = this.#entries.get(clientId);
    if (!entry) return undefined;
    Object.assign(entry, changes);
    this.#save(entry);
    return entry;
  }

  #save(entry) {
    try {
      this.#storage.setItem(this.#prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // Storage is full: the entry still lives in memory and is sent, it only does not survive a reload.
    }
  }
}

function readEntry(text) {
  try {
    const entry = JSON.parse(text);
    const whole = typeof entry.client_id === "string" && typeof entry.text === "string";
    return whole && Number.isFinite(entry.order) ? entry : null;
  } catch {
    return null;
  }
}
