// Fields of the builder: each reads and writes one place of the draft, and has room for what is wrong there.
import { element } from "/widget/dom.js";

export const LANGUAGES = { en: "English", es: "Español", de: "Deutsch", fr: "Français", ar: "العربية" };

let count = 0;
const name = () => `b${(count += 1)}`;

/** What stands at a place such as ["form", 0, "label"]; undefined if nothing does. */
export function read(draft, at) {
  return at.reduce((part, key) => part?.[key], draft);
}

/** Put it there; undefined takes the place away. */
export function write(draft, at, value) {
  const last = at.at(-1);
  const part = at.slice(0, -1).reduce((found, key) => (found[key] ??= {}), draft);
  if (value === undefined) delete part[last];
  else part[last] = value;
}

/** A control with its label, a hint, and the place where the server's objection is shown. */
export function row(state, at, label, control, hint) {
  const id = name();
  control.id ||= id;
  const hintId = `${id}-hint`;
  const wrongId = `${id}-wrong`;
  control.setAttribute("aria-describedby", [hint && hintId, wrongId].filter(Boolean).join(" "));
  const wrong = element("p", { class: "wrong", id: wrongId, "data-at": at.join("."), role: "alert" });
  state.controls.set(at.join("."), control);
  const caption = element("label", { for: control.id }, label);
  const toggle = control.type === "checkbox";
  const line = toggle ? element("div", { class: "toggle" }, control, caption) : null;
  return element("div", { class: "row" }, ...(toggle ? [line] : [caption]),
    hint ? element("p", { class: "hint", id: hintId }, hint) : null, toggle ? null : control, wrong);
}

/** A line of text. `empty`: what an empty field means ("" or null, or undefined: the place is taken away). */
export function text(state, at, label, { hint, max, empty = "", type = "text", dir = "auto", placeholder } = {}) {
  const control = element("input", { type, maxlength: max, dir, placeholder, autocomplete: "off", on: {
    input: () => state.set(at, control.value.trim() === "" ? empty : control.value),
  } });
  control.value = read(state.draft, at) ?? "";
  return row(state, at, label, control, hint);
}

export function area(state, at, label, { hint, max, lines = 4, dir = "auto", from = (it) => it ?? "", to = (it) => it, empty } = {}) {
  const control = element("textarea", { maxlength: max, rows: String(lines), dir, on: {
    input: () => state.set(at, control.value.trim() === "" ? empty : to(control.value)),
  } });
  control.value = from(read(state.draft, at));
  return row(state, at, label, control, hint);
}

/** A whole number; what is none counts as the least. */
export function number(state, at, label, { hint, least, most }) {
  const control = element("input", { type: "number", min: String(least), max: String(most), step: "1", inputmode: "numeric", on: {
    input: () => state.set(at, Number.isInteger(control.valueAsNumber) ? control.valueAsNumber : least),
  } });
  control.value = read(state.draft, at) ?? least;
  return row(state, at, label, control, hint);
}

/** options: {value: label} */
export function select(state, at, label, options, { hint, then } = {}) {
  const control = element("select", { on: { change: () => {
    state.set(at, control.value);
    then?.();
  } } }, ...Object.entries(options).map(([value, words]) => element("option", { value }, words)));
  control.value = read(state.draft, at);
  return row(state, at, label, control, hint);
}

export function toggle(state, at, label, { hint, then } = {}) {
  const control = element("input", { type: "checkbox", on: { change: () => {
    if (then) then(control.checked);
    else state.set(at, control.checked);
  } } });
  control.checked = Boolean(read(state.draft, at));
  return row(state, at, label, control, hint);
}

export function button(label, click, attributes = {}) {
  return element("button", { type: "button", class: "plain", ...attributes, on: { click } }, label);
}

/** One of a few, all in sight: radio buttons in a row. options: {value: label} */
export function choice(legend, options, value, onChange) {
  const group = name();
  return element("fieldset", { class: "choice" }, element("legend", {}, legend),
    ...Object.entries(options).map(([key, label]) => {
      const input = element("input", { type: "radio", name: group, value: key, on: { change: () => onChange(key) } });
      input.checked = key === value;
      return element("label", {}, input, element("span", {}, label));
    }));
}

/** Which language the texts below are in; a language without them is marked. */
export function languages(state, isMissing) {
  const options = Object.fromEntries(Object.entries(LANGUAGES).map(([code, label]) =>
    [code, isMissing?.(code) ? `${label} (empty)` : label]));
  return choice("Language of the texts", options, state.language, (code) => state.show({ language: code }));
}
