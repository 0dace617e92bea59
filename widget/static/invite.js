// Invitations: a message beside the closed bubble, once to a visitor, when all holds that its rule asks for
// (widget/config.py). At work only where the house has set one. Before consent the server is neither asked nor told.
import { keep, stored } from "./kept.js";
import { Teaser } from "./teaser.js";

const KEPT = "handrail:invitations"; // {shown: [id], peace: until then, been: true}, and nothing about the customer
const VISIT = "handrail:visit";
const PEACE = 86_400_000;

export class Inviter {
  #host;
  #timers = [];
  #view = ""; // the page that is looked at
  #done = false; // whether one was shown on it
  #line = Promise.resolve(); // one is tried after the other, in the house's order
  #shown = null; // the teaser, while it stands

  /** host: {root, before, rules, server, consent, wording(), token(), isOpen(), ask(text), open(), told(id, what)} */
  constructor(host) {
    this.#host = host;
    this.#look();
    // A single-page app changes the address without a load; where the browser does not tell, a click may have.
    const { navigation } = globalThis;
    this.watched = navigation ? [[navigation, "currententrychange"]] : [[globalThis, "popstate"], [document, "click"]];
    for (const [place, event] of this.watched) place.addEventListener(event, this.#onRoute);
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  end() {
    for (const [place, event] of this.watched) place.removeEventListener(event, this.#onRoute);
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#clear();
  }

  /** The site tells that something happened. */
  track(name) {
    for (const rule of this.#host.rules) if (rule.event === name) this.#soon(rule);
  }

  /** The chat opens: what was shown beside the bubble, as its first line; null if nothing was. */
  take() {
    if (!this.#shown) return null;
    const { rule, text } = this.#shown;
    this.#tell(rule, "opened");
    this.#shown.remove();
    this.#shown = null;
    return { id: rule.id, text, starters: rule.starters };
  }

  #look() {
    const view = location.pathname + location.search + location.hash;
    if (view === this.#view) return;
    this.#view = view;
    this.#done = false;
    this.#clear();
    for (const rule of this.#host.rules) if (!rule.event) this.#soon(rule);
  }

  #onRoute = () => setTimeout(() => this.#look());

  #late = []; // what fell due while nobody looked

  #onVisible = () => {
    if (!document.hidden) for (const rule of this.#late.splice(0)) this.#soon(rule, 0);
  };

  #soon(rule, seconds = rule.seconds) {
    if (!matches(rule.page, this.#view)) return;
    this.#timers.push(setTimeout(() => {
      if (document.hidden) this.#late.push(rule);
      else this.#line = this.#line.then(() => this.#try(rule));
    }, seconds * 1000));
  }

  async #try(rule) {
    const view = this.#view;
    const free = () => !this.#done && view === this.#view && !this.#host.isOpen() && mayShow(rule);
    if (free() && (await this.#allowed(rule)) && free()) this.#show(rule);
  }

  /** What only the server knows: segment, who is there, and what a known visitor was shown elsewhere. */
  async #allowed(rule) {
    const { visitor, identity } = this.#host.token();
    if (!rule.ask && !visitor && !identity) return true;
    if (this.#host.consent && !visitor) return !rule.ask;
    const response = await this.#post(`/${rule.id}/check`, { ...(identity && { token: identity }) });
    return response?.ok === true && (await response.json().catch(() => null))?.show === true;
  }

  #tell(rule, what) {
    this.#host.told(rule.id, what);
    if (!this.#host.consent || this.#host.token().visitor) this.#post(`/${rule.id}`, { what });
  }

  #post(path, body) {
    const { visitor } = this.#host.token();
    const headers = { "Content-Type": "application/json", ...(visitor && { Authorization: `Bearer ${visitor}` }) };
    return fetch(`${this.#host.server}/api/widget/invitations${path}`,
      { method: "POST", headers, body: JSON.stringify(body), credentials: "omit", keepalive: true }).catch(() => null);
  }

  #show(rule) {
    // Who keeps nothing would be shown it on every page.
    if (this.#host.isOpen() || !remember((kept) => kept.shown.push(rule.id))) return;
    this.#done = true;
    this.#shown = new Teaser(rule, this.#host, () => {
      remember((kept) => { kept.peace = Date.now() + PEACE; });
      this.#tell(rule, "dismissed");
      this.#shown = null;
    });
    this.#tell(rule, "shown");
  }

  #clear() {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#late = [];
    this.#shown?.remove();
    this.#shown = null;
  }
}

/** Whether the address is one that the rule means: its path, and what follows it where the rule names that. */
function matches(page, view) {
  if (!page) return true;
  const [, path] = /^([^?#]*)/.exec(view);
  const pattern = page.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`).test((/[?#]/.test(page) ? view : path).slice(0, 500));
}

/** What this browser remembers: that it was shown, that one was dismissed lately, that somebody was here before. */
function mayShow({ id, visitor }) {
  const { shown, peace } = read();
  if (shown.includes(id) || peace > Date.now()) return false;
  return visitor === "any" || visitor === visit();
}

/** "new" from the first page of somebody's first visit to its end, then "returning". */
function visit() {
  const now = stored("sessionStorage", VISIT) ?? (read().been ? "returning" : "new");
  keep("sessionStorage", VISIT, now);
  remember((kept) => { kept.been = true; });
  return now;
}

function read() {
  try {
    const { shown, peace, been } = JSON.parse(stored("localStorage", KEPT)) ?? {};
    return { shown: Array.isArray(shown) ? shown : [], peace: Number(peace) || 0, been: been === true };
  } catch {
    return { shown: [], peace: 0, been: false };
  }
}

/** Whether it was kept. */
function remember(change) {
  const kept = read();
  change(kept);
  return keep("localStorage", KEPT, JSON.stringify(kept));
}
