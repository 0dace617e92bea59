// <handrail-customer>: who writes, how that is known, and what they went through with the house before.
// show(conversation, card) reads it; "changed" tells of a follow-up that was promised or done.
import { element } from "/widget/dom.js";
import { api } from "./api.js";
import { section } from "./card_parts.js";
import { localNow } from "./case_form.js";
import { clockTime, day, languageName, outcome, segmentName } from "./format.js";

const CLOSED = { solved: "solved", follow_up: "needs follow-up", not_solved: "not solved", no_reply: "no reply", handed_back: "handed back", cancelled: "left the queue" };
const when = (iso) => `${day(iso)} ${clockTime(iso)}`;
const words = (code) => code.replaceAll("_", " ");
const plain = (value) => (value === true ? "yes" : value === false ? "no" : String(value));
const quiet = (...parts) => element("p", { class: "quiet wide" }, parts.filter(Boolean).join(" · "));
let count = 0;

class Customer extends HTMLElement {
  #conversation = null;
  #shape = "";
  #form = null;
  #problem = element("p", { class: "hc-problem", role: "alert", hidden: true });

  async show(conversation, card) {
    if (conversation !== this.#conversation) {
      this.#conversation = conversation;
      this.#shape = "";
      this.#form = null;
      this.replaceChildren(element("p", { class: "quiet" }, `Reading about ${card?.customer?.name || "the customer"}…`));
    }
    await this.#read(conversation, () => api.customer(conversation));
  }

  async #read(conversation, read) {
    this.#problem.hidden = true;
    try {
      const seen = await read();
      if (conversation === this.#conversation) this.#draw(seen);
      return true;
    } catch (error) {
      if (conversation === this.#conversation) this.#complain(error.message);
      return false;
    }
  }

  #complain(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = false;
    if (!this.contains(this.#problem)) this.prepend(this.#problem);
  }

  #draw(seen) {
    const shape = JSON.stringify(seen);
    if (shape === this.#shape) return; // nothing new: leave scroll position and focus alone
    this.#shape = shape;
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    this.#form ??= this.#promising();
    this.replaceChildren(this.#problem, ...[
      who(seen), attributes(seen.attributes), this.#followUps(seen.follow_ups), episodes(seen), cases(seen.cases),
      notes(seen.notes), chats(seen.chats),
    ].filter(Boolean));
    if (focused?.isConnected) focused.focus();
  }

  #followUps(list) {
    const open = list.filter((one) => !one.done_at);
    return section("Follow-ups", list.length > 0 && element("ul", { class: "hc-list" }, ...list.map((one) => element("li", {},
      element("span", { dir: "auto" }, one.why),
      open.includes(one) && element("button", {
        type: "button", class: "hc-button small", "aria-label": `Done: ${one.why}`, on: { click: () => this.#done(one) },
      }, "Done"),
      quiet(one.done_at ? `done ${when(one.done_at)}` : `due ${when(one.due_at)}`, one.owner ?? "nobody yet", one.done_note)))), this.#form);
  }

  async #done(one) {
    const conversation = this.#conversation;
    await this.#tell(conversation, async () => {
      await api.followedUp(one.id, "");
      return api.customer(conversation);
    });
  }

  #promising() {
    const id = ++count;
    const why = element("input", { id: `hc-follow-${id}`, type: "text", maxlength: "300", required: true });
    const due = element("input", { id: `hc-follow-due-${id}`, type: "datetime-local", min: localNow() });
    const submit = async (event) => {
      event.preventDefault();
      const conversation = this.#conversation;
      const at = due.value ? new Date(due.value).toISOString() : null;
      if (await this.#tell(conversation, () => api.promise(conversation, why.value, at))) why.value = due.value = "";
    };
    return element("details", { class: "hc-folded" }, element("summary", {}, "Promise a follow-up"),
      element("form", { class: "hc-follow", on: { submit } },
        element("label", { for: why.id }, "What is to be done"), why,
        element("label", { for: due.id }, "When (empty: as your house has it)"), due,
        element("button", { type: "submit", class: "hc-button small" }, "Put on the list")));
  }

  async #tell(conversation, change) {
    const done = await this.#read(conversation, change);
    if (done) this.dispatchEvent(new CustomEvent("changed", { detail: { conversation }, bubbles: true }));
    return done;
  }
}

function who({ identity: known, segment, segment_why: why }) {
  const rows = [
    ["Typed name", known.name], ["Typed e-mail", known.email],
    ["Verified name", known.verified_name], ["Verified e-mail", known.verified_email],
    ["Customer number", known.external_id],
    ["Language", known.language && languageName(known.language)], ["Time zone", known.zone], ["Here since", day(known.since)],
  ].filter(([, value]) => value);
  return element("section", { "aria-label": "Who it is" },
    element("p", { class: "hc-who" },
      element("span", { class: known.verified_at ? "hc-chip v-helped" : "hc-chip" },
        known.verified_at ? `Verified by your site, ${when(known.verified_at)}` : "Identity not verified"),
      segment && element("span", { class: "hc-chip", title: why }, segmentName(segment))),
    why && element("p", { class: "quiet" }, why),
    details(rows));
}

const details = (rows) => element("dl", { class: "hc-details" }, ...rows.map(([term, value]) =>
  element("div", {}, element("dt", {}, term), element("dd", { dir: "auto" }, value))));

function attributes(list) {
  if (!list.length) return null;
  return section("From your site", element("dl", { class: "hc-details" }, ...list.map(({ name, value, verified }) =>
    element("div", {}, element("dt", {}, words(name)), element("dd", { dir: "auto" }, plain(value), " ",
      element("span", { class: verified ? "hc-chip v-helped" : "hc-chip" }, verified ? "verified" : "not verified"))))));
}

function episodes({ episodes: list }) {
  return section(`Chats with us (${list.length})`, element("ul", { class: "hc-list" }, ...list.map((one) => element("li", {},
    element("span", {}, one.intents.join(", ") || "No topic"),
    one.rating && element("span", { class: one.rating <= 2 ? "hc-chip v-did_not_help" : "hc-chip" }, `${one.rating} of 5`),
    quiet(day(one.started_at), outcome(one.outcome), one.here ? "this chat" : "another chat"),
    one.rating_comment && element("p", { class: "quiet wide", dir: "auto" }, `“${one.rating_comment}”`)))));
}

function cases(list) {
  const closed = list.filter((one) => one.closed_at);
  if (!closed.length) return null;
  return section("Cases and remedies", element("ul", { class: "hc-list" }, ...closed.map((one) => element("li", {},
    element("span", {}, one.topic ?? "No topic"),
    one.remedy && element("span", { class: "hc-chip" }, one.remedy_amount === null ? one.remedy : `${one.remedy} ${one.remedy_amount}`),
    quiet(day(one.closed_at), CLOSED[one.outcome] ?? one.outcome, one.in_time === false && "late",
      one.acceptable === true && "accepted", one.acceptable === false && "not accepted")))));
}

function notes(list) {
  if (!list.length) return null;
  return section("Notes", element("ul", { class: "hc-notes" }, ...list.map((one) => element("li", {},
    element("p", { class: "hc-note-text", dir: "auto" }, one.text), quiet(one.staff_name, when(one.created_at))))));
}

function chats(list) {
  if (!list.length) return null;
  return section("Other chats of this customer", element("ul", { class: "hc-list" }, ...list.map((one) => element("li", {},
    one.readable
      ? element("a", { href: `/staff/chat/${encodeURIComponent(one.conversation)}` }, `Chat of ${when(one.updated_at)}`)
      : element("span", {}, `Chat of ${when(one.updated_at)}, with the assistant only`)))));
}

customElements.define("handrail-customer", Customer);
