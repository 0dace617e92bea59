// Handrail's chat for any site:
//
//   <script type="module" src="https://help.example/widget/handrail.js" data-house="Fernway"></script>
//
// makes the bubble in a shadow root of its own. <handrail-widget house="Fernway"></handrail-widget> does the
// same where you place it. Attributes, methods, events and window.Handrail: docs/widget.md. What the house has set
// in the builder (widget/config.py) comes with the address above, which calls start(config); attributes win over it.
import { arrived, left, offer } from "./api.js";
import { element, icon, setText, sheet } from "./dom.js";
import { Inviter } from "./invite.js";
import { keep, stored, wipe } from "./kept.js";
import { embed, languageAround, takeResume, whenIdle } from "./page.js";
import theme, { tint } from "./theme.css.js";
import { bubbleWording, chooseLocale, loadWording } from "./wording.js";

const HOME = import.meta.url.slice(0, import.meta.url.lastIndexOf("/widget/"));
const OPEN = "handrail:open";
const TOKEN = "handrail:token";
// For what an older server does not name.
const DEFAULTS = {
  starters: [], wording: {}, first: "bot", help: true, transcript: true, consent: null, form: [], thumbs: true, surveys: { csat: true },
  invitations: [],
};
const OPTIONS = ["house", "starters", "side", "theme", "server", "language", "identity", "attributes"];

let config = DEFAULTS;
// Who the site says the customer is: the page's knowledge, which outlives an element that a framework makes anew.
let known = null; // {token?, attributes?}

class HandrailWidget extends HTMLElement {
  #wording = {};
  #root = this.attachShadow({ mode: "open" });
  #chat = null;
  #loading = null;
  #count = 0;
  #resume = "";
  #inviter = null;
  #tracked = []; // until the invitations are loaded
  #life = 0; // counts how often it came and went: what an older life began is passed over

  connectedCallback() {
    if (this.#root.childElementCount) return; // moved, not made
    this.#resume = takeResume();
    this.#root.adoptedStyleSheets = [theme, ...tint(config.accent)];
    for (const name of ["side", "theme"]) {
      if (config[name] && !this.hasAttribute(name)) this.setAttribute(name, config[name]);
    }
    this.badge = element("span", { class: "count", hidden: true, "aria-hidden": "true" });
    const click = () => this.toggle();
    this.bubble = element("button", { type: "button", class: "launch", on: { click } });
    this.#root.append(this.bubble);
    this.#drawBubble();
    if (this.#resume) this.open({ focus: false });
    // A look into storage waits for another process; nobody waits for this one.
    else whenIdle(() => this.isConnected && this.#goOn());
    if (config.invitations.length) whenIdle(() => this.#invite());
    arrived(this);
  }

  /** What a page before this one has left: an open panel, or a chat whose news are counted. */
  #goOn() {
    if (stored("sessionStorage", OPEN)) this.open({ focus: false });
    else if (stored("localStorage", TOKEN)) this.#load();
  }

  disconnectedCallback() {
    // A move within the page disconnects and connects again at once: only a real removal ends the chat.
    queueMicrotask(() => {
      if (this.isConnected) return;
      left(this);
      this.#inviter?.end();
      this.#inviter = null;
      this.#endChat();
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
    const invited = this.#inviter?.take();
    const chat = await this.#load();
    if (invited) chat?.invite(invited);
    if (this.isOpen) chat?.show({ focus, draft });
  }

  close() {
    if (!this.isOpen) return;
    this.#setOpen(false);
    this.#chat?.hide();
    this.bubble.focus({ preventScroll: true });
  }

  toggle() { return this.isOpen ? this.close() : this.open(); }

  /** Messages that the customer has not seen. */
  get unread() { return this.#count; }

  /** Open the panel and say this for the customer. */
  async ask(text) {
    await this.open();
    this.#chat?.send(text);
  }

  /** Say who the customer is to your site: a token that your backend signed, and unsigned attributes. */
  identify(token, attributes) {
    const said = { token: token || undefined, attributes };
    known = { token: said.token, attributes: attributes ?? known?.attributes };
    this.#chat?.identify(said, known);
  }

  /** Say more of the customer, unsigned, without another token. (An element's `attributes` are the DOM's own.) */
  describe(values) {
    known = { ...(known ?? this.#written()), attributes: values };
    this.#chat?.identify({ attributes: values }, known);
  }

  /** The customer has signed out: this browser forgets the chat, and the next one begins anew. */
  forget() {
    known = null;
    if (this.isOpen) this.#setOpen(false);
    this.#endChat();
    wipe();
  }

  #endChat() {
    this.#life += 1;
    this.#chat?.end();
    this.#chat = this.#loading = null;
    this.#resume = "";
    this.#setCount(0);
  }

  /** Something happened on the page that an invitation may wait for. */
  track(name) {
    if (this.#inviter) this.#inviter.track(name);
    else this.#tracked.push(name);
  }

  #setOpen(open) {
    this.toggleAttribute("open", open);
    keep("sessionStorage", OPEN, open ? "1" : null);
    this.#drawBubble();
    this.#tell(open ? "open" : "close");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`handrail-${name}`, { bubbles: true, composed: true, detail }));
  }

  #invite() {
    if (!this.bubble.isConnected || this.#inviter) return;
    this.#inviter = new Inviter({
      root: this.#root, rules: config.invitations, consent: config.consent, server: this.#server,
      before: () => this.bubble,
      wording: () => bubbleWording(this.#locale(), this.#changes()),
      token: () => ({ visitor: stored("localStorage", TOKEN), identity: (known ?? this.#written())?.token }),
      isOpen: () => this.isOpen,
      open: () => this.open(),
      ask: (text) => this.ask(text),
      told: (id, what) => this.#tell("invitation", { id, what }),
    });
    for (const name of this.#tracked.splice(0)) this.#inviter.track(name);
  }

  #load() {
    const life = this.#life;
    this.#loading ??= Promise.all([import("./chat.js"), loadWording(this.#locale(), this.#changes())]).then(
      ([{ Chat }, wording]) => {
        if (life !== this.#life || !this.isConnected) return null;
        this.#chat = new Chat({ ...this.#options(), wording });
        return this.#chat;
      },
      () => {
        if (life !== this.#life) return null;
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
      server: this.#server,
      house: this.getAttribute("house") ?? config.house ?? "",
      starters: starters.filter(Boolean).slice(0, 5),
      resume: this.#resume,
      identity: known ?? this.#written(),
      onIdentityRefused: () => this.#tell("identity-refused"),
      onUnread: (count) => this.#setCount(count),
      onClose: () => this.close(),
    };
  }

  get #server() { return (this.getAttribute("server") ?? HOME).replace(/\/+$/, ""); }

  #locale() {
    return chooseLocale(this.getAttribute("language") ?? config.language, languageAround(this));
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
    this.#tell("unread", { count });
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
    if (unread) setText(this.badge, unread > 99 ? `${wording.number(99)}+` : wording.number(unread));
    this.bubble.replaceChildren(icon(this.isOpen ? "down" : "chat"), this.badge);
  }
}

/** Make the element known with what the house has set, and embed it where the script tag asks for it. */
export function start(told = {}) {
  config = { ...DEFAULTS, ...told };
  if (customElements.get("handrail-widget")) return;
  customElements.define("handrail-widget", HandrailWidget);
  offer();
  embed(HOME, OPTIONS);
}
