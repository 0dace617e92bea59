// <handrail-chat>: one chat, live, with its buttons and the reply box. It draws; the console holds the connection.
import { attaching, bring } from "/widget/bring.js";
import { element, icon, setText } from "/widget/dom.js";
import { drawActions } from "./actions.js";
import { Log } from "./log.js";

const WRITES_FOR = 4000; // ms after the last key: then colleagues are not told any more that one types

let count = 0;

class Chat extends HTMLElement {
  #log = new Log((name, detail) => this.#tell(name, detail));
  #number = ++count;
  heading = element("h2", { class: "hc-title", tabindex: "-1", id: `hc-title-${this.#number}` });
  #state = element("p", { class: "hc-state", role: "status" });
  #actions = element("div", { class: "hc-toolbar", role: "group", "aria-label": "What to do with this chat" });
  #others = element("p", { class: "hc-others", role: "status", hidden: true });
  #problem = element("div", { class: "hc-problem", role: "alert", hidden: true });
  #typing = element("p", { class: "hc-typing", role: "status" });
  #preview = element("p", { class: "hc-preview", dir: "auto", hidden: true });
  #suggestions = element("div", { class: "hc-suggestions", role: "group", "aria-label": "Suggested replies" });
  box = element("textarea", { rows: "1", maxlength: "2000", placeholder: "Write a reply", "aria-label": "Reply to the customer" });
  #composer = element("form", { class: "hc-composer", on: { submit: (event) => this.#submit(event) } },
    this.#suggestions,
    element("div", { class: "hc-box" }, ...attaching("Attach a picture, PDF or text", "hc-attach", (files) => this.#send(files)), this.box,
      element("button", { type: "submit", class: "hc-send", "aria-label": "Send" }, icon("send"))));
  #writes = null;
  conversation = null;

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", this.heading.id);
    this.append(
      element("header", { class: "hc-chat-head" }, element("div", {}, this.heading, this.#state), this.#actions),
      this.#others, this.#problem, this.#log.element, this.#log.more, this.#typing, this.#preview, this.#composer);
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => {
      this.#fit();
      this.#tell("draft", this.box.value);
      if (this.box.value.trim()) this.#writing();
      else this.#stopWriting();
    });
    bring(this, () => this.writable, (files) => this.#send(files));
    for (const kind of ["focusin", "pointerdown"]) this.addEventListener(kind, () => this.#tell("focus"));
  }

  /**
   * `messages`: frames in order, unsent ones with `delivery`; `mine`: may we write; `removes`: may we take files away; `replies`: [{title, text}];
   * `customerTypes`, `previewed`: what they type; `seen`: how far they have read; `others`: [{name, types}];
   * `draft`: what was being written here before; `title`, `words`: who and how it stands; `acts`: the buttons;
   * `settled`: the history is here.
   */
  show({ conversation, messages, mine, removes, replies, customerTypes, previewed, seen, others, draft, title, words, acts, settled }) {
    const other = conversation !== this.conversation;
    if (other) {
      this.#stopWriting();
      this.conversation = conversation;
      this.#log.clear();
      this.complain("");
      this.box.value = draft;
      this.#fit();
    }
    setText(this.heading, title);
    setText(this.#state, words);
    drawActions(this.#actions, acts);
    this.#log.element.classList.toggle("removes", removes);
    const { grown, moved } = this.#log.draw(messages, seen);
    if (settled) this.#log.settle();
    if (this.#composer.hidden === mine) {
      this.#composer.hidden = !mine;
      this.#fit();
    }
    this.#drawSuggestions(mine ? replies : []);
    setText(this.#typing, customerTypes ? "The customer is typing…" : "");
    this.#preview.hidden = !previewed;
    setText(this.#preview, previewed);
    this.#drawOthers(others);
    // Only then: to scroll is to lay out the page, and the queue draws several times a second.
    if (moved && this.#log.stuck) this.#log.toEnd();
    else if (grown) this.#log.more.hidden = false;
  }

  focusReply() { if (this.writable) this.box.focus(); }

  focusTitle() { this.heading.focus(); }

  get writable() { return !this.#composer.hidden; }

  /** Say what did not work; an empty text takes it away. */
  complain(message) {
    setText(this.#problem, message);
    this.#problem.hidden = !message;
  }

  /** Put text into the reply box, for the agent to read and send. */
  insert(text) {
    if (!this.writable) return;
    const before = this.box.value.trimEnd();
    this.box.value = before ? `${before}\n${text}` : text;
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.box.focus();
  }

  insertSuggestion(index) { this.#suggestions.children[index]?.click(); }

  #send(files) {
    if (files.length) this.#tell("files", files);
    this.box.focus();
    this.#log.toEnd();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`chat-${name}`, { detail: { conversation: this.conversation, what: detail }, bubbles: true }));
  }

  #writing() {
    if (!this.#writes) this.#tell("writes", true);
    clearTimeout(this.#writes);
    this.#writes = setTimeout(() => this.#stopWriting(), WRITES_FOR);
    this.#tell("typing");
  }

  #stopWriting() {
    if (!this.#writes) return;
    clearTimeout(this.#writes);
    this.#writes = null;
    this.#tell("writes", false);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.#fit();
    this.#stopWriting();
    this.#tell("draft", "");
    this.#tell("send", text);
    this.#log.toEnd();
  }

  #key(event) {
    if (event.defaultPrevented) return; // the picker of replies took it
    if (event.key === "Escape") this.#log.element.focus();
    // isComposing: Enter that picks a word of an input method is not "send".
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  #fit() {
    this.box.style.height = "auto";
    // Hidden boxes have no height to measure; "auto" is one line.
    if (this.box.scrollHeight) this.box.style.height = `${Math.min(this.box.scrollHeight + 2, 180)}px`;
  }

  #drawOthers(others) {
    const types = others.filter((one) => one.types).map((one) => one.name);
    const opens = others.filter((one) => !one.types).map((one) => one.name);
    const words = [];
    if (types.length) words.push(`${types.join(" and ")} ${types.length > 1 ? "are" : "is"} typing here, too.`);
    if (opens.length) words.push(`${opens.join(" and ")} ${opens.length > 1 ? "have" : "has"} this chat open.`);
    setText(this.#others, words.join(" "));
    this.#others.hidden = !words.length;
    this.#others.classList.toggle("collides", types.length > 0);
  }

  #drawSuggestions(replies) {
    const shape = JSON.stringify(replies);
    if (this.#suggestions.dataset.shape === shape) return;
    this.#suggestions.dataset.shape = shape;
    this.#suggestions.replaceChildren(...replies.map((reply, index) => element("button", {
      type: "button", class: "hc-chip-button", title: reply.text, "aria-keyshortcuts": index < 9 ? String(index + 1) : null,
      on: { click: () => this.insert(reply.text) },
    }, reply.title)));
    this.#suggestions.hidden = !replies.length;
  }
}

customElements.define("handrail-chat", Chat);
