// Who owns the chat, the menu, and the way out (service practice P9: the customer always knows).
import { element, icon, setText } from "./dom.js";

export class Header {
  /** actions: {onPerson, onSomeoneElse, onCancel, onClose, sound}, and onHelp and onSave where the house wants them */
  constructor(wording, house, { onPerson, onSomeoneElse, onCancel, onClose, onHelp, onSave, sound }) {
    this.wording = wording;
    this.house = house;
    this.face = element("div", { class: "face", "aria-hidden": "true" });
    this.title = element("h2", { dir: "auto" });
    this.note = element("p", { dir: "auto" });
    this.person = this.#item("person", wording.person, onPerson);
    this.someoneElse = this.#item("person", wording.someoneElse, onSomeoneElse);
    this.cancel = this.#item("leave", wording.cancelWait, onCancel);
    this.save = onSave ? this.#item("save", wording.transcript, onSave) : null;
    this.heard = this.#item("sound", wording.sound, () => {
      sound.on = !sound.on;
      this.#drawSound(sound);
    });
    this.heard.setAttribute("role", "switch");
    this.#drawSound(sound);
    this.menu = element("div", { class: "menu", id: "menu", hidden: true },
      this.person, this.someoneElse, this.cancel, this.save, this.heard);
    this.more = this.#tool("more", wording.menu, () => this.toggle());
    this.more.setAttribute("aria-controls", "menu");
    this.more.setAttribute("aria-expanded", "false");
    this.help = onHelp ? this.#tool("search", wording.help, onHelp) : null;
    this.element = element("div", { class: "head", on: { focusout: (event) => this.#onFocusOut(event) } },
      this.face,
      element("div", { class: "owner", role: "status" }, this.title, this.note),
      this.help, this.more, this.menu, this.#tool("down", wording.closeChat, onClose));
  }

  update(store) {
    const { state, status, known } = store;
    const [name, note] = this.#words(state);
    setText(this.title, name);
    setText(this.note, !known && !["online", "idle"].includes(status) ? this.wording.connecting : note);
    this.face.className = `face ${state.owner}`;
    const face = state.owner === "agent" ? initials(state.agent || "") : "";
    if (this.shown !== state.owner + face) {
      this.shown = state.owner + face;
      this.face.replaceChildren(face || icon({ queued: "clock", closed: "check" }[state.owner] ?? "chat"));
    }
    this.person.hidden = state.owner === "queued" || state.owner === "agent";
    this.someoneElse.hidden = state.owner !== "agent";
    this.cancel.hidden = state.owner !== "queued";
    if (this.save) this.save.hidden = !store.lastSeq;
    this.more.hidden = [...this.menu.children].every((item) => item.hidden);
    if (this.more.hidden) this.toggle(false);
  }

  /** Open or close the menu; the first entry gets the focus when it opens. */
  toggle(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.menu.querySelector("button:not([hidden])")?.focus();
  }

  #drawSound({ on }) {
    this.heard.setAttribute("aria-checked", String(on));
    this.heard.replaceChildren(icon(on ? "sound" : "mute"), this.wording.sound, on ? icon("check") : "");
  }

  /** Escape closes the menu first; true when there was one to close. */
  escape() {
    if (this.menu.hidden) return false;
    this.toggle(false);
    this.more.focus();
    return true;
  }

  #words(state) {
    const { wording } = this;
    switch (state.owner) {
      case "queued":
        return [wording.waiting, state.online
          ? this.#wait(state)
          : state.opens_at ? wording.say("waitingUntil", { when: wording.when(state.opens_at) }) : wording.waitingNobody];
      case "agent":
        return [wording.agent(state.agent, this.house), wording.agentNote];
      case "closed":
        return [wording.closed, wording.closedNote];
      default:
        return [wording.assistant, state.bot === "down" ? wording.assistantAway : wording.assistantNote];
    }
  }

  #wait({ position, wait_seconds: wait, wait_low_seconds: low, wait_high_seconds: high }) {
    const { wording } = this;
    const place = position ? wording.say("waitingPlace", { position }) : wording.waitingQueue;
    return wait === null ? place : wording.say("waitingBoth", { place, wait: wording.wait(wait, low, high) });
  }

  #item(iconName, label, call) {
    const click = () => {
      this.toggle(false);
      this.more.focus();
      call();
    };
    return element("button", { type: "button", on: { click } }, icon(iconName), label);
  }

  #tool(iconName, label, click) {
    return element("button", { type: "button", class: "tool", "aria-label": label, title: label,
      "data-icon": iconName, on: { click } }, icon(iconName));
  }

  #onFocusOut({ relatedTarget }) {
    if (relatedTarget && !this.menu.contains(relatedTarget) && relatedTarget !== this.more) this.toggle(false);
  }
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "");
  return letters.join("").toUpperCase();
}
