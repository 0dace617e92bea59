// What stands between header and messages when something needs saying: the connection, the queue, nobody
// there, the assistant down.
import { element, setText } from "./dom.js";
import { sayPeople } from "./people.js";

// A reload or a change of cell reconnects within this time; that is nobody's business.
const LOST_SHOWN_AFTER = 2500;

export class Notices {
  #lostTimer = null;
  #lost = false;

  /** actions: {onPerson, onCancel, onReconnect, onMail(mail), onMailSkip(episode), mailSkipped(episode), onChange()} */
  constructor(wording, actions) {
    this.wording = wording;
    this.actions = actions;
    this.lost = notice("warn", element("p", {}, wording.lost), row(textLink(wording.reconnect, actions.onReconnect)));
    this.refused = notice("warn", element("p", {}, wording.refused));
    this.restarted = notice("", element("p", {}, wording.restarted));
    this.linkOver = notice("", element("p", {}, wording.linkOver));
    this.down = notice("warn", element("p", {}, wording.botDown), row(textLink(wording.person, actions.onPerson)));
    this.hours = element("p");
    this.stay = element("p", { class: "small" }, wording.stayNote);
    this.queue = notice("", this.hours, this.stay, row(textLink(wording.cancelWait, actions.onCancel)));
    this.nobody = this.#nobody();
    this.element = element("div", { role: "status" },
      this.refused, this.lost, this.restarted, this.linkOver, this.down, this.nobody, this.queue);
  }

  update(store) {
    const { state, known } = store;
    this.#watchConnection(store);
    this.lost.hidden = !this.#lost;
    this.refused.hidden = store.status !== "refused" || store.consent !== null;
    this.restarted.hidden = !store.restarted || store.lastSeq > 0;
    this.linkOver.hidden = !store.linkOver;
    this.down.hidden = !known || state.bot !== "down" || state.owner !== "bot";
    this.queue.hidden = state.owner !== "queued";
    this.hours.hidden = !state.online || !state.people;
    // How long it takes stands in the header.
    setText(this.hours, sayPeople(this.wording, state.people && { ...state.people, wait_seconds: null }));
    this.stay.hidden = !state.online; // the notice above says it, with the e-mail
    this.nobody.hidden = state.owner !== "queued" || state.online;
    const { promised_at: promised, opens_at: opens } = state;
    // Within the hours nobody knows who comes when; then there is only the time that was promised.
    setText(this.nobodyText, this.#nobodyWords(promised, opens));
    this.episode = state.episode;
    this.form.hidden = Boolean(store.mailSaved) || state.mail !== "ask" || this.actions.mailSkipped(state.episode);
    this.saved.hidden = !store.mailSaved;
    if (store.mailSaved) setText(this.saved, this.wording.say("mailSaved", { mail: store.mailSaved }));
  }

  #nobodyWords(promised, opens) {
    const { wording } = this;
    if (opens) return wording.say("nobodyUntil", { when: wording.when(opens) });
    return promised ? wording.say("promised", { when: wording.when(promised) }) : wording.nobody;
  }

  #watchConnection({ status }) {
    const trouble = status === "waiting" || status === "connecting";
    if (!trouble) {
      clearTimeout(this.#lostTimer);
      this.#lostTimer = null;
      this.#lost = false;
    } else {
      this.#lostTimer ??= setTimeout(() => {
        this.#lost = true;
        this.actions.onChange();
      }, LOST_SHOWN_AFTER);
    }
  }

  #nobody() {
    const { wording } = this;
    this.nobodyText = element("p");
    this.mail = element("input", { class: "field", type: "email", autocomplete: "email", maxlength: "320",
      placeholder: wording.mail, "aria-label": wording.mail, "aria-describedby": "mail-wrong" });
    this.mailWrong = element("p", { class: "wrong", id: "mail-wrong", role: "alert", hidden: true });
    const submit = (event) => {
      event.preventDefault();
      this.#saveMail();
    };
    this.form = element("form", { novalidate: true, on: { submit } },
      element("p", { class: "small" }, wording.leaveMail),
      element("div", { class: "line" }, this.mail, element("button", { class: "button", type: "submit" }, wording.save)),
      this.mailWrong);
    this.form.append(row(textLink(wording.mailSkip, () => this.actions.onMailSkip(this.episode))));
    this.saved = element("p", { hidden: true, dir: "auto" });
    return notice("", this.nobodyText, this.form, this.saved);
  }

  #saveMail() {
    const mail = this.mail.value.trim();
    const right = mail !== "" && this.mail.validity.valid;
    this.mail.setAttribute("aria-invalid", String(!right));
    this.mailWrong.hidden = right;
    setText(this.mailWrong, right ? "" : this.wording.mailWrong);
    if (right) this.actions.onMail(mail);
    else this.mail.focus();
  }
}

function notice(kind, ...children) {
  return element("div", { class: `notice ${kind}`.trim(), hidden: true }, ...children);
}

function row(...children) {
  return element("div", { class: "actions" }, ...children);
}

function textLink(label, click) {
  return element("button", { type: "button", class: "textlink", on: { click } }, label);
}
