// The list on the left: the agent's own chats first, then who waits.
import { element } from "/widget/dom.js";
import { priorityBadge } from "./card.js";
import { tick } from "./format.js";

class Queue extends HTMLElement {
  #mine = element("ul", { class: "hc-lines", "aria-label": "Your chats" });
  #waiting = element("ul", { class: "hc-lines", "aria-label": "Waiting customers" });
  #mineHead = element("h2", {}, "Your chats");
  #waitingHead = element("h2", {}, "Waiting");

  connectedCallback() {
    if (!this.firstChild) this.append(this.#mineHead, this.#mine, this.#waitingHead, this.#waiting);
  }

  /** Draw GET /api/queue; `unread(id)` counts what came while another chat was open. */
  show({ mine, waiting }, selected, unread) {
    const focused = document.activeElement?.dataset?.conversation;
    this.#mineHead.hidden = this.#mine.hidden = !mine.length;
    this.#waitingHead.textContent = waiting.length ? `Waiting (${waiting.length})` : "Waiting";
    this.#mine.replaceChildren(...mine.map((entry) => this.#line(entry, selected, unread(entry.conversation))));
    const empty = element("li", { class: "hc-empty" },
      element("strong", {}, "Nobody is waiting."),
      element("span", {}, mine.length
        ? "New customers appear here and the tab's title tells you."
        : "Keep this page open: it shows customers that you are here. New ones appear by themselves."));
    this.#waiting.replaceChildren(...(waiting.length ? waiting.map((entry) => this.#line(entry, selected, 0)) : [empty]));
    if (focused) this.querySelector(`[data-conversation="${CSS.escape(focused)}"]`)?.focus();
    tick(this);
  }

  #line(entry, selected, unread) {
    const { conversation, owner } = entry;
    const select = () => this.dispatchEvent(new CustomEvent("select-chat", { detail: conversation, bubbles: true }));
    return element("li", {}, element("button", {
      type: "button", class: `hc-line p-${entry.priority}`, "data-conversation": conversation,
      "aria-current": conversation === selected ? "true" : null, on: { click: select },
    },
      element("span", { class: "hc-line-top" },
        element("strong", {}, entry.customer || "Visitor"),
        unread ? element("span", { class: "hc-unread" }, `${unread} new`) : null,
        owner === "queued" && element("span", { class: "hc-since" }, element("span", { class: "sr" }, "waiting "), element("span", { "data-since": entry.queued_at }))),
      element("span", { class: "hc-line-ask" }, entry.first_ask ? `“${entry.first_ask}”` : "Nothing written yet"),
      element("span", { class: "hc-line-why" }, priorityBadge(entry.priority), element("span", {}, entry.reason_words),
        !entry.answered && entry.due_at && element("span", { class: "hc-due", "data-due": entry.due_at }),
        entry.excluded && element("span", { class: "quiet" }, "asked for somebody else than you"))));
  }
}

customElements.define("handrail-queue", Queue);
