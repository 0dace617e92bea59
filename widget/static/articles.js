// The door to the articles: no token and no cookie, for they are public.

const ANSWERS_WITHIN = 8000;

/** Asks the server; rejects with {code} when it refuses or can't be reached. `language`: the customer's. */
export class Articles {
  constructor(server, language) {
    this.base = `${server}/api/widget/help`;
    this.language = language;
  }

  search(q, { done = false, signal } = {}) {
    const asked = new URLSearchParams({ q, language: this.language, ...(done && { done: "true" }) });
    return this.#get(`?${asked}`, { signal });
  }

  read(id, found = "") { return this.#get(`/${encodeURIComponent(id)}?${new URLSearchParams({ found })}`); }

  suggest(q, signal) { return this.#post("/suggest", { q, language: this.language }, signal); }

  judge(id, helped, found = "") { return this.#post(`/${encodeURIComponent(id)}/helped`, { helped, found }); }

  #get(path, options = {}) { return call(this.base + path, options); }

  #post(path, body, signal) {
    return call(this.base + path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
    });
  }
}

async function call(address, { signal, ...options }) {
  const limits = [AbortSignal.timeout(ANSWERS_WITHIN), ...(signal ? [signal] : [])];
  const response = await fetch(address, { ...options, credentials: "omit", signal: AbortSignal.any(limits) });
  if (response.ok) return response.status === 204 ? null : response.json();
  const answer = await response.json().catch(() => null);
  throw Object.assign(new Error(`refused: ${response.status}`), { code: answer?.error?.code ?? "" });
}
