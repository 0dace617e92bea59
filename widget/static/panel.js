// The panel: header, notices, messages, composer, put together; it draws what the store knows.
import { Composer } from "./composer.js";
import { element, icon } from "./dom.js";
import { Header } from "./header.js";
import { MessageLog } from "./messages.js";
import { Notices } from "./notices.js";
import { Rating } from "./rating.js";

export class Panel {
  /**
   * options: {wording, house, server, starters, session}
   * actions: {send, press, retry, discard, person, someoneElse, cancel, rate, skip, skipped, mail, skipMail, mailSkipped, typing, typingStopped,
   *           close, reconnect, redraw}
   */
  constructor(options, actions) {
    const { wording, house, server, starters, session } = options;
    this.store = null;
    // What was pressed may vanish with the press: the cursor goes on in the composer.
    const then = (action) => (...values) => {
      action(...values);
      this.focus();
    };
    this.header = new Header(wording, house,
      { onPerson: then(actions.person), onSomeoneElse: then(actions.someoneElse), onCancel: then(actions.cancel), onClose: actions.close });
    this.notices = new Notices(wording, {
      onPerson: then(actions.person),
      onCancel: then(actions.cancel),
      onReconnect: then(actions.reconnect),
      onMail: then(actions.mail),
      onMailSkip: then(actions.skipMail),
      mailSkipped: actions.mailSkipped,
      onChange: actions.redraw,
    });
    this.welcome = this.#welcome(wording, starters, actions);
    this.rating = new Rating(wording, {
      onRate: actions.rate,
      onSkip: then(actions.skip),
    });
    this.skipped = actions.skipped;
    this.log = new MessageLog({
      wording, house, server,
      isOffline: () => this.store.offline,
      onPress: then(actions.press),
      onRetry: then(actions.retry),
      onDiscard: then(actions.discard),
    }, { before: this.welcome, after: this.rating.element });
    this.composer = new Composer(wording, session,
      { onSend: actions.send, onTyping: actions.typing, onTypingStopped: actions.typingStopped });
    const keydown = (event) => this.#onKey(event, actions.close);
    const attributes = { class: "panel", id: "panel", role: "dialog", "aria-label": wording.panel(house), hidden: true };
    this.element = element("section", { ...attributes, on: { keydown } },
      this.header.element, this.notices.element, this.log.element, this.composer.element);
  }

  update(store) {
    this.store = store;
    this.header.update(store);
    this.notices.update(store);
    const historyMayCome = store.returning && !store.caughtUp && store.status !== "waiting";
    this.welcome.hidden = store.messages().length > 0 || historyMayCome;
    this.rating.update(store, this.skipped);
    this.log.update(store);
    this.composer.update(store);
  }

  show() {
    this.element.hidden = false;
    this.composer.shown();
    this.log.toEnd();
  }

  hide() {
    this.header.toggle(false);
    this.element.hidden = true;
  }

  focus() { this.composer.focus(); }

  #onKey(event, close) {
    if (event.key !== "Escape" || event.isComposing) return;
    // The page's own Escape (a shop's dialog) is another matter.
    event.stopPropagation();
    if (!this.header.escape()) close();
  }

  #welcome(wording, starters, actions) {
    const list = element("ul", { "aria-label": wording.starters }, ...starters.map((question) => {
      const click = () => { actions.send(question); this.focus(); };
      return element("li", {}, element("button", { type: "button", class: "button", dir: "auto", on: { click } },
        element("span", {}, question), icon("send")));
    }));
    return element("div", { class: "welcome" }, element("h3", {}, wording.greeting),
      element("p", {}, wording.greetingNote), starters.length ? list : null);
  }
}
