// What an agent says is wrong on the card: one click each, shown as done, and taken back by the same agent.
import { element, setText } from "/widget/dom.js";

export class Fixes {
  #does;
  #intents = null; // every intent: [{name, words}], read when the choice is first opened
  problem = element("p", { class: "hc-problem", role: "alert", hidden: true });

  /** `does`: intents(), correct(body), undo(id), each a promise that is refused with a message. */
  constructor(does) { this.#does = does; }

  /** Another chat is shown. */
  forget() { this.#say(""); }

  /** The choice "really about …": the three likeliest first, then all others. */
  intent({ intents, intents_turn: turn }, corrections) {
    const made = corrections.filter((one) => one.kind === "intent" && one.turn_id === turn);
    const say = (intent) => this.#run(this.#does.correct({ kind: "intent", turn_id: turn, intent }));
    const others = element("select", { "aria-label": "Another topic", "data-key": "fix-others", on: {
      change: () => { if (others.value) say(others.value); },
    } }, element("option", { value: "" }, "Another topic…"));
    const known = new Set(intents.map(({ name }) => name));
    const fill = async () => {
      this.#intents ??= await this.#does.intents().catch((error) => { this.#say(error.message); return null; });
      if (others.options.length > 1) return;
      for (const { name, words } of this.#intents ?? []) {
        if (!known.has(name)) others.append(element("option", { value: name }, words));
      }
    };
    const choice = element("details", { class: "hc-fix", "data-key": "fix-intent", on: {
      toggle: () => { if (choice.open) fill(); },
    } },
      element("summary", { "data-key": "fix-summary" }, "Really about…"),
      element("div", { class: "hc-fix-choices" }, ...intents.map(({ name, words }) => element("button", {
        type: "button", class: "hc-chip-button", "data-key": `fix-${name}`, on: { click: () => say(name) },
        "aria-pressed": String(made.some((one) => one.mine && one.intent === name)),
      }, words)), others));
    return element("div", { class: "hc-fixes" }, ...made.map((one) => this.#done(one, `really about ${one.intent_words}`)), choice);
  }

  /** "Article wrong", on an article. */
  article(article, corrections, key) {
    const made = corrections.filter((one) => one.kind === "article_wrong" && one.article_id === article.article_id);
    if (made.length) return element("div", { class: "hc-fixes wide" }, ...made.map((one) => this.#done(one, "this article is wrong")));
    return this.#button("Article wrong", `The article ${article.title} is wrong`, `wrong-${key}`,
      { kind: "article_wrong", article_id: article.article_id });
  }

  /** "No article exists", for the question. */
  missing(corrections) {
    const made = corrections.filter((one) => one.kind === "no_article");
    const lines = made.map((one) => this.#done(one, "no article answers this"));
    return element("div", { class: "hc-fixes" }, ...lines,
      !made.some((one) => one.mine) && this.#button("No article exists", "No article answers this question", "missing", { kind: "no_article" }));
  }

  #button(text, label, key, body) {
    return element("button", {
      type: "button", class: "hc-link hc-fix-button", "aria-label": label, "data-key": key,
      on: { click: () => this.#run(this.#does.correct(body)) },
    }, text);
  }

  #done(one, words) {
    const who = one.mine ? "You" : one.by;
    return element("p", { class: "hc-fixed" },
      element("span", {}, `${who} said: ${words}.${one.settled ? " It was dealt with." : ""}`),
      one.mine && !one.settled && element("button", {
        type: "button", class: "hc-link", "aria-label": `Undo: ${words}`, "data-key": `undo-${one.id}`,
        on: { click: () => this.#run(this.#does.undo(one.id)) },
      }, "Undo"));
  }

  async #run(answer) {
    this.#say("");
    try {
      await answer;
    } catch (error) {
      this.#say(error.message);
    }
  }

  #say(text) {
    setText(this.problem, text);
    this.problem.hidden = !text;
  }
}
