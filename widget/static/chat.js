// The conversation behind the panel: it joins the visitor, the connection, the store and the panel. Loaded
// when the bubble is first pressed, or when a customer with an open chat comes back.
import asksSheet from "./asks.css.js";
import { deeds } from "./deeds.js";
import filesSheet from "./files.css.js";
import helpSheet from "./help.css.js";
import messagesSheet from "./messages.css.js";
import { Panel } from "./panel.js";
import { colours } from "./colours.css.js";
import panelSheet from "./panel.css.js";
import { Connection, openStorage } from "./protocol.js";
import { Sound } from "./sound.js";
import { Store } from "./store.js";
import { Visitor, claimsOf, zone } from "./visitor.js";

const INVITED = "handrail:invited"; // what stood beside the bubble, until it is answered: the house's words, not the customer's

export class Chat {
  #shown = false;
  #over = false; // what was still under way draws, and keeps, nothing any more
  #identity = null; // {token?, attributes?}: who the site says the customer is

  /** options: {root, server, house, starters, wording, identity, onUnread(count), onClose(), onIdentityRefused()} */
  constructor(options) {
    this.options = options;
    const { root, server, resume } = options;
    this.storage = openStorage();
    this.session = openStorage("sessionStorage");
    this.sound = new Sound(this.storage, options.config.sound);
    this.visitor = new Visitor(server, this.storage, { resume, onLinkOver: () => this.#linkOver() });
    this.store = new Store(() => this.#draw());
    this.store.returning = this.visitor.known;
    this.store.invited = this.#kept();
    this.connection = new Connection(`${server.replace(/^http/, "ws")}/ws/chat`, {
      hello: async () => ({ token: await this.visitor.token(), zone: zone(), language: options.wording.locale }),
      storage: this.storage,
      onFrame: (frame) => this.#onFrame(frame),
      onStatus: (status, error) => this.#onStatus(status, error),
      onOutbox: () => this.#readOutbox(),
    });
    const survey = (said) => this.connection.command({ type: "survey", ...said });
    this.panel = new Panel({ ...options, session: this.session, onAsked: survey, onSurvey: survey }, this.#actions());
    root.adoptedStyleSheets.push(colours(), panelSheet, messagesSheet, asksSheet, filesSheet, helpSheet);
    root.prepend(this.panel.element);
    document.addEventListener("visibilitychange", this.#onVisible);
    addEventListener("storage", this.#onStorage);
    this.#readOutbox();
    if (options.identity) this.identify(options.identity);
    this.#begin();
  }

  // Before the customer has agreed, where the house asks for that, nobody is made known to the server.
  #begin() {
    const { consent } = this.options.config;
    if (!consent || this.visitor.known || this.visitor.agreed) this.connection.start();
    else {
      this.store.consent = consent.version;
      this.store.change();
    }
  }

  #agree(version) {
    this.visitor.agreed = version;
    this.store.consent = null;
    if (this.visitor.known) {
      this.connection.command({ type: "agree", version });
      if (this.#identity) this.identify(this.#identity); // it was not taken in before
    }
    this.connection.start(); // it runs already, unless there was no visitor when this page was opened
    this.store.change();
  }

  /** What the site says of the customer, to fill the form with; the server checks the token, not we. */
  #known() {
    const { token, attributes } = this.#identity ?? {};
    return { ...attributes, ...claimsOf(token) };
  }

  /** Tell the server what the site's page says: `token`, signed by its backend, and unsigned `attributes`; `all` that
   * it has said is said again where a new chat begins. */
  identify(said, all = said) {
    this.#identity = all;
    this.connection.command({ type: "identify", token: said.token || undefined, attributes: said.attributes });
    this.panel.gate.prefill(this.#known());
  }

  /** What stood beside the bubble becomes the first line; the first message carries it to the server. */
  invite(invited) {
    this.store.invited = { ...invited, at: new Date().toISOString() };
    this.session.setItem(INVITED, JSON.stringify(this.store.invited));
    this.store.change();
  }

  /** The invitation that was not answered yet, of before a reload or on the page before. */
  #kept() {
    try {
      const { id, text, starters, at } = JSON.parse(this.session.getItem(INVITED));
      return { id, text, starters, at };
    } catch {
      return null;
    }
  }

  /** Write a message; `how` as Connection.send takes it. */
  #say(text, how) {
    const { invited } = this.store;
    this.connection.send(text, { ...how, ...(invited && { invitation: { id: invited.id, text: invited.text } }) });
  }

  show({ focus, draft }) {
    this.#shown = true;
    this.#draw();
    this.panel.show();
    if (draft) this.panel.composer.suggest(String(draft));
    if (focus) this.panel.focus();
    if (this.connection.status === "waiting") this.connection.check();
    else if (this.connection.status === "idle") this.#begin();
  }

  hide() {
    this.#shown = false;
    this.panel.hide();
    this.connection.typingStopped();
  }

  /** Say this for the customer; while something must be done first, or may have to be, it waits in the field. */
  send(text) {
    const { store, panel, visitor, options: { config } } = this;
    const first = panel.gate.wanted(store);
    const unsure = config.form.length > 0 && !store.known && !visitor.known;
    if (unsure || first === "consent" || first === "form") panel.composer.suggest(text);
    else this.#say(text);
  }

  end() {
    this.#over = true;
    document.removeEventListener("visibilitychange", this.#onVisible);
    removeEventListener("storage", this.#onStorage);
    this.connection.end();
    this.panel.element.remove();
  }

  #actions() {
    const { connection, store, visitor, options } = this;
    return {
      ...deeds({ connection, store, visitor, say: (text, how) => this.#say(text, how) }),
      agree: (version) => this.#agree(version),
      known: () => this.#known(),
      sound: this.sound,
      close: () => options.onClose(),
    };
  }

  #onStatus(status, error) {
    this.store.setStatus(status);
    // An expired or unknown token ends this chat for us; what was not sent yet goes into the new one.
    if (status === "refused" && error?.code === "consent_required") {
      this.visitor.agreed = null;
      this.store.apply({ type: "error", ...error });
    }
    if (status === "refused" && ["token_unknown", "not_signed_in"].includes(error?.code)) this.#startAnew();
  }

  #onFrame(frame) {
    if (frame.type !== "error" || !frame.code?.startsWith("identity_")) {
      if (frame.type === "message" && this.store.caughtUp) this.#sound(frame);
      this.store.apply(frame);
      if (!this.store.invited) this.session.removeItem(INVITED);
      return;
    }
    if (frame.code === "identity_refused") return this.options.onIdentityRefused?.();
    // Another customer signed in on this browser: what the one before them wrote is not theirs to read.
    this.connection.stop();
    for (const entry of this.connection.outbox.list()) this.connection.discard(entry.client_id);
    this.#startAnew();
  }

  #startAnew() {
    this.visitor.forget();
    this.connection.forget();
    this.store.clear();
    this.panel.files.clear();
    if (this.#identity) this.identify(this.#identity);
    this.#begin();
  }

  /** A word of ours that came while nobody looks; a moment later, for it may have been read in another tab by then. */
  #sound({ seq, author }) {
    if (!["bot", "agent"].includes(author) || (this.#shown && !document.hidden)) return;
    setTimeout(() => !this.#over && seq > this.visitor.read && this.sound.play(seq), 300);
  }

  #readOutbox() { this.store.setOutbox(this.connection.outbox.list()); }

  #draw() {
    if (this.#over) return;
    if (this.#shown) this.panel.update(this.store);
    if (this.#shown && !this.panel.aside.open && !document.hidden && this.store.caughtUp) {
      this.visitor.read = this.store.lastSeq;
      this.connection.seen(this.store.lastSeq); // what nobody has seen is mailed
    }
    this.options.onUnread(this.store.unread(this.visitor.read));
  }

  #linkOver() {
    this.store.linkOver = true;
    this.store.change();
  }

  #onVisible = () => {
    if (document.hidden) return;
    this.connection.check();
    this.#draw();
  };

  // Read, put aside or agreed to in another tab is so here, too; and so is who the visitor is.
  #onStorage = () => {
    if (this.visitor.moved) this.#move();
    else if (this.connection.status === "idle" && this.visitor.known) this.#begin();
    this.store.change();
  };

  /** Another tab began a new chat: it is this tab's as well, once there is something to see of it. */
  #move() {
    this.connection.stop();
    this.connection.forget();
    this.visitor.started();
    this.store.clear();
    this.store.restarted = false; // nobody's chat has expired
    if (this.visitor.known || this.#shown) this.#begin();
  }
}
