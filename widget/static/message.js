// One message as nodes. Created once; afterwards only its delivery, buttons and grouping change.
import { element, icon, setText } from "./dom.js";
import { renderMarkdown, renderText } from "./markdown.js";
import { Thumbs } from "./thumbs.js";

export class MessageRow {
  /** context: {wording, house, server, files: they draw themselves, onPress(message, index), onRetry(id), onDiscard(id), isOffline()} */
  constructor(message, context) {
    this.context = context;
    this.message = message;
    this.who = element("div", { class: "who" });
    this.text = element("div", { class: "text", dir: "auto" });
    this.meta = element("div", { class: "meta", hidden: true });
    this.node = element("div", { class: "row" }, this.who, this.text);
    if (message.payload?.file) this.node.append(this.file = element("div", { class: "file", dir: "auto" }));
    const answer = message.payload?.parts ? this.#answer(message) : null;
    if (answer) this.node.append(answer);
    // Only what stands in an article is judged: never a greeting, a question or a person.
    if (answer && message.author === "bot" && message.payload.source && context.onThumb) {
      this.thumbs = new Thumbs(message, context.wording, context.onThumb);
      answer.append(this.thumbs.element);
    }
    this.choices = this.#choices(message);
    if (this.choices) this.node.append(this.choices);
    this.node.append(this.meta);
  }

  /** first: the first of its writer's; open: its buttons may be pressed; last: the customer's latest. */
  update(message, { first, open, last }) {
    this.message = message;
    const kind = message.payload?.kind && `is-${message.payload.kind}`;
    this.node.className = ["row", message.author, kind, first && "first", message.delivery].filter(Boolean).join(" ");
    this.#setBody(message);
    if (this.file) this.context.files.draw(this.file, message);
    setText(this.who, this.#writer(message));
    if (this.choices) this.choices.hidden = !open;
    const state = message.author === "customer" ? this.#deliveryOf(message, last) : "";
    if (this.state === state) return;
    this.state = state;
    this.meta.hidden = !state;
    this.meta.className = state === "failed" ? "meta wrong" : "meta";
    if (state === "failed") this.meta.replaceChildren(...this.#failure(message));
    else if (state) this.meta.replaceChildren(icon(state === "sent" ? "check" : "clock"), this.#stateWord(state, message));
    else this.meta.replaceChildren();
  }

  #setBody(message) {
    const body = this.file ? "" : bodyOf(message, this.context.wording);
    if (this.body === body) return;
    this.body = body;
    this.text.hidden = !body;
    // What customers wrote stays plain text; ours may hold addresses.
    if (message.author === "customer") this.text.textContent = body;
    else this.text.replaceChildren(renderText(body));
  }

  #writer(message) {
    const { wording, house } = this.context;
    if (message.author === "customer") return wording.you;
    if (message.author === "system") return "";
    const name = message.author === "agent" ? wording.agent(message.name, house) : wording.assistant;
    return wording.say("writer", { name, time: wording.time(message.created_at) });
  }

  #deliveryOf(message, last) {
    if (message.delivery === "failed") return "failed";
    if (message.delivery === "waiting") return this.context.isOffline() ? "kept" : "sending";
    return last ? "sent" : "";
  }

  #stateWord(state, message) {
    const { wording } = this.context;
    return state === "sent" ? wording.say("sent", { time: wording.time(message.created_at) }) : wording[state];
  }

  #failure(message) {
    const { wording, onRetry, onDiscard } = this.context;
    const reason = wording.say(`reason_${message.error?.code}`, message.error) || wording.failed;
    const button = (label, call) =>
      element("button", { type: "button", class: "textlink", on: { click: () => call(message.client_id) } }, label);
    return [icon("alert"), element("span", {}, reason), ...(message.error?.final ? [] : [button(wording.retry, onRetry)]), button(wording.discard, onDiscard)];
  }

  #answer({ payload: { parts, source } }) {
    const { wording } = this.context;
    const card = element("div", { class: "answer" });
    for (const name of ["context", "action", "outcome"]) {
      if (typeof parts[name] !== "string" || !parts[name].trim()) continue;
      const part = element("div", { class: `part ${name}` });
      if (name === "outcome") part.append(element("h3", {}, icon("clock"), wording.outcome));
      part.append(renderMarkdown(parts[name]));
      card.append(part);
    }
    const address = source ? sourceAddress(source.url, this.context.server) : null;
    if (address) {
      const link = { href: address, target: "_blank", rel: "noopener noreferrer", dir: "auto" };
      card.append(element("div", { class: "source" }, icon("page"), element("a", link, wording.say("source", { title: String(source.title) }))));
    }
    return card.childElementCount ? card : null;
  }

  #choices(message) {
    const buttons = Array.isArray(message.payload?.buttons) ? message.payload.buttons : [];
    if (!buttons.length) return null;
    const stacked = message.payload.kind === "choose" ? " stacked" : "";
    return element("div", { class: `choices${stacked}`, role: "group" }, ...buttons.map((button, index) =>
      element("button", {
        type: "button",
        class: button.style === "primary" ? "button primary" : "button",
        dir: "auto",
        on: { click: () => this.context.onPress(this.message, index) },
      }, String(button.title))));
  }
}

/** The words of a message, without the plain twin of its article parts, which other channels read. */
function bodyOf(message, wording) {
  let text = wording.lines(message.payload?.lines) || message.text || wording[`event_${message.payload?.event}`] || "";
  for (const part of Object.values(message.payload?.parts ?? {})) {
    if (typeof part === "string" && part.trim()) text = text.replace(part.trim(), () => "");
  }
  return text.trim();
}

/** An article's page on our own server, or null: no other address belongs behind "From the article". */
function sourceAddress(url, server) {
  if (typeof url !== "string" || !URL.canParse(url, `${server}/`)) return null;
  const address = new URL(url, `${server}/`);
  return address.origin === new URL(server).origin ? address.href : null;
}
