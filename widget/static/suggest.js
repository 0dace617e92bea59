// Articles for what is being written, above the composer: asked after a pause, never in the way.
import { Articles } from "./articles.js";
import { element, icon, setText } from "./dom.js";

const ENOUGH_WORDS = 3;
const TYPING_PAUSE = 600; // ms
const LONGEST_DRAFT = 400; // characters; the last ones say what it comes to

/** Whether a text says enough to be looked up. */
const enough = (text) => text.trim().split(/\s+/).length >= ENOUGH_WORDS;

export class Suggestions {
  #timer = null;
  #abort = null;
  #shown = ""; // the ids on screen
  #told = false; // whether a screen reader has heard of them

  /** allowed(): whether any may be shown now; onOpen(id), onDismiss() */
  constructor({ wording, server }, { allowed, onOpen, onDismiss }) {
    this.wording = wording;
    this.actions = { allowed, onOpen, onDismiss };
    this.articles = new Articles(server, wording.language);
    this.list = element("ul");
    this.status = element("p", { class: "unseen", role: "status" });
    const off = element("button", { type: "button", class: "tool", "aria-label": wording.suggestOff, title: wording.suggestOff,
      on: { click: () => this.#dismiss() } }, icon("close"));
    this.box = element("section", { "aria-label": wording.suggestions, hidden: true },
      element("div", { class: "suggested" }, element("h3", {}, wording.suggestions), off), this.list);
    this.element = element("div", { class: "suggest" }, this.box, this.status);
  }

  /** Call at every key, with the whole text. */
  typed(text) {
    clearTimeout(this.#timer);
    if (!enough(text) || !this.actions.allowed()) this.clear();
    else this.#timer = setTimeout(() => this.#ask(text), TYPING_PAUSE);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#shown = "";
    this.box.hidden = true;
    setText(this.status, "");
  }

  async #ask(text) {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    // Help that nobody asked for has no errors either.
    const answer = await this.articles.suggest(text.trim().slice(-LONGEST_DRAFT), abort.signal).catch(() => null);
    if (abort.signal.aborted) return;
    if (answer?.suggestions.length && this.actions.allowed()) this.#draw(answer.suggestions);
    else this.clear();
  }

  #draw(suggestions) {
    const shown = suggestions.map(({ id }) => id).join();
    if (shown === this.#shown) return;
    // Whoever is just choosing one keeps it under the cursor.
    if (this.box.contains(this.box.getRootNode().activeElement)) return;
    this.#shown = shown;
    this.list.replaceChildren(...suggestions.map(({ id, title, language }) => element("li", {},
      element("button", { type: "button", class: "textlink", dir: "auto", lang: language,
        on: { click: () => this.actions.onOpen(id) } }, title))));
    this.box.hidden = false;
    if (this.#told) return;
    this.#told = true;
    setText(this.status, this.wording.say("suggested", { count: suggestions.length }));
  }

  #dismiss() {
    this.clear();
    this.actions.onDismiss();
  }
}
