// Articles inside the panel: what is found, one article read here, and a way back into the chat with the question.
import { Article } from "./article.js";
import { Articles } from "./articles.js";
import { element, icon, setText } from "./dom.js";

const SEARCH_PAUSE = 350; // ms after the last key
const MEANT = 1500; // so long unchanged, the words are what was meant
const LONGEST_QUERY = 300;

export class HelpView {
  #asked = ""; // the words whose results stand here
  #found = ""; // their mark, once they were meant
  #timers = { search: null, meant: null };
  #abort = null;
  #from = null; // the result that was opened

  /** context: {wording, server, ask(text), close(), leave()} */
  constructor(context) {
    const { wording, server } = context;
    this.context = context;
    this.articles = new Articles(server, wording.language);
    this.input = element("input", { class: "field", type: "search", dir: "auto", maxlength: LONGEST_QUERY, autocomplete: "off",
      enterkeyhint: "search", placeholder: wording.helpField, "aria-label": wording.helpField, on: { input: () => this.#typed() } });
    const submit = (event) => {
      event.preventDefault();
      this.#search({ done: true });
    };
    const back = (label) => element("button", { type: "button", class: "tool back", "aria-label": label, title: label,
      on: { click: () => this.back() || context.close() } }, icon("down"));
    this.status = element("p", { class: "small", role: "status" });
    this.list = element("ul", { class: "hits" });
    this.ways = element("div", { class: "actions" });
    this.found = element("div", { class: "found" },
      element("form", { class: "asking", role: "search", on: { submit } }, back(wording.helpClose), this.input),
      this.status, this.list, this.ways);
    this.article = new Article(context, this.articles, back(wording.back));
    this.element = element("div", { class: "help", role: "region", "aria-label": wording.help, tabindex: "-1" },
      this.found, this.article.element);
  }

  /** what: {query} to search for, or {article} by its id. */
  open({ query, article }) {
    if (article) {
      this.#from = null;
      this.#read(article, "", { alone: true });
      return;
    }
    this.#showList();
    if (query) this.input.value = query.slice(0, LONGEST_QUERY);
    this.input.focus({ preventScroll: true });
    this.input.select();
    if (query || !this.list.childElementCount) this.#search({ done: Boolean(query) });
  }

  /** From an article to what was found; false when only the chat is left. */
  back() {
    if (this.found.hidden === false || this.alone) return false;
    this.#showList();
    if (this.#from?.isConnected) this.#from.focus();
    else this.input.focus();
    return true;
  }

  #showList() {
    this.alone = false;
    this.found.hidden = false;
    this.article.hide();
  }

  #typed() {
    clearTimeout(this.#timers.search);
    clearTimeout(this.#timers.meant);
    this.#timers.search = setTimeout(() => this.#search(), SEARCH_PAUSE);
  }

  async #search({ done = false } = {}) {
    const { wording } = this.context;
    const query = this.input.value.trim();
    clearTimeout(this.#timers.search);
    clearTimeout(this.#timers.meant);
    if (query === this.#asked && this.#found && query) return;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    try {
      const answer = await this.articles.search(query, { done, signal: abort.signal });
      if (abort.signal.aborted) return;
      this.#asked = query;
      this.#found = answer.found ?? "";
      this.#draw(query, answer);
      if (query && !done) this.#timers.meant = setTimeout(() => this.#meant(), MEANT);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#asked = this.#found = "";
      this.list.replaceChildren();
      setText(this.status, error.code === "too_many_requests" ? wording.helpBusy : wording.helpFailed);
      this.ways.replaceChildren(this.#button(wording.retry, () => this.#search({ done: true })));
    }
  }

  /** Have the search counted; what is already drawn stays as it is, with the focus in it. */
  async #meant() {
    clearTimeout(this.#timers.meant);
    if (!this.#asked || this.#found) return;
    const query = this.#asked;
    const answer = await this.articles.search(query, { done: true }).catch(() => null);
    if (answer && query === this.#asked) this.#found = answer.found ?? "";
  }

  #draw(query, { results, answer }) {
    const { wording } = this.context;
    this.list.replaceChildren(...results.map((result) => this.#hit(result, result.id === answer)));
    this.element.scrollTop = 0;
    if (!query) setText(this.status, results.length ? wording.helpMostRead : wording.helpHint);
    else setText(this.status, results.length ? wording.say("helpFound", { count: results.length }) : wording.helpNothing);
    this.ways.replaceChildren(...(query ? [this.#button(wording.helpAskChat, () => this.context.ask(query))] : []));
  }

  #hit({ id, title, snippet, language }, best) {
    const { wording } = this.context;
    const click = async () => {
      this.#from = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
      await this.#meant();
      this.#read(id, this.#found);
    };
    return element("li", {}, element("button", { type: "button", class: "hit", lang: language, "data-id": id, on: { click } },
      best && element("span", { class: "best", lang: wording.language }, wording.helpBest),
      element("b", { dir: "auto" }, title), snippet && element("span", { dir: "auto" }, snippet)));
  }

  #button(label, click) {
    return element("button", { type: "button", class: "button", on: { click } }, label);
  }

  #read(id, found, { alone = false } = {}) {
    this.alone = alone;
    this.found.hidden = true;
    this.article.show(id, found, this.#asked);
    this.element.scrollTop = 0;
  }
}
