// <handrail-chat>: one conversation, live, with the reply box. It draws; the console holds the connection.
import { element, icon, setText } from "/widget/dom.js";
import { renderMarkdown, renderText } from "/widget/markdown.js";
import { clockTime } from "./format.js";

const PARTS = ["context", "action", "outcome"];
const NEAR_THE_END = 80; // px: who reads further up is not pulled down

class Chat extends HTMLElement {
  #drawn = new Map(); // key -> {node, shape}
  #log = element("ol", { class: "hc-log", role: "log", "aria-label": "Conversation", tabindex: "0" });
  #typing = element("p", { class: "hc-typing", "aria-live": "polite" });
  #more = element("button", { type: "button", class: "hc-more", hidden: true, on: { click: () => this.#toEnd() } }, icon("down"), "New messages");
  #suggestions = element("div", { class: "hc-suggestions", role: "group", "aria-label": "Suggested replies" });
  #box = element("textarea", {
    id: "hc-reply", rows: "1", maxlength: "2000", placeholder: "Write a reply", "aria-label": "Reply to the customer",
  });
  #composer = element("form", { class: "hc-composer", on: { submit: (event) => this.#submit(event) } },
    this.#suggestions,
    element("div", { class: "hc-box" }, this.#box,
      element("button", { type: "submit", class: "hc-send", "aria-label": "Send" }, icon("send"))));
  #conversation = null;

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#log, this.#more, this.#typing, this.#composer);
    this.#log.addEventListener("scroll", () => { if (this.#atEnd()) this.#more.hidden = true; });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => {
      this.#fit();
      this.#tell("draft", this.#box.value);
      if (this.#box.value.trim()) this.#tell("typing");
    });
  }

  /**
   * `messages`: frames in order, unsent ones with `delivery`; `mine`: may we write; `replies`: [{title, text}];
   * `customerTypes`; `draft`: what was being written here before.
   */
  show({ conversation, messages, mine, replies, customerTypes, draft }) {
    const other = conversation !== this.#conversation;
    if (other) {
      this.#conversation = conversation;
      this.#drawn.clear();
      this.#log.replaceChildren();
      this.#more.hidden = true;
      this.#box.value = draft;
      this.#fit();
    }
    const atEnd = other || this.#atEnd();
    const grown = this.#draw(messages);
    if (this.#composer.hidden === mine) {
      this.#composer.hidden = !mine;
      this.#fit();
    }
    this.#drawSuggestions(mine ? replies : []);
    setText(this.#typing, customerTypes ? "The customer is typing…" : "");
    if (atEnd) this.#toEnd();
    else if (grown) this.#more.hidden = false;
  }

  focusReply() {
    if (!this.#composer.hidden) this.#box.focus();
  }

  get writable() { return !this.#composer.hidden; }

  /** Put text into the reply box, for the agent to read and send. */
  insert(text) {
    if (!this.writable) return;
    const before = this.#box.value.trimEnd();
    this.#box.value = before ? `${before}\n${text}` : text;
    this.#fit();
    this.#tell("draft", this.#box.value);
    this.#box.focus();
  }

  insertSuggestion(index) { this.#suggestions.children[index]?.click(); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(`chat-${name}`, { detail, bubbles: true })); }

  #submit(event) {
    event.preventDefault();
    const text = this.#box.value.trim();
    if (!text) return;
    this.#box.value = "";
    this.#fit();
    this.#tell("draft", "");
    this.#tell("send", text);
    this.#toEnd();
  }

  #key(event) {
    if (event.key === "Escape") this.#log.focus();
    // isComposing: Enter that picks a word of an input method is not "send".
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  #fit() {
    this.#box.style.height = "auto";
    // Hidden boxes have no height to measure; "auto" is one line.
    if (this.#box.scrollHeight) this.#box.style.height = `${Math.min(this.#box.scrollHeight + 2, 180)}px`;
  }

  #atEnd() { return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_THE_END; }

  #toEnd() {
    this.#more.hidden = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Draw what changed; true when a message of somebody else came. */
  #draw(messages) {
    let grown = false;
    let episode = null;
    const wanted = [];
    for (const message of messages) {
      if (message.episode && episode !== null && message.episode !== episode) {
        wanted.push({ key: `episode-${message.episode}`, shape: "", make: () => divider() });
      }
      episode = message.episode ?? episode;
      const key = message.client_id ?? `seq-${message.seq}`;
      const shape = `${message.seq ?? ""}|${message.delivery ?? ""}`;
      wanted.push({ key, shape, make: () => this.#bubble(message) });
    }
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { node }] of this.#drawn) {
      if (keys.has(key)) continue;
      node.remove();
      this.#drawn.delete(key);
    }
    let place = this.#log.firstChild;
    for (const { key, shape, make } of wanted) {
      let drawn = this.#drawn.get(key);
      if (!drawn || drawn.shape !== shape) {
        const node = make();
        if (drawn) {
          if (place === drawn.node) place = node;
          drawn.node.replaceWith(node);
        } else grown = true;
        drawn = { node, shape };
        this.#drawn.set(key, drawn);
      }
      if (drawn.node === place) place = place.nextSibling;
      else this.#log.insertBefore(drawn.node, place);
    }
    return grown;
  }

  #bubble(message) {
    if (message.author === "system") return element("li", { class: "hc-event" }, message.text);
    const who = message.author === "customer" ? "Customer" : message.author === "bot" ? "Assistant" : message.name ?? "Agent";
    return element("li", { class: `hc-message from-${message.author} ${message.delivery ?? ""}` },
      element("p", { class: "hc-who" }, `${who} · ${clockTime(message.created_at)}`),
      element("div", { class: "hc-bubble", dir: "auto" }, ...content(message)),
      this.#delivery(message));
  }

  #delivery(message) {
    if (message.delivery === "failed") {
      const act = (name, label) => element("button", {
        type: "button", class: "hc-link", on: { click: () => this.#tell(name, message.client_id) },
      }, label);
      return element("p", { class: "hc-delivery failed", role: "alert" },
        `Not sent. ${message.error?.message ?? ""} `, act("retry", "Try again"), " · ", act("discard", "Delete"));
    }
    if (message.author !== "agent" || !message.mine) return null;
    return element("p", { class: "hc-delivery" }, message.delivery === "waiting" ? "Sending…" : "Sent");
  }

  #drawSuggestions(replies) {
    const shape = JSON.stringify(replies);
    if (this.#suggestions.dataset.shape === shape) return;
    this.#suggestions.dataset.shape = shape;
    this.#suggestions.replaceChildren(...replies.map((reply) => element("button", {
      type: "button", class: "hc-chip-button", title: reply.text, on: { click: () => this.insert(reply.text) },
    }, reply.title)));
    this.#suggestions.hidden = !replies.length;
  }
}

function divider() {
  return element("li", { class: "hc-divider", role: "separator" }, element("span", {}, "New question"));
}

function content({ author, text, payload = {} }) {
  // Only the bot's articles may carry the few marks of docs/frames.md; what people wrote is text.
  const parts = author === "bot" ? PARTS.filter((part) => payload.parts?.[part]) : [];
  const body = parts.length
    ? parts.map((part) => element("div", { class: "hc-part" }, renderMarkdown(payload.parts[part])))
    : [element("div", { class: "hc-text" }, renderText(text))];
  if (payload.source?.url?.startsWith("/help/")) {
    body.push(element("p", { class: "hc-source" }, icon("page"),
      element("a", { href: payload.source.url, target: "_blank", rel: "noopener" }, payload.source.title)));
  }
  if (payload.buttons?.length) {
    body.push(element("ul", { class: "hc-choices", "aria-label": "Offered choices" },
      ...payload.buttons.map((button) => element("li", {}, button.title))));
  }
  return body;
}

customElements.define("handrail-chat", Chat);
