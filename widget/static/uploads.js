// Files on their way to the server, one after the other: used by the widget and by the agents' console. No DOM here.
import { newClientId } from "./outbox.js";

/** What a file dialog offers; a phone that has other photos makes JPEGs of them for it. */
export const ACCEPT = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain,text/csv,.csv";
const UPLOADED_WITHIN = 300_000; // ms: a little more than the server waits

/** A size in words: "120 kB", "1.4 MB". */
export function sizeOf(bytes, locale) {
  const small = bytes < 1_000_000;
  const unit = { style: "unit", unit: small ? "kilobyte" : "megabyte", maximumFractionDigits: small ? 0 : 1 };
  return new Intl.NumberFormat(locale, unit).format(Math.max(1, bytes / 1000) / (small ? 1 : 1000));
}

/**
 * An entry: {client_id, file, name, type, size, order, state: "waiting" | "sent" | "failed", progress: 0 to 1, error?, …}.
 * `error`: {code, message?, final}; final: another try would end as this one did.
 */
export class Uploads {
  #entries = new Map(); // client_id -> entry
  #options;
  #busy = null;

  /** options: {address(entry) → promise of {url, headers}, limit() → bytes, or 0 if not known, onChange(), onProgress(entry)} */
  constructor(options) { this.#options = options; }

  list() { return [...this.#entries.values()]; }

  get(clientId) { return this.#entries.get(clientId); }

  /** Send these files; `more` goes into each entry. What can't be sent is told before anything is. */
  add(files, more = {}) {
    for (const file of files) {
      const { name, type, size } = file;
      const entry = { ...more, client_id: newClientId(), file, name, type, size, order: Date.now(), state: "waiting", progress: 0 };
      const code = this.#refusal(file);
      if (code) Object.assign(entry, { state: "failed", error: { code, final: true } });
      this.#entries.set(entry.client_id, entry);
    }
    this.#changed();
  }

  /** Send it again, under the same client_id: nothing is there twice. */
  retry(clientId) {
    Object.assign(this.#entries.get(clientId), { state: "waiting", error: undefined, progress: 0 });
    this.#changed();
  }

  /** The line is back: what failed for want of it goes on by itself. */
  resume() {
    for (const entry of this.list()) if (entry.error?.code === "network") this.retry(entry.client_id);
  }

  /** Take it out: given up, or the log has it. */
  remove(clientId) {
    const entry = this.#entries.get(clientId);
    if (!this.#entries.delete(clientId)) return;
    if (entry.state === "waiting") entry.request?.abort();
    this.#changed();
  }

  #refusal({ type, size }) {
    const limit = this.#options.limit();
    if (!size) return "file_damaged";
    if (limit && size > limit) return "too_large";
    return type && !type.startsWith("text/") && !ACCEPT.includes(type) ? "file_refused" : "";
  }

  #changed() {
    this.#options.onChange();
    this.#next();
  }

  async #next() {
    const entry = !this.#busy && this.list().find(({ state }) => state === "waiting");
    if (!entry) return;
    this.#busy = entry;
    try {
      await this.#put(entry, await this.#options.address(entry));
      entry.state = "sent";
    } catch (error) {
      // A message of another kind than ours comes from the browser.
      const { code = "network", message } = error;
      Object.assign(entry, { state: "failed", error: { code, message: error.ours ? message : undefined, final: error.final } });
    }
    this.#busy = null;
    this.#changed();
  }

  #put(entry, { url, headers }) {
    if (!this.#entries.has(entry.client_id)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      // fetch tells nothing of how far a body has come.
      const request = entry.request = new XMLHttpRequest();
      request.open("POST", `${url}?${new URLSearchParams({ client_id: entry.client_id, name: entry.name })}`);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.timeout = UPLOADED_WITHIN;
      request.upload.onprogress = ({ loaded, total }) => {
        entry.progress = loaded / total;
        this.#options.onProgress(entry);
      };
      request.onload = () => (request.status === 200 ? resolve() : reject(refusalOf(request)));
      request.onabort = request.onerror = request.ontimeout = () => reject({});
      request.send(entry.file);
    });
  }
}

function refusalOf({ status, responseText }) {
  let error;
  try {
    ({ error } = JSON.parse(responseText));
  } catch {
    // a proxy's page
  }
  const { code = status === 413 ? "too_large" : "failed", message } = error ?? {};
  return { code, message, ours: true, final: status === 413 || status === 422 };
}
