// <handrail-case>: the case behind a chat. The procedure of its topic as a checklist, the four questions, what was
// given and why it happened, and the time line. show(conversation, card) reads it; "changed" tells of a tick.
import { element } from "/widget/dom.js";
import { api } from "./api.js";
import { customersRest } from "./case_form.js";
import { section } from "./card_parts.js";
import { clockTime, day } from "./format.js";

export { openClose } from "./case_form.js";

const said = (value) => (value === null || value === undefined ? "Not known yet" : value ? "Yes" : "No");
const when = (iso) => `${day(iso)} ${clockTime(iso)}`;
const KINDS = { refund: "Refund", credit: "Credit", replacement: "Replacement", apology: "Apology" };

class Case extends HTMLElement {
  #conversation = null;
  #shape = "";
  #problem = element("p", { class: "hc-problem", role: "alert", hidden: true });

  async show(conversation, card) {
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#shape = "";
      this.replaceChildren(element("p", { class: "quiet" }, "Reading the case…"));
    }
    if (card && !card.reason) return this.#nothing();
    await this.#change(conversation, () => api.caseOf(conversation));
  }

  async #change(conversation, change) {
    this.#problem.hidden = true;
    try {
      const sheet = await change();
      if (conversation === this.#conversation) this.#draw(sheet);
      return true;
    } catch (error) {
      if (conversation !== this.#conversation) return false;
      if (error.status === 404) this.#nothing();
      else this.#complain(error.message);
      return false;
    }
  }

  #nothing() {
    this.#shape = "";
    this.replaceChildren(element("p", { class: "quiet" }, "No person was asked for in this chat, so there is no case."));
  }

  #complain(words) {
    this.#problem.textContent = words;
    this.#problem.hidden = false;
    if (!this.contains(this.#problem)) this.prepend(this.#problem);
  }

  #draw(sheet) {
    const shape = JSON.stringify({ ...sheet, questions: sheet.questions });
    if (shape === this.#shape) return; // nothing new: leave scroll position and focus alone
    this.#shape = shape;
    const key = this.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = new Set([...this.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    this.replaceChildren(this.#problem, ...[
      this.#procedure(sheet), questions(sheet), ending(sheet), this.#timeline(sheet),
    ].filter(Boolean));
    for (const one of this.querySelectorAll("details")) one.open = open.has(one.dataset.key);
    if (key) this.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  #procedure({ procedure, procedures, open, topic_words: topic }) {
    const others = procedures.filter((one) => one.id !== procedure?.id);
    const select = element("select", {
      "data-key": "procedures", "aria-label": "Follow another procedure", disabled: !open || !others.length,
      on: { change: () => select.value && this.#tell(() => api.follow(this.#conversation, select.value)) },
    }, element("option", { value: "" }, procedure ? "Follow another procedure…" : "Choose a procedure…"),
      ...others.map((one) => element("option", { value: one.id }, one.title)));
    if (!procedure) {
      const words = topic ? `There is no procedure for “${topic}”.` : "The topic of this chat is not known.";
      return section("Procedure", element("p", { class: "quiet" }, words), select);
    }
    const done = procedure.steps.filter((step) => step.by).length;
    const about = [`${done} of ${procedure.steps.length} done`,
      procedure.resolution_minutes && `${procedure.resolution_minutes} minutes`].filter(Boolean).join(" · ");
    return section(procedure.title,
      element("p", { class: "quiet" }, about),
      element("ol", { class: "hc-steps" }, ...procedure.steps.map((step, at) => this.#step(step, at, open))),
      procedure.escalate_to && element("p", { class: "quiet" }, `Escalate to: ${procedure.escalate_to}`),
      procedure.reply && element("div", { class: "hc-reply-form" }, element("p", {}, procedure.reply),
        open && element("button", {
          type: "button", class: "hc-link", "data-key": "reply", "aria-label": "Insert the reply of this procedure",
          on: { click: () => this.dispatchEvent(new CustomEvent("insert", { detail: procedure.reply, bubbles: true })) },
        }, "Insert")),
      select);
  }

  #step(step, at, open) {
    const box = element("input", {
      type: "checkbox", checked: Boolean(step.by), disabled: !open, "data-key": `step-${at}`,
      on: { change: () => this.#tick(box, step, at) },
    });
    return element("li", {}, element("label", {}, box, element("span", {}, step.text,
      step.by && element("small", {}, `${step.by}, ${when(step.at)}`))));
  }

  async #tick(box, step, at) {
    const was = !box.checked;
    if (!await this.#tell(() => api.tick(this.#conversation, at, step.text, box.checked))) box.checked = was;
  }

  #timeline({ timeline, timeline_earlier: more }) {
    let first = timeline[0]?.id;
    const list = element("ol", { class: "hc-case-line" }, ...timeline.map(moment));
    const earlier = element("button", {
      type: "button", class: "hc-link", hidden: !more,
      on: { click: () => api.timeline(this.#conversation, first).then((page) => {
        first = page.timeline[0]?.id ?? first;
        list.prepend(...page.timeline.map(moment));
        earlier.hidden = !page.earlier;
      }, (error) => this.#complain(error.message)) },
    }, "Earlier");
    return element("section", {}, element("details", { class: "hc-folded", "data-key": "timeline" },
      element("summary", { "data-key": "timeline-summary" }, element("h3", {}, `Time line (${timeline.length}${more ? "+" : ""})`)), earlier, list));
  }

  async #tell(change) {
    const conversation = this.#conversation;
    const done = await this.#change(conversation, change);
    if (done) this.dispatchEvent(new CustomEvent("changed", { detail: { conversation }, bubbles: true }));
    return done;
  }
}

function questions({ questions: asked, open, resolve_due_at: due, recurs, topic_words: topic, limit }) {
  const from = { customer: "says the customer", agent: "thinks the agent" }[asked.acceptable_from];
  const rows = [
    ["Resolved in time?", said(asked.in_time), open && due && element("span", { "data-due": due })],
    ["Acceptable to the customer?", said(asked.acceptable), from],
    ["Solved by one person alone?", said(asked.alone)],
    ["Escalated to a higher level?", said(asked.escalated)],
  ];
  return section(open ? "If it were closed now" : "The four questions",
    element("dl", { class: "hc-details hc-questions" }, ...rows.map(([term, value, more]) =>
      element("div", {}, element("dt", {}, term), element("dd", {}, value, more ? " · " : null, more || null)))),
    open && limit.customer && element("p", { class: "quiet" }, `Remedies: ${customersRest(limit)}`),
    recurs.asks && element("p", { class: "hc-recurs" }, `${topic} came ${recurs.cases} times in ${recurs.days} days: look for the root cause.`));
}

function ending({ outcome, note, cause, whys, remedy, limit }) {
  const rows = [
    outcome && ["Outcome", outcome.replaceAll("_", " ")],
    remedy && ["Remedy", [KINDS[remedy.kind] ?? remedy.kind, remedy.amount !== null && `${remedy.amount} ${limit.currency}`, remedy.by && `by ${remedy.by}`, remedy.note].filter(Boolean).join(", ")],
    cause && ["Root cause", cause.text],
    ...whys.map((why, at) => [`Why ${at + 1}`, why]),
    cause?.action && ["Action", [cause.action, cause.done_at ? "done" : cause.action_due && `until ${day(cause.action_due)}`].filter(Boolean).join(", ")],
    note && ["Note", note],
  ].filter(Boolean);
  if (!rows.length) return null;
  return section("How it ended", element("dl", { class: "hc-details" }, ...rows.map(([term, value]) =>
    element("div", {}, element("dt", {}, term), element("dd", { dir: "auto" }, value)))));
}

const moment = ({ at, words, who }) => element("li", {},
  element("time", { datetime: at, class: "quiet" }, when(at)), element("span", {}, who ? `${words}, by ${who}` : words));

customElements.define("handrail-case", Case);
