// <handrail-card>: everything known about a chat, readable at a glance. Customer text is only ever text.
import { element, icon } from "/widget/dom.js";
import { clockTime, day, duration, outcome, percent, tick, verdict } from "./format.js";

const PRIORITIES = { urgent: "Urgent", high: "High", normal: "Normal", low: "Low" };
const STAGES = { acknowledge: "Acknowledge", clarify: "Clarify", resolve: "Resolve", confirm: "Confirm" };

export const priorityBadge = (level) =>
  element("span", { class: `hc-badge p-${level}` }, PRIORITIES[level] ?? level);

class Card extends HTMLElement {
  #note = null;
  #conversation = null;
  #shown = "";

  /** Show a card (GET …/card), or null while there is none. */
  show(card) {
    if (card?.conversation !== this.#conversation) this.#note = null;
    this.#conversation = card?.conversation ?? null;
    const { now, ...rest } = card ?? {};
    const shape = JSON.stringify(rest);
    if (shape === this.#shown && card) return; // nothing new: leave scroll position and selection alone
    this.#shown = shape;
    if (!card) {
      this.replaceChildren();
      return;
    }
    const focused = this.#note?.contains(document.activeElement) ? document.activeElement : null;
    this.replaceChildren(...this.#sections(card).filter(Boolean));
    focused?.focus();
    tick(this);
  }

  focusNote() { this.querySelector("textarea")?.focus(); }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #sections(card) {
    const { evidence } = card;
    return [
      this.#head(card), summary(evidence.summary), details(evidence.details), understood(evidence),
      articles(evidence.articles), frustration(evidence.frustration),
      this.#suggestions(card.suggested_articles), history(card.history), this.#notes(card.notes),
    ];
  }

  #head(card) {
    const { customer, reason, priority, clock } = card;
    return element("header", { class: "hc-card-head" },
      element("h2", {}, customer.name || "Visitor"),
      element("p", { class: "quiet" }, [customer.email, `here since ${day(customer.since)}`].filter(Boolean).join(" · ")),
      reason && element("div", { class: "hc-why" },
        element("p", {}, priorityBadge(priority.level), element("strong", {}, reason.words)),
        element("p", { class: "quiet" }, `Priority: ${priority.why}`),
        reason.detail && element("p", { class: "quiet" }, reason.detail)),
      clock && firstAnswer(clock));
  }

  #suggestions(found) {
    if (!found.length) return null;
    return section("Articles that may help", element("ul", { class: "hc-list" }, ...found.map((article) =>
      element("li", {},
        link(article),
        article.tried
          ? element("span", { class: `hc-chip v-${article.tried}` }, `Shown: ${verdict(article.tried).toLowerCase()}`)
          : element("button", {
            type: "button", class: "hc-link", "aria-label": `Insert the article ${article.title}`,
            on: { click: () => this.#tell("insert", `${article.title}: ${new URL(article.url, location.href)}`) },
          }, "Insert")))));
  }

  #notes(notes) {
    const list = notes.map((note) => element("li", {},
      element("p", { class: "hc-note-text" }, note.text),
      element("p", { class: "quiet" }, `${note.staff_name}, ${day(note.created_at)} ${clockTime(note.created_at)}`)));
    this.#note ??= this.#noteForm();
    return section("Notes", notes.length ? element("ul", { class: "hc-notes" }, ...list) : null, this.#note);
  }

  #noteForm() {
    const conversation = this.#conversation;
    const box = element("textarea", { id: "hc-note", rows: "2", maxlength: "4000" });
    const submit = (event) => {
      event.preventDefault();
      const text = box.value.trim();
      if (text) this.#tell("note", { conversation, text, done: () => { box.value = ""; } });
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
    });
    return element("form", { class: "hc-note-form", on: { submit } },
      element("label", { for: "hc-note" }, "Add a note. Only staff see it."), box,
      element("button", { type: "submit", class: "hc-button small" }, "Add note"));
  }
}

let sections = 0;

function section(title, ...content) {
  const id = `hc-section-${++sections}`;
  return element("section", { "aria-labelledby": id }, element("h3", { id }, title), ...content);
}

function link(article) {
  if (!article.url) return element("span", {}, article.title);
  // An address of our own help centre, or nothing: no scheme that a message could have brought in.
  const href = article.url.startsWith("/help/") ? article.url : null;
  return element("a", { href, target: "_blank", rel: "noopener" }, article.title);
}

function firstAnswer(clock) {
  const asked = Date.parse(clock.requested_at);
  const returned = clock.returns ? ` · back in the queue ${clock.returns} ×` : "";
  if (clock.first_response_at) {
    const took = duration(Date.parse(clock.first_response_at) - asked);
    return element("p", { class: clock.overdue ? "hc-sla late" : "hc-sla" }, icon("clock"),
      element("span", {}, `First answer after ${took}${clock.overdue ? ", later than promised" : ""}${returned}`));
  }
  return element("p", { class: "hc-sla" }, icon("clock"),
    element("span", {}, "First answer ", element("span", { "data-due": clock.due_at }), returned));
}

function summary({ first_ask: first, last_ask: last, failed }) {
  if (!first && !failed.length) return section("Summary", element("p", { class: "quiet" }, "The customer has not written anything yet."));
  const entry = (term, ...values) => element("div", {}, element("dt", {}, term), ...values.map((it) => element("dd", {}, it)));
  return section("Summary", element("dl", { class: "hc-summary" },
    first && entry("First asked", `“${first}”`),
    last && entry("Last asked", `“${last}”`),
    failed.length > 0 && entry("What failed", ...failed)));
}

function details(given) {
  if (!given.length) return null;
  return section("Already given", element("dl", { class: "hc-details" }, ...given.map((one) =>
    element("div", {}, element("dt", {}, one.label), element("dd", {}, one.value)))));
}

function bar(share) {
  return element("meter", { min: "0", max: "1", value: String(share), "aria-hidden": "true" });
}

function understood({ intents, intents_of: words, stage }) {
  if (!intents.length) return null;
  return section("Understood as",
    element("ul", { class: "hc-list" }, ...intents.map((intent) => element("li", {},
      element("span", {}, intent.words), bar(intent.confidence),
      element("span", { class: "hc-number" }, percent(intent.confidence))))),
    element("p", { class: "quiet" }, [`From “${words}”`, stage && `stage: ${STAGES[stage] ?? stage}`].filter(Boolean).join(" · ")));
}

function articles(shown) {
  if (!shown.length) return null;
  return section("Articles shown", element("ul", { class: "hc-list" }, ...shown.map((article) => {
    const { probability, score } = article;
    const figure = probability !== null ? `${percent(probability)} likely to help` : score !== null && `score ${score.toFixed(2)}`;
    return element("li", {}, link(article),
      element("span", { class: "quiet" }, [article.shown === "choice" && "as a choice", figure].filter(Boolean).join(" · ")),
      article.shown === "answer" && element("span", { class: `hc-chip v-${article.verdict}` }, verdict(article.verdict)));
  })));
}

function frustration(trail) {
  if (!trail.length) return null;
  return section("Frustration", element("ol", { class: "hc-list" }, ...trail.map((step) => element("li", {},
    element("span", {}, `“${step.text}”`), bar(step.score),
    element("span", { class: "hc-number" }, percent(step.score)),
    step.signals.length ? element("p", { class: "quiet wide" }, step.signals.map((signal) =>
      signal.evidence ? `${signal.name}: ${signal.evidence}` : signal.name).join(" · ")) : null))));
}

function history(past) {
  if (!past.length) return null;
  return section("Before this", element("ul", { class: "hc-list" }, ...past.map((episode) => element("li", {},
    element("span", {}, episode.first_ask ? `“${episode.first_ask}”` : "Nothing written"),
    element("p", { class: "quiet wide" }, [day(episode.started_at), outcome(episode.outcome), episode.reason,
      episode.rating && `rated ${episode.rating} of 5`, episode.rating_comment].filter(Boolean).join(" · "))))));
}

customElements.define("handrail-card", Card);
