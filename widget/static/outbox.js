// Messages that the server has not yet acknowledged. Each entry has its own storage key, so that two
// tabs never overwrite each other; the server drops a repeat because the client_id is the same.
// All tabs show an entry, and the one that wrote it sends it. That one holds a lock of the browser while it has any:
// once the lock is free its tab is gone, and another takes over what it left. Where there are no locks (a page on plain
// http) whoever comes next takes over at once, and a message may be sent twice.

// A text that waited longer than this is not sent behind its writer's back: it asks to be retried.
const STALE_AFTER = 24 * 3600 * 1000;
// A tab that has just written something has asked for its lock, but perhaps not got it yet.
const LOCKED_WITHIN = 1000;

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

function reach(name) {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}

/**
 * An entry: {client_id, text, button?, person?, invitation?, conversation?, order, state: "waiting" | "failed", error?,
 * tab: who sends it}.
 * `order` is the time of writing in ms, made strictly increasing.
 */
export class Outbox {
  #entries = new Map();
  #storage;
  #prefix;
  #now;
  #last = 0;
  #tab = newClientId();
  #shared; // whether other tabs see the storage
  #changed;
  #release = null; // of the lock, while we hold it
  #over = false;
  #awaited = new Set(); // tabs whose end we wait for

  /** changed(): another tab wrote, sent or gave up something, or left it to us. */
  constructor(storage, prefix, now = Date.now, changed = () => {}) {
    this.#storage = storage;
    this.#prefix = prefix;
    this.#now = now;
    this.#changed = changed;
    this.#shared = storage === reach("localStorage");
    if (this.#shared) addEventListener("storage", this.#onStorage);
    for (const entry of this.#stored()) {
      this.#note(entry);
      if (!this.mine(entry)) this.#await(entry.tab);
    }
  }

  /** No more of this page: what is left may be sent by another tab. */
  leave() {
    this.#over = true;
    removeEventListener("storage", this.#onStorage);
    this.#release?.();
    this.#release = null;
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

  #note(entry) {
    this.#entries.set(entry.client_id, entry);
    this.#last = Math.max(this.#last, entry.order);
  }

  /** Whether it is for this tab to send. */
  mine(entry) { return entry.tab === this.#tab; }

  #await(tab) {
    if (this.#over || tab === this.#tab) return;
    const { locks } = globalThis.navigator ?? {};
    if (!this.#shared || !locks || !tab) this.#inherit(tab);
    else if (!this.#awaited.has(tab)) {
      this.#awaited.add(tab);
      locks.request(this.#prefix + tab, () => {
        this.#awaited.delete(tab);
        if (this.#over) return;
        this.#inherit(tab);
        this.#changed();
      });
    }
  }

  /** That tab is gone: what it left, and nobody else took, is ours. The storage knows; what we saw arrive may be there
   * still, because it had not heard of it. */
  #inherit(tab) {
    for (const [id, entry] of this.#entries) if (entry.tab === tab) this.#entries.delete(id);
    for (const entry of this.#stored()) {
      if (entry.tab !== tab) continue;
      entry.tab = this.#tab;
      this.#entries.set(entry.client_id, entry);
      this.#hold();
      this.#save(entry);
    }
  }

  #hold() {
    if (this.#release || !this.#shared) return;
    const held = new Promise((resolve) => { this.#release = resolve; });
    globalThis.navigator?.locks?.request(this.#prefix + this.#tab, () => held);
  }

  #onStorage = ({ key, newValue, storageArea }) => {
    if (storageArea !== this.#storage || (key !== null && !key.startsWith(this.#prefix))) return;
    if (key === null) this.#entries.clear();
    else {
      const entry = newValue && readEntry(newValue);
      if (entry) {
        this.#note(entry);
        setTimeout(() => this.#await(entry.tab), LOCKED_WITHIN);
      } else this.#entries.delete(key.slice(this.#prefix.length));
    }
    this.#changed();
  };

  /** Entries in the order they were written. */
  list() {
    return [...this.#entries.values()].sort((one, other) => one.order - other.order);
  }

  get(clientId) { return this.#entries.get(clientId); }

  add(text, { button, person, invitation, conversation } = {}) {
    this.#last = Math.max(this.#now(), this.#last + 1);
    const entry = { client_id: newClientId(), text, order: this.#last, state: "waiting", tab: this.#tab };
    if (button) entry.button = button;
    if (person) entry.person = true;
    if (invitation) entry.invitation = invitation;
    if (conversation) entry.conversation = conversation;
    this.#entries.set(entry.client_id, entry);
    this.#hold(); // before the others can see it
    this.#save(entry);
    return entry;
  }

  fail(clientId, error) { return this.#change(clientId, { state: "failed", error }); }

  /** Sent by this tab from here on, whoever wrote it. */
  retry(clientId) {
    this.#hold();
    return this.#change(clientId, { state: "waiting", error: undefined, tab: this.#tab });
  }

  /** Forget an entry, because it was acknowledged, or `everywhere` because its writer gave it up. */
  remove(clientId, everywhere = false) {
    const entry = this.#entries.get(clientId);
    this.#entries.delete(clientId);
    // Another tab's stays until that one knows: it still waits for the answer.
    if (everywhere || !entry || this.mine(entry)) this.#storage.removeItem(this.#prefix + clientId);
    if (![...this.#entries.values()].some((one) => this.mine(one))) {
      this.#release?.();
      this.#release = null;
    }
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
