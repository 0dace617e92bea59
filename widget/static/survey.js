// One question on a scale after a chat: how easy it was (1 to 7), or whether they would recommend us (0 to 10).
import { element, setText } from "./dom.js";

const SCALES = { ces: [1, 7], nps: [0, 10] };

export class Survey {
  #score = null;

  /** actions: {onSurvey({episode, kind, score?, comment?, skip?})} */
  constructor({ kind, episode, wording }, { onSurvey }) {
    const [least, most] = SCALES[kind];
    this.key = `${episode}:${kind}`;
    const ends = { [least]: wording[`${kind}Low`], [most]: wording[`${kind}High`] };
    const point = (score) => {
      const label = wording.say(ends[score] ? "scoreAt" : "scoreOf", { score, most, label: ends[score] });
      const change = () => this.#choose(score);
      return element("label", {}, element("input", { type: "radio", name: "score", "aria-label": label, on: { change } }),
        element("span", { "aria-hidden": "true" }, wording.number(score)));
    };
    const points = Array.from({ length: most - least + 1 }, (_, index) => point(least + index));
    this.comment = element("textarea", { class: "field", rows: "2", dir: "auto", maxlength: "1000", hidden: true,
      placeholder: wording.comment, "aria-label": wording.comment });
    this.submit = element("button", { type: "submit", class: "button primary", disabled: true }, wording.send);
    const end = (said, thanks) => {
      onSurvey({ episode, kind, ...said });
      this.done = true;
      this.form.hidden = true;
      this.thanks.hidden = false;
      setText(this.thanks, thanks);
      this.thanks.focus();
    };
    const submit = (event) => {
      event.preventDefault();
      const comment = this.comment.value.trim();
      if (this.#score !== null) end({ score: this.#score, ...(comment && { comment }) }, wording.thumbThanks);
    };
    const skip = () => end({ skip: true }, wording.thumbThanks);
    this.form = element("form", { class: "rating", on: { submit } },
      element("p", { class: "question", id: "question", role: "status" }, wording[kind]),
      element("div", { role: "radiogroup", "aria-labelledby": "question", class: `scale ${kind}` }, ...points),
      element("p", { class: "ends", "aria-hidden": "true" }, element("span", {}, ends[least]), element("span", {}, ends[most])),
      this.comment,
      element("div", { class: "actions" }, this.submit, element("button", { type: "button", class: "button", on: { click: skip } }, wording.skip)));
    this.thanks = element("p", { class: "day", role: "status", tabindex: "-1", hidden: true });
    this.element = element("div", {}, this.form, this.thanks);
  }

  #choose(score) {
    this.#score = score;
    this.comment.hidden = false;
    this.submit.disabled = false;
  }
}
