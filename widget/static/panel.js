// The panel: header, notices, messages, composer, put together; it draws what the store knows.
import { Aside } from "./aside.js";
import { bring } from "./bring.js";
import { Composer } from "./composer.js";
import { Files } from "./files.js";
import { Gate } from "./gate.js";
import { element, icon, setText } from "./dom.js";
import { Header } from "./header.js";
import { MessageLog } from "./messages.js";
import { Notices } from "./notices.js";
import { sayPeople } from "./people.js";
import { Rating } from "./rating.js";
import { Suggestions } from "./suggest.js";
import { Survey } from "./survey.js";
import { sizeOf } from "./uploads.js";

const NO_SUGGESTIONS = "handrail:no-suggestions";
const WORDS = 3; // before anything is suggested

export class Panel {
  /**
   * options: {wording, house, server, starters, session}
   * actions: {send, press, retry, discard, person, someoneElse, cancel, rate, skip, skipped, mail, skipMail, mailSkipped, typing, typingStopped,
   *           close, reconnect, redraw}
   */
  constructor(options, actions) {
    const { wording, house, server, starters, session, config } = options;
    this.store = null;
    this.options = options;
    this.files = new Files({ wording, server, session, token: actions.token, limit: () => this.store?.fileLimit ?? 0,
      onChange: (messages) => this.store.setUploads(messages) });
    // What was pressed may vanish with the press: the cursor goes on in the composer.
    const then = (action) => (...values) => {
      action(...values);
      this.focus();
    };
    this.header = new Header(wording, house,
      { onPerson: then(actions.person), onSomeoneElse: then(actions.someoneElse), onCancel: then(actions.cancel), onClose: actions.close, sound: actions.sound,
        onHelp: config.help && (() => this.openHelp()), onSave: config.transcript && (() => this.aside.show("save")) });
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
      files: this.files,
      onRetry: then((id) => this.files.retry(id) || actions.retry(id)),
      onDiscard: then((id) => this.files.discard(id) || actions.discard(id)),
      onThumb: config.thumbs && actions.thumb,
    }, { before: this.welcome, after: element("div", {}, this.rating.element, this.surveys = element("div")) });
    const attach = (files) => {
      if (!files.length) return;
      this.aside.close({ focus: false });
      this.files.add(files);
    };
    this.composer = new Composer(wording, session,
      { onSend: actions.send, onTyping: actions.typing, onTypingStopped: actions.typingStopped, onText: (text) => this.#suggest(text),
        onFiles: config.files && attach });
    this.gate = new Gate({ wording, config, redraw: actions.redraw, known: actions.known, onAgree: then(actions.agree), onClose: actions.close,
      onForm: then(actions.form), onBot: then(actions.chooseBot), onPerson: then(actions.choosePerson) },
    { composer: this.composer, log: this.log.element, choices: this.welcome });
    this.aside = new Aside({ wording, server, token: actions.token, ask: (text) => this.#ask(text) }, {
      main: this.log.element,
      onChange: () => {
        this.header.help?.setAttribute("aria-expanded", String(this.aside.open === "help"));
        actions.redraw();
      },
      focus: () => this.focus(),
    });
    const keydown = (event) => this.#onKey(event, actions.close);
    const attributes = { class: "panel", id: "panel", role: "dialog", hidden: true, dir: wording.dir, lang: wording.language,
      "aria-label": house ? wording.say("panelOf", { house }) : wording.panel };
    this.element = element("section", { ...attributes, on: { keydown } },
      this.header.element, this.notices.element, this.log.element, this.aside.element, this.gate.element, this.composer.element);
    if (config.files) bring(this.element, () => !this.gate.shut, attach);
  }

  update(store) {
    this.store = store;
    const { wording } = this.options;
    this.header.update(store);
    this.notices.update(store);
    const historyMayCome = store.returning && !store.caughtUp && store.status !== "waiting";
    this.welcome.hidden = store.messages().length > 0 || historyMayCome;
    this.rating.update(store, this.skipped);
    this.#survey(store);
    this.files.update(store);
    this.log.update(store);
    if (this.composer.attach && store.fileLimit) this.composer.attach.title = wording.say("attachUpTo", { size: sizeOf(store.fileLimit, wording.locale) });
    this.composer.update(store);
    const gone = this.gate.update(store);
    this.welcome.classList.toggle("choosing", this.gate.choosing);
    if (this.header.help) this.header.help.hidden = this.gate.shut;
    if (this.gate.shut) this.header.more.hidden = true;
    // The choice says it itself; before it there are questions first.
    if (this.gate.shut || this.gate.choosing) this.notices.down.hidden = true;
    if (this.gate.shut && this.aside.open === "help") this.aside.close({ focus: false });
    if (gone) this.focus();
    setText(this.people, sayPeople(this.options.wording, store.state.people));
    this.aside.update(store.messages());
    if (this.suggestions && !this.#maySuggest()) this.suggestions.clear();
  }

  /** Show the articles: {query} to search for, or {article} by its id. Pressed again, the way back. */
  openHelp(what) {
    if (!what && this.aside.open === "help") this.aside.close();
    else this.aside.show("help", what);
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

  focus() {
    if (!this.gate.focus()) this.composer.focus();
  }

  /** What is asked after the chat; that it stands on the screen is noted, once for each question. */
  #survey({ state: { survey, episode } }) {
    const key = survey && `${episode}:${survey}`;
    const fresh = key && key !== this.asked;
    if (!survey || survey === "csat" || (fresh && this.survey?.done)) {
      // The thanks stay until something else is asked or said.
      if (!this.survey?.done || this.store.state.owner !== "closed") this.#dropSurvey();
    }
    if (!fresh) return;
    this.asked = key;
    this.options.onAsked({ kind: survey, episode });
    if (survey === "csat") return;
    this.#dropSurvey();
    this.survey = new Survey({ kind: survey, episode, wording: this.options.wording }, { onSurvey: this.options.onSurvey });
    this.surveys.append(this.survey.element);
  }

  #dropSurvey() {
    this.survey?.element.remove();
    this.survey = null;
  }

  #onKey(event, close) {
    if (event.key !== "Escape" || event.isComposing) return;
    // The page's own Escape (a shop's dialog) is another matter.
    event.stopPropagation();
    if (!this.header.escape() && !this.aside.back() && !this.gate.back()) close();
  }

  /** Back to the chat, with this in the field unless something stands there. */
  #ask(text) {
    this.aside.close({ focus: false });
    this.composer.suggest(text);
    this.focus();
  }

  #maySuggest() {
    const { state, status } = this.store;
    return this.options.config.help && !this.gate.shut && state.owner !== "agent" && status === "online" && !this.aside.open
      && this.options.session.getItem(NO_SUGGESTIONS) !== String(state.episode);
  }

  #suggest(text) {
    // One word of a beginning asks nothing.
    if (!this.suggestions && (!this.#maySuggest() || text.trim().split(/\s+/).length < WORDS)) return;
    if (!this.suggestions) {
      this.suggestions = new Suggestions(this.options, {
        allowed: () => this.#maySuggest(),
        onOpen: (article) => this.openHelp({ article }),
        onDismiss: () => {
          this.options.session.setItem(NO_SUGGESTIONS, String(this.store.state.episode));
          this.focus();
        },
      });
      this.composer.element.before(this.suggestions.element);
    }
    this.suggestions.typed(this.composer.input.value);
  }

  #welcome(wording, starters, actions) {
    const { help } = this.options.config;
    this.people = element("p", { class: "people" });
    const list = element("ul", { "aria-label": wording.starters }, ...starters.map((question) => {
      const click = () => { actions.send(question); this.focus(); };
      return element("li", {}, element("button", { type: "button", class: "button", dir: "auto", on: { click } },
        element("span", {}, question), icon("send")));
    }));
    return element("div", { class: "welcome" }, element("h3", {}, wording.greeting),
      element("p", {}, wording.greetingNote), starters.length ? list : null,
      help && element("button", { type: "button", class: "textlink", on: { click: () => this.openHelp() } }, icon("search"), wording.help),
      this.people);
  }
}
