// Handrail's chat for any site:
//
//   <script type="module" src="https://help.example/widget/handrail.js" data-house="Fernway"></script>
//
// makes the bubble in a shadow root of its own. <handrail-widget house="Fernway"></handrail-widget> does the
// same where you place it. Attributes: house (your name), starters (suggested questions, with | between),
// side ("end" or "start"), theme ("auto", "light", "dark"), server (where Handrail runs, if not here), language
// ("auto", "en", "es", "de", "fr", "ar").
// Methods: open({focus, draft}), close(), ask(text), identify(token, attributes). Property: wording. Events:
// handrail-open, handrail-close, handrail-unread (detail.count), handrail-identity-refused (bring a fresh token).
// identity: a token that your backend signed (docs/operations.md), also as Handrail.identify(token);
// attributes: unsigned, as JSON. Colours are custom properties: see theme.css.js. What the house has set in the
// builder (widget/config.py) comes with the address above, which calls start(config); attributes win over it.
import { element, icon, setText, sheet } from "./dom.js";
import theme from "./theme.css.js";
import { bubbleWording, chooseLocale, loadWording } from "./wording.js";

const HOME = import.meta.url.slice(0, import.meta.url.lastIndexOf("/widget/"));
const OPEN = "handrail:open";
const TOKEN = "handrail:token";
// For what an older server does not name.
const DEFAULTS = {
  starters: [], wording: {}, first: "bot", help: true, transcript: true, consent: null, form: [], thumbs: true, surveys: { csat: true },
};
const OPTIONS = ["house", "starters", "side", "theme", "server", "language", "identity", "attributes"];

let config = DEFAULTS;

class HandrailWidget extends HTMLElement {
  #wording = {};
  #root = this.attachShadow({ mode: "open" });
  #chat = null;
  #loading = null;
  #count = 0;
  #resume = "";
  #identity = null;

  connectedCallback() {
    if (this.#root.childElementCount) return;
    this.#resume = takeResume();
    this.#root.adoptedStyleSheets = [theme, ...tint(config.accent)];
    for (const name of ["side", "theme"]) {
      if (config[name] && !this.hasAttribute(name)) this.setAttribute(name, config[name]);
    }
    this.badge = element("span", { class: "count", hidden: true, "aria-hidden": "true" });
    const click = () => (this.isOpen ? this.close() : this.open());
    this.bubble = element("button", { type: "button", class: "launch", on: { click } });
    this.#root.append(this.bubble);
    this.#drawBubble();
    if (this.#resume || stored("sessionStorage", OPEN)) this.open({ focus: false });
    else if (stored("localStorage", TOKEN)) whenIdle(() => this.isConnected && this.#load());
  }

  disconnectedCallback() {
    // A move within the page disconnects and connects again at once: only a real removal ends the chat.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#chat?.end();
      this.#chat = this.#loading = null;
      this.removeAttribute("open");
      this.#root.replaceChildren();
    });
  }

  /** Changed sentences (see wording.js); set them before the panel is first opened. */
  get wording() { return this.#wording; }
  set wording(changes) {
    this.#wording = changes;
    if (this.bubble) this.#drawBubble();
  }

  get isOpen() { return this.hasAttribute("open"); }

  /** Show the panel, and put the cursor into it unless `focus` is false; `draft` waits in an empty field. */
  async open({ focus = true, draft = "" } = {}) {
    if (!this.isOpen) this.#setOpen(true);
    const chat = await this.#load();
    if (this.isOpen) chat?.show({ focus, draft });
  }

  close() {
    if (!this.isOpen) return;
    this.#setOpen(false);
    this.#chat?.hide();
    this.bubble.focus({ preventScroll: true });
  }

  /** Open the panel and say this for the customer. */
  async ask(text) {
    await this.open();
    this.#chat?.send(text);
  }

  /** Say who the customer is to your site: a token that your backend signed, and unsigned attributes. */
  identify(token, attributes) {
    this.#identity = { token, attributes };
    this.#chat?.identify(this.#identity);
  }

  #setOpen(open) {
    this.toggleAttribute("open", open);
    store("sessionStorage", OPEN, open);
    this.#drawBubble();
    this.dispatchEvent(new CustomEvent(open ? "handrail-open" : "handrail-close", { bubbles: true }));
  }

  #load() {
    this.#loading ??= Promise.all([import("./chat.js"), loadWording(this.#locale(), this.#changes())]).then(
      ([{ Chat }, wording]) => {
        this.#chat = this.isConnected ? new Chat({ ...this.#options(), wording }) : null;
        return this.#chat;
      },
      () => {
        // The network failed: the bubble closes again, and the next press tries anew.
        this.#loading = null;
        if (this.isOpen) this.#setOpen(false);
        return null;
      },
    );
    return this.#loading;
  }

  #options() {
    const starters = this.getAttribute("starters")?.split("|").map((text) => text.trim()) ?? config.starters;
    return {
      config,
      root: this.#root,
      server: (this.getAttribute("server") ?? HOME).replace(/\/+$/, ""),
      house: this.getAttribute("house") ?? config.house ?? "",
      starters: starters.filter(Boolean).slice(0, 5),
      resume: this.#resume,
      identity: this.#identity ?? this.#written(),
      onIdentityRefused: () => this.dispatchEvent(new CustomEvent("handrail-identity-refused", { bubbles: true })),
      onUnread: (count) => this.#setCount(count),
      onClose: () => this.close(),
    };
  }

  #locale() {
    return chooseLocale(this.getAttribute("language") ?? config.language, this.closest("[lang]")?.lang);
  }

  /** The house's own sentences in this language, and over them the page's. */
  #changes() {
    return { ...config.wording[this.#locale().split("-")[0].toLowerCase()], ...this.wording };
  }

  /** What the attributes say of the customer, or null. */
  #written() {
    const token = this.getAttribute("identity") ?? "";
    let attributes;
    try {
      attributes = JSON.parse(this.getAttribute("attributes") ?? "null") ?? undefined;
    } catch {
      console.warn("Handrail: the widget's attributes are not JSON.");
    }
    return token || attributes ? { token, attributes } : null;
  }

  #setCount(count) {
    if (count === this.#count) return;
    this.#count = count;
    this.#drawBubble();
    this.dispatchEvent(new CustomEvent("handrail-unread", { bubbles: true, detail: { count } }));
  }

  #drawBubble() {
    const wording = bubbleWording(this.#locale(), this.#changes());
    this.bubble.dir = wording.dir;
    this.bubble.lang = wording.language;
    const unread = this.isOpen ? 0 : this.#count;
    const label = this.isOpen ? wording.closeChat : wording.openChat;
    this.bubble.setAttribute("aria-label", unread ? `${label}, ${wording.say("unread", { count: unread })}` : label);
    this.bubble.setAttribute("aria-expanded", String(this.isOpen));
    this.badge.hidden = !unread;
    setText(this.badge, unread > 99 ? `${wording.number(99)}+` : wording.number(unread));
    this.bubble.replaceChildren(icon(this.isOpen ? "down" : "chat"), this.badge);
  }
}

/** The house's colour, with what widget/colours.py worked out of it; a page's own properties win over it. */
function tint(accent) {
  if (!accent) return [];
  const { fill, ink, mark, dark, darkInk } = accent;
  return [sheet(`:host{--house:${fill};--house-ink:${ink};--house-mark:${mark};--house-dark:${dark};--house-dark-ink:${darkInk}}`)];
}

function stored(kind, key) {
  try {
    return globalThis[kind].getItem(key);
  } catch {
    return null;
  }
}

function store(kind, key, on) {
  try {
    if (on) globalThis[kind].setItem(key, "1");
    else globalThis[kind].removeItem(key);
  } catch {
    // No storage here: the panel is closed after a reload, nothing else is lost.
  }
}

/** The token of a mail's link, which leads back to a chat; it does not stay in the address. */
function takeResume() {
  const token = /^#handrail-resume=([\w-]{20,200})$/.exec(location.hash)?.[1] ?? "";
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

function whenIdle(call) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(call, { timeout: 3000 });
  else setTimeout(call, 500);
}

/** The script tag that embeds us: its data attributes become the widget's attributes. */
function embed() {
  const tags = [...document.querySelectorAll('script[type="module"][src]')];
  const tag = tags.find(({ src }) => new URL(src).pathname.endsWith("/widget/handrail.js") && src.startsWith(HOME));
  if (!tag || document.querySelector("handrail-widget")) return;
  const widget = document.createElement("handrail-widget");
  for (const name of OPTIONS) {
    if (tag.dataset[name] !== undefined) widget.setAttribute(name, tag.dataset[name]);
  }
  document.body.append(widget);
}

/** Make the element known with what the house has set, and embed it where the script tag asks for it. */
export function start(told = {}) {
  config = { ...DEFAULTS, ...told };
  if (customElements.get("handrail-widget")) return;
  customElements.define("handrail-widget", HandrailWidget);
  globalThis.Handrail ??= {
    identify: (...who) => document.querySelector("handrail-widget")?.identify(...who),
  };
  embed();
}
