// The conversation behind the panel: it joins the visitor, the connection, the store and the panel. Loaded
// when the bubble is first pressed, or when a customer with an open chat comes back.
import messagesSheet from "./messages.css.js";
import { Panel } from "./panel.js";
import panelSheet from "./panel.css.js";
import { Connection, openStorage } from "./protocol.js";
import { Store } from "./store.js";
import { Visitor } from "./visitor.js";
import { createWording } from "./wording.js";

const SKIPPED = "handrail:skipped";
const MAIL_SKIPPED = "handrail:mail-skipped";

export class Chat {
  #shown = false;
  #identity = null; // {token?, attributes?}: who the site says the customer is

  /** options: {root, server, house, starters, wording, identity, onUnread(count), onClose(), onIdentityRefused()} */
  constructor(options) {
    this.options = options;
    const { root, server, resume } = options;
    this.storage = openStorage();
    this.session = openStorage("sessionStorage");
    this.visitor = new Visitor(server, this.storage, { resume, onLinkOver: () => this.#linkOver() });
    this.store = new Store(() => this.#draw());
    this.store.returning = this.visitor.known;
    this.connection = new Connection(`${server.replace(/^http/, "ws")}/ws/chat`, {
      hello: async () => ({ token: await this.visitor.token(), zone: zone() }),
      storage: this.storage,
      onFrame: (frame) => this.#onFrame(frame),
      onStatus: (status, error) => this.#onStatus(status, error),
      onOutbox: () => this.#readOutbox(),
    });
    this.panel = new Panel(
      { ...options, wording: createWording(options.wording), session: this.session }, this.#actions());
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, panelSheet, messagesSheet];
    root.prepend(this.panel.element);
    document.addEventListener("visibilitychange", this.#onVisible);
    addEventListener("storage", this.#onStorage);
    this.#readOutbox();
    if (options.identity) this.identify(options.identity);
    this.connection.start();
  }

  /** Tell the server what the site's page knows: `token`, signed by its backend, and unsigned `attributes`. */
  identify({ token, attributes }) {
    this.#identity = { token: token || undefined, attributes };
    this.connection.command({ type: "identify", ...this.#identity });
  }

  show({ focus, draft }) {
    this.#shown = true;
    this.#draw();
    this.panel.show();
    if (draft) this.panel.composer.suggest(String(draft));
    if (focus) this.panel.focus();
    if (this.connection.status === "waiting") this.connection.check();
  }

  hide() {
    this.#shown = false;
    this.panel.hide();
    this.connection.typingStopped();
  }

  send(text) { this.connection.send(text); }

  end() {
    document.removeEventListener("visibilitychange", this.#onVisible);
    removeEventListener("storage", this.#onStorage);
    this.connection.stop();
    this.panel.element.remove();
  }

  #actions() {
    const { connection, store } = this;
    return {
      send: (text) => connection.send(text),
      press: (message, index) =>
        connection.send(String(message.payload.buttons[index].title), { button: { seq: message.seq, index } }),
      retry: (id) => connection.retry(id),
      discard: (id) => connection.discard(id),
      person: () => connection.command({ type: "person", seq: store.lastSeq }),
      someoneElse: () => connection.command({ type: "someone_else", seq: store.lastSeq }),
      cancel: () => connection.command({ type: "cancel" }),
      rate: (rating) => connection.command({ type: "rate", ...rating }),
      skip: (episode) => this.session.setItem(SKIPPED, String(episode)),
      skipped: (episode) => this.session.getItem(SKIPPED) === String(episode),
      skipMail: (episode) => {
        this.session.setItem(MAIL_SKIPPED, String(episode));
        store.change();
      },
      mailSkipped: (episode) => this.session.getItem(MAIL_SKIPPED) === String(episode),
      mail: (email) => {
        connection.command({ type: "details", email });
        store.mailSaved = email;
        store.change();
      },
      typing: (text) => connection.typing("", store.previewed ? text : undefined),
      typingStopped: () => connection.typingStopped(),
      close: () => this.options.onClose(),
      reconnect: () => connection.check(),
      redraw: () => store.change(),
    };
  }

  #onStatus(status, error) {
    this.store.setStatus(status);
    // An expired or unknown token ends this chat for us; what was not sent yet goes into the new one.
    if (status === "refused" && ["token_unknown", "not_signed_in"].includes(error?.code)) this.#startAnew();
  }

  #onFrame(frame) {
    if (frame.type !== "error" || !frame.code?.startsWith("identity_")) return this.store.apply(frame);
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
    if (this.#identity) this.identify(this.#identity);
    this.connection.start();
  }

  #readOutbox() { this.store.setOutbox(this.connection.outbox.list()); }

  #draw() {
    if (this.#shown) this.panel.update(this.store);
    if (this.#shown && !document.hidden && this.store.caughtUp) {
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

  // Read in another tab is read here too.
  #onStorage = () => this.store.change();
}

/** The browser's time zone, for times said to the customer; undefined where it will not tell. */
function zone() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone?.slice(0, 64);
  } catch {
    return undefined;
  }
}
