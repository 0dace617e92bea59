// The messages of one chat, drawn as they come; what stands already is left alone.
import { element, icon } from "/widget/dom.js";
import { renderMarkdown, renderText } from "/widget/markdown.js";
import { drawFile } from "./files.js";
import { clockTime, dayKey, dayWords } from "./format.js";

const PARTS = ["context", "action", "outcome"];
const NEAR_THE_END = 80; // px: who reads further up is not pulled down

export class Log {
  #drawn = new Map(); // key -> {node, shape}
  #tell;
  #stuck = true;
  element = element("div", { class: "hc-log", role: "log", "aria-label": "Conversation", tabindex: "0" });
  more = element("button", { type: "button", class: "hc-more", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), "New messages");

  /** `tell(name, detail)`: "retry" and "discard" with a client_id, "remove" with a file. */
  constructor(tell) {
    this.#tell = tell;
    this.element.addEventListener("scroll", () => {
      if (!this.element.clientHeight) return; // hidden
      this.#stuck = this.atEnd;
      if (this.#stuck) this.more.hidden = true;
    });
    // Shown again, or made smaller by a phone's keyboard: whoever read the end still does.
    new ResizeObserver(() => { if (this.#stuck) this.toEnd(); }).observe(this.element);
  }

  get stuck() { return this.#stuck; }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.#stuck = true;
    this.more.hidden = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  clear() {
    this.#drawn.clear();
    this.element.setAttribute("aria-busy", "true");
    this.element.replaceChildren();
    this.#stuck = true;
    this.more.hidden = true;
  }

  /** The history stands: from now on what comes is spoken. */
  settle() {
    if (this.element.getAttribute("aria-busy") === "true") setTimeout(() => this.element.setAttribute("aria-busy", "false"));
  }

  /** Draw what changed; gives {grown: a message came, moved: that, or one has another height}. `seen`: how far the customer has read, {seq, at}. */
  draw(messages, seen) {
    let grown = false;
    let moved = false;
    const wanted = this.#wanted(messages, seen);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { node }] of this.#drawn) {
      if (keys.has(key)) continue;
      node.remove();
      this.#drawn.delete(key);
    }
    let place = this.element.firstChild;
    for (const { key, shape, make } of wanted) {
      let drawn = this.#drawn.get(key);
      if (!drawn || drawn.shape !== shape) {
        const node = make();
        if (drawn) {
          if (place === drawn.node) place = node;
          drawn.node.replaceWith(node);
        } else grown = true;
        moved = true;
        drawn = { node, shape };
        this.#drawn.set(key, drawn);
      }
      if (drawn.node === place) place = place.nextSibling;
      else this.element.insertBefore(drawn.node, place);
    }
    return { grown, moved };
  }

  /** What the log should hold: messages, and lines between days and between questions. */
  #wanted(messages, seen) {
    const wanted = [];
    let episode = null;
    let day = null;
    const lastSeen = seen ? messages.findLast((one) => one.mine && one.seq && one.seq <= seen.seq)?.seq : null;
    for (const message of messages) {
      const today = dayKey(message.created_at);
      if (today !== day) {
        const words = dayWords(message.created_at);
        wanted.push({ key: `day-${today}`, shape: words, make: () => divider(words) });
        day = today;
      }
      if (message.episode && episode !== null && message.episode !== episode) {
        wanted.push({ key: `episode-${message.episode}`, shape: "", make: () => divider("New question") });
      }
      episode = message.episode ?? episode;
      const seenAt = message.seq && message.seq === lastSeen ? seen.at : "";
      const shape = `${message.seq ?? ""}|${message.delivery ?? ""}|${seenAt}|${Boolean(message.upload?.preview)}|${Boolean(message.payload?.file?.gone)}`;
      wanted.push({ key: message.client_id ?? `seq-${message.seq}`, shape, make: () => this.#bubble(message, seenAt) });
    }
    return wanted;
  }

  #bubble(message, seenAt) {
    if (message.author === "system") return element("div", { class: "hc-event" }, `${message.text} `, time(message.created_at));
    const who = message.author === "customer" ? "Customer" : message.author === "bot" ? "Assistant" : message.name ?? "Agent";
    return element("div", { class: `hc-message from-${message.author} ${message.delivery ?? ""} ${message.payload?.file ? "has-file" : ""}` },
      element("p", { class: "hc-who" }, `${who} · `, time(message.created_at)),
      element("div", { class: "hc-bubble", dir: "auto" }, ...content(message)),
      this.#removal(message),
      this.#delivery(message, seenAt));
  }

  /** A file that somebody should not have sent can be taken away. */
  #removal({ payload, upload }) {
    const file = payload?.file;
    if (!file || upload || file.gone) return null;
    return element("p", { class: "hc-delivery hc-removal" }, element("button", {
      type: "button", class: "hc-link", "aria-label": `Remove ${file.name}`, on: { click: () => this.#tell("remove", file) },
    }, "Remove"));
  }

  #delivery(message, seenAt) {
    if (message.delivery === "failed") {
      const act = (name, label) => element("button", {
        type: "button", class: "hc-link", on: { click: () => this.#tell(name, message.client_id) },
      }, label);
      return element("p", { class: "hc-delivery failed", role: "alert" },
        `Not sent. ${message.error?.message ?? ""} `, message.error?.final ? "" : act("retry", "Try again"),
        message.error?.final ? "" : " · ", act("discard", "Delete"));
    }
    if (message.author !== "agent" || !message.mine) return null;
    const words = message.delivery === "waiting" ? "Sending…" : seenAt ? `Seen ${clockTime(seenAt)}` : "Sent";
    return element("p", { class: "hc-delivery" }, words);
  }
}

const time = (iso) => element("time", { datetime: iso, title: new Date(iso).toLocaleString() }, clockTime(iso));

function divider(words) {
  return element("div", { class: "hc-divider", role: "separator", "aria-label": words }, element("span", {}, words));
}

function content(message) {
  const { author, text, payload = {} } = message;
  if (payload.file) return [drawFile(message)];
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
