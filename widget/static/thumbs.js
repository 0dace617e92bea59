// Up or down under an answer from an article. The last word counts; a thumb down may say in one sentence why.
import { element, icon, setAttribute, setText } from "./dom.js";

export class Thumbs {
  #told; // undefined: nothing said yet

  /** onThumb({seq, up, comment?}) */
  constructor({ seq }, wording, onThumb) {
    this.wording = wording;
    this.say = (up, comment) => onThumb({ seq, up, ...(comment && { comment }) });
    const thumb = (up, label) => element("button", { type: "button", class: up ? "thumb" : "thumb down", "aria-label": label, title: label,
      "aria-pressed": "false", on: { click: () => this.#told !== up && this.say(up) } }, icon("thumb"));
    this.up = thumb(true, wording.thumbUp);
    this.down = thumb(false, wording.thumbDown);
    this.thanks = element("span", { role: "status", tabindex: "-1" });
    this.element = element("div", { class: "thumbs" },
      element("div", { role: "group", "aria-label": wording.helped }, this.up, this.down, this.thanks));
  }

  /** up: true, false, or undefined where nothing was said; fresh: it was said here and now. */
  update(up, fresh) {
    if (up === this.#told) return;
    this.#told = up;
    setAttribute(this.up, "aria-pressed", String(up === true));
    setAttribute(this.down, "aria-pressed", String(up === false));
    this.form?.remove();
    if (up === false && fresh) this.element.append(this.form = this.#why());
    if (fresh) setText(this.thanks, this.wording.thumbThanks);
  }

  #why() {
    const { thumbWhy, send } = this.wording;
    const why = element("input", { class: "field", maxlength: "300", dir: "auto", autocomplete: "off", placeholder: thumbWhy, "aria-label": thumbWhy });
    const submit = (event) => {
      event.preventDefault();
      const comment = why.value.trim();
      if (!comment) return;
      this.form.remove();
      this.say(false, comment);
      this.thanks.focus();
    };
    return element("form", { class: "line", on: { submit } }, why, element("button", { type: "submit", class: "button" }, send));
  }
}
