// One question at the end of an episode: one to five stars, a comment if they like, or skip.
import { element, icon, setText } from "./dom.js";

export class Rating {
  #asked = null; // the episode on screen
  #answered = null; // the episode that was rated or skipped here
  #score = 0;
  #length = 0; // messages at the last update

  /** actions: {onRate({episode, score, comment}), onSkip()} */
  constructor(wording, actions) {
    this.wording = wording;
    this.actions = actions;
    this.label = element("p", { "aria-hidden": "true" });
    this.stars = [1, 2, 3, 4, 5].map((score) => this.#star(score));
    this.comment = element("textarea", { class: "field", rows: "2", dir: "auto", maxlength: "1000",
      placeholder: wording.comment, "aria-label": wording.comment });
    this.submit = element("button", { type: "submit", class: "button primary", disabled: true }, wording.rateSend);
    this.more = element("div", { hidden: true }, this.comment);
    const click = () => this.#skip();
    const skip = element("button", { type: "button", class: "button", on: { click } }, wording.skip);
    const submit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.form = element("form", { class: "rating", hidden: true, on: { submit } },
      element("fieldset", {}, element("legend", {}, wording.rate),
        element("div", { class: "stars" }, ...this.stars), this.label),
      this.more, element("div", { class: "actions" }, this.submit, skip));
    this.thanks = element("p", { class: "day", role: "status", tabindex: "-1", hidden: true });
    this.element = element("div", {}, this.form, this.thanks);
  }

  /** skipped(episode) says whether this episode's question was put aside before. */
  update(store, skipped) {
    const { state } = store;
    const episode = state.rateable;
    const ask = state.survey === "csat" && episode !== null && !state.rated && episode !== this.#answered && !skipped(episode);
    if (ask && episode !== this.#asked) this.#reset(episode);
    this.form.hidden = !ask;
    // The thanks give way to whatever comes after them.
    if (ask || store.messages().length !== this.#length) this.thanks.hidden = true;
    this.#length = store.messages().length;
  }

  #reset(episode) {
    this.#asked = episode;
    this.form.reset();
    this.#choose(0);
  }

  #star(score) {
    const label = this.wording[`star${score}`];
    const input = element("input", { type: "radio", name: "score", value: String(score),
      "aria-label": this.wording.say("star", { score, label }), on: { change: () => this.#choose(score) } });
    return element("label", { title: label }, input, icon("star"));
  }

  #choose(score) {
    this.#score = score;
    this.stars.forEach((star, index) => star.classList.toggle("on", index < score));
    setText(this.label, score ? this.wording[`star${score}`] : "");
    this.more.hidden = !score;
    this.submit.disabled = !score;
  }

  #send() {
    if (!this.#score) return;
    const comment = this.comment.value.trim();
    this.#answered = this.#asked;
    this.actions.onRate({ episode: this.#asked, score: this.#score, ...(comment && { comment }) });
    setText(this.thanks, this.wording.rated);
    this.thanks.hidden = false;
    this.form.hidden = true;
    this.thanks.focus();
  }

  #skip() {
    this.#answered = this.#asked;
    this.form.hidden = true;
    this.actions.onSkip(this.#asked);
  }
}
