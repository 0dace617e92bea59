// The chat as a file, or by e-mail.
import { element, icon, setText } from "./dom.js";

const SAVED_WITHIN = 20_000;
const FORMATS = { text: "txt", html: "html" };

export class SaveView {
  /** context: {wording, server, token(), close()} */
  constructor(context) {
    const { wording } = context;
    this.context = context;
    this.title = element("h3", { tabindex: "-1" }, wording.transcript);
    this.status = element("p", { class: "small", role: "status" });
    this.mail = element("input", { class: "field", type: "email", autocomplete: "email", maxlength: "254", dir: "ltr",
      placeholder: wording.transcriptMail, "aria-label": wording.transcriptMail });
    const submit = (event) => {
      event.preventDefault();
      this.#send();
    };
    const back = element("button", { type: "button", class: "tool back", "aria-label": wording.helpClose, title: wording.helpClose,
      on: { click: () => context.close() } }, icon("down"));
    const download = (format, label) =>
      element("button", { type: "button", class: "button", on: { click: () => this.#download(format) } }, label);
    this.element = element("div", { class: "help", role: "region", "aria-label": wording.transcript },
      element("div", { class: "asking" }, back, this.title),
      element("p", {}, wording.transcriptNote),
      element("div", { class: "actions" }, download("html", wording.transcriptPage), download("text", wording.transcriptText)),
      element("form", { class: "mailing", novalidate: true, on: { submit } }, element("p", {}, wording.transcriptSend),
        element("div", { class: "line" }, this.mail, element("button", { type: "submit", class: "button" }, wording.send))),
      this.status);
  }

  open() {
    setText(this.status, "");
    this.title.focus({ preventScroll: true });
  }

  back() { return false; }

  async #download(format) {
    const { wording } = this.context;
    const day = new Date().toLocaleDateString("sv"); // 2026-11-23
    const language = wording.language;
    try {
      const response = await this.#call(`?${new URLSearchParams({ format, language })}`);
      const address = URL.createObjectURL(await response.blob());
      const link = element("a", { href: address, download: `chat-${day}.${FORMATS[format]}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      this.#tell(wording.transcriptSaved);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #send() {
    const { wording } = this.context;
    const email = this.mail.value.trim();
    const right = email !== "" && this.mail.validity.valid;
    this.mail.setAttribute("aria-invalid", String(!right));
    if (!right) {
      this.#tell(wording.mailWrong);
      this.mail.focus();
      return;
    }
    try {
      const body = JSON.stringify({ email, language: wording.language });
      await this.#call("", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      this.#tell(wording.say("transcriptSent", { mail: email }));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail({ code }) {
    const { wording } = this.context;
    const words = { mail_off: wording.transcriptMailOff, too_many_transcripts: wording.transcriptEnough,
      too_many_requests: wording.helpBusy, nothing_to_save: wording.transcriptEmpty, invalid: wording.mailWrong };
    this.#tell(words[code] ?? wording.transcriptFailed);
  }

  /** On a phone it would stand below the keyboard. */
  #tell(words) {
    setText(this.status, words);
    this.status.scrollIntoView({ block: "nearest" });
  }

  async #call(query, { headers = {}, ...options } = {}) {
    const token = await this.context.token();
    const response = await fetch(`${this.context.server}/api/chat/transcript${query}`, {
      ...options, headers: { ...headers, Authorization: `Bearer ${token}` }, credentials: "omit",
      signal: AbortSignal.timeout(SAVED_WITHIN),
    });
    if (response.ok) return response;
    const answer = await response.json().catch(() => null);
    throw Object.assign(new Error(`refused: ${response.status}`), { code: answer?.error?.code ?? "" });
  }
}
