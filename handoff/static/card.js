// <handrail-card>: everything known about a chat, readable at a glance. Customer text is only ever text.
import { element } from "/widget/dom.js";
import { api } from "./api.js";
import { Fixes } from "./card_fixes.js";
import {
  alarm, attributes, clocks, details, frustration, head, history, link, percentBar, promise, route, section, shownArticle, summary,
  timeline, understoodFrom,
} from "./card_parts.js";
import { tick, verdict } from "./format.js";

const PRIORITIES = { urgent: "Urgent", high: "High", normal: "Normal", low: "Low" };

export const priorityBadge = (level) =>
  element("span", { class: `hc-badge p-${level}` }, PRIORITIES[level] ?? level);

class Card extends HTMLElement {
  #conversation = null;
  #card = null;
  #shown = "";
  #fixes = new Fixes({
    intents: () => api.intents(),
    correct: (body) => this.#fix(api.correct(this.#conversation, body)),
    undo: (id) => this.#fix(api.uncorrect(this.#conversation, id)),
  });

  /** Show a card (GET …/card), or null while there is none. */
  show(conversation, card) {
    if (card && conversation !== this.#conversation) this.#fixes.forget();
    this.#conversation = card ? conversation : null;
    this.#card = card;
    const { now, ...rest } = card ?? {};
    const shape = JSON.stringify(rest);
    if (shape === this.#shown && card) return; // nothing new: leave scroll position and selection alone
    this.#shown = shape;
    this.#draw();
  }

  /** Open the choice of what it was really about, with the focus on it. */
  focusCorrection() {
    const choice = this.querySelector("details.hc-fix");
    if (!choice) return false;
    choice.open = true;
    choice.querySelector("button, select")?.focus();
    return true;
  }

  #draw() {
    if (!this.#card) {
      this.replaceChildren();
      return;
    }
    const open = new Set([...this.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    const focused = this.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.replaceChildren(...this.#sections(this.#card).filter(Boolean));
    for (const one of this.querySelectorAll("details[data-key]")) one.open = open.has(one.dataset.key);
    if (focused) this.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    tick(this);
  }

  #sections(card) {
    const { evidence, customer, corrections } = card;
    return [
      head(customer, card, priorityBadge), alarm(card.alarm), route(card.route), clocks(card.clock), promise(card.promise),
      summary(card.summary), this.#fixes.problem, details(evidence.details), this.#understood(evidence, corrections),
      this.#articles(evidence.articles, corrections), this.#suggested(card, corrections), this.#earlier(card.suggested_replies),
      frustration(evidence.frustration), attributes(customer), history(card.history), timeline(card.timeline),
    ];
  }

  #understood(evidence, corrections) {
    if (!evidence.intents.length) return null;
    return section("Understood as",
      element("ul", { class: "hc-list" }, ...evidence.intents.map((intent) => element("li", {},
        element("span", {}, intent.words), ...percentBar(intent.confidence)))),
      understoodFrom(evidence),
      evidence.intents_turn && this.#fixes.intent(evidence, corrections));
  }

  #articles(shown, corrections) {
    if (!shown.length) return null;
    return section("Articles shown", element("ul", { class: "hc-list" }, ...shown.map((article, at) => element("li", {},
      ...shownArticle(article), article.article_id && this.#fixes.article(article, corrections, `shown-${at}`)))));
  }

  #suggested(card, corrections) {
    const found = card.suggested_articles;
    if (!found.length && !card.summary.length) return null;
    const list = element("ul", { class: "hc-list" }, ...found.map((article) => element("li", {},
      link(article),
      article.tried
        ? element("span", { class: `hc-chip v-${article.tried}` }, `Shown: ${verdict(article.tried).toLowerCase()}`)
        : this.#insert(`${article.title}: ${new URL(article.url, location.href)}`, `article ${article.title}`))));
    return section("Articles that may help", found.length ? list : element("p", { class: "quiet" }, "None comes near."),
      this.#fixes.missing(corrections));
  }

  #earlier(replies) {
    const found = replies.filter((reply) => reply.source === "earlier");
    if (!found.length) return null;
    return section("Earlier replies to such questions", element("ul", { class: "hc-list" }, ...found.map((reply) =>
      element("li", { class: "hc-earlier" },
        element("p", { class: "wide", dir: "auto" }, reply.text),
        element("span", { class: "quiet" }, [`used ${reply.used === 1 ? "once" : `${reply.used} times`}`,
          reply.missing.length > 0 && `fill in: ${reply.missing.join(", ")}`].filter(Boolean).join(" · ")),
        this.#insert(reply.text, `reply ${reply.title}`)))));
  }

  #insert(text, name) {
    return element("button", {
      type: "button", class: "hc-link", "aria-label": `Insert the ${name}`, "data-key": `insert-${name}`,
      on: { click: () => this.dispatchEvent(new CustomEvent("insert-text", { detail: text, bubbles: true })) },
    }, "Insert");
  }

  /** Show what is corrected now, and tell the console. */
  async #fix(answer) {
    const conversation = this.#conversation;
    const corrections = await answer;
    if (conversation !== this.#conversation) return;
    this.show(conversation, { ...this.#card, corrections });
    this.dispatchEvent(new CustomEvent("changed", { detail: { conversation }, bubbles: true }));
  }
}

customElements.define("handrail-card", Card);
