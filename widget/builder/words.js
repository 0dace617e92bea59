// The wording editor: every sentence of one language, changed ones first, missing ones said.
import bubble from "/widget/words.bubble.js";
import { element } from "/widget/dom.js";
import { button, languages, LANGUAGES } from "./parts.js";

const FORM = /_(zero|one|two|few|many|other)$/;
const BLANK = /\{\w+\}/g;
const SHOWN = 40;

/** All sentences of a language: {key: sentence}; rejects when they can't be fetched. */
export async function sentences(language) {
  const { default: words } = await import(`/widget/words.${language}.js`);
  return { ...bubble[language], ...words };
}

/** Keys that English has and this language has not; plural forms count as one. */
export function missing(english, other) {
  const has = new Set(Object.keys(other).map((key) => key.replace(FORM, "")));
  return [...new Set(Object.keys(english).map((key) => key.replace(FORM, "")))].filter((key) => !has.has(key));
}

/** Blanks such as {name} that the sentence has and the changed one has lost. */
export function lostBlanks(sentence, changed) {
  const kept = changed.match(BLANK) ?? [];
  return [...new Set(sentence.match(BLANK) ?? [])].filter((blank) => !kept.includes(blank));
}

export class Words {
  #state;
  #list = element("div", { class: "words" });
  #count = element("p", { class: "hint", role: "status" });
  #query = "";
  #all = false;
  #sentences = {};
  #english = {};

  constructor(state) { this.#state = state; }

  /** The section's content; the sentences come when they have been fetched. */
  draw() {
    const search = element("input", { type: "search", id: "words-search", autocomplete: "off", on: {
      input: () => {
        this.#query = search.value.trim().toLowerCase();
        this.#fill();
      },
    } });
    search.value = this.#query;
    this.#load();
    return [
      languages(this.#state),
      element("div", { class: "row" }, element("label", { for: "words-search" }, "Search the sentences"), search),
      this.#count, this.#list,
    ];
  }

  async #load() {
    const { language } = this.#state;
    try {
      [this.#english, this.#sentences] = await Promise.all([sentences("en"), sentences(language)]);
    } catch {
      this.#list.replaceChildren(element("p", { class: "wrong" }, "The sentences could not be fetched. Reload the page."));
      return;
    }
    if (language === this.#state.language) this.#fill();
  }

  get #changes() { return this.#state.draft.wording[this.#state.language] ?? {}; }

  #fill() {
    const changes = this.#changes;
    const found = Object.entries(this.#sentences).filter(([key, sentence]) =>
      [key, sentence, changes[key] ?? ""].some((words) => words.toLowerCase().includes(this.#query)));
    found.sort(([one], [other]) => Number(other in changes) - Number(one in changes));
    const lost = missing(this.#english, this.#sentences);
    const shown = this.#all || this.#query ? found : found.slice(0, SHOWN);
    const number = Object.keys(changes).length;
    this.#count.textContent = [
      `${found.length} of ${Object.keys(this.#sentences).length} sentences, ${number} changed.`,
      lost.length ? `Missing in ${LANGUAGES[this.#state.language]}: ${lost.join(", ")}.` : "None is missing.",
    ].join(" ");
    this.#list.replaceChildren(
      ...shown.map(([key, sentence]) => this.#row(key, sentence, changes[key])),
      ...(shown.length < found.length ? [button(`Show all ${found.length}`, () => {
        this.#all = true;
        this.#fill();
      })] : []),
      ...(found.length ? [] : [element("p", { class: "hint" }, "No sentence has these words.")]));
  }

  #row(key, sentence, changed) {
    const { language } = this.#state;
    const id = `word-${key}`;
    const wrong = element("p", { class: "wrong", id: `${id}-wrong`, "data-at": `wording.${language}.${key}` });
    const field = element("input", { id, maxlength: "300", dir: "auto", lang: language, autocomplete: "off",
      "aria-describedby": `${id}-wrong`, on: { input: () => this.#change(key, field.value, wrong, sentence, reset) } });
    field.value = changed ?? sentence;
    const reset = button("Reset", () => {
      field.value = sentence;
      this.#change(key, sentence, wrong, sentence, reset);
      field.focus();
    }, { "aria-label": `Reset: ${sentence}`, hidden: changed === undefined });
    this.#tell(wrong, sentence, changed ?? "");
    return element("div", { class: changed === undefined ? "word" : "word changed" }, element("label", { for: id, lang: language, dir: "auto" }, sentence), field, reset, wrong);
  }

  #change(key, value, wrong, sentence, reset) {
    const text = value.trim();
    const same = text === "" || text === sentence;
    this.#state.set(["wording", this.#state.language, key], same ? undefined : text);
    reset.hidden = same;
    reset.parentElement.classList.toggle("changed", !same);
    this.#tell(wrong, sentence, text);
  }

  #tell(wrong, sentence, text) {
    const lost = text ? lostBlanks(sentence, text) : [];
    wrong.textContent = lost.length ? `Without ${lost.join(", ")} something is missing here.` : "";
  }
}
