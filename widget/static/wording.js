// The customer's language: which one it is, its words (words.<language>.js), and dates, waits and plurals by Intl.
// Plain sentences are properties (wording.greeting); those with blanks or plural forms are said:
// wording.say("left", { count: 3 }). A site changes plain sentences by
// `document.querySelector("handrail-widget").wording = { greeting: "Hi there!" }`, or in the builder, per language.
import BUBBLE from "./words.bubble.js";

const RTL = ["ar"];
// Scripts that are written from right to left.
const RTL_LETTERS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * The locale to speak, as a BCP 47 tag of a language that we have: `wanted` (the house's choice, unless "auto"), else
 * the page's language, else the browser's, else English.
 */
export function chooseLocale(wanted, page, browser = navigator.languages ?? []) {
  const fixed = wanted && wanted !== "auto" ? wanted : "";
  const tags = [fixed, page, ...browser].filter((tag) => tag && languageOf(tag));
  const tag = tags[0] ?? "en";
  // "de" alone says nothing of the region: the browser's own "de-AT" does.
  const fuller = tag.includes("-") ? tag : browser.find((one) => one.includes("-") && languageOf(one) === languageOf(tag));
  return fuller ?? (tag === "en" ? "en-GB" : tag);
}

/** The language of a tag, if we have it and the tag is a good one; else "". */
function languageOf(tag) {
  const language = String(tag).toLowerCase().split("-")[0];
  try {
    return Object.hasOwn(BUBBLE, language) && Intl.getCanonicalLocales(tag).length ? language : "";
  } catch {
    return "";
  }
}

/** The bubble's words, at once; `changes` are the site's own sentences. */
export function bubbleWording(locale, changes) {
  return new Wording(locale, BUBBLE[languageOf(locale)], changes);
}

/** All words of this locale's language; rejects when they can't be fetched. */
export async function loadWording(locale, changes) {
  const language = languageOf(locale);
  const { default: words } = await import(`./words.${language}.js`);
  return new Wording(locale, { ...BUBBLE[language], ...words }, changes);
}

class Wording {
  // Made when first needed: at load, with nothing unread, they would be half of all that the widget does.
  #plurals;
  #numbers;

  constructor(locale, words, changes = {}) {
    // Sentences that there are alone: "say" or "time" as a key would take the place of what says them.
    const own = Object.entries(changes).filter(([key, text]) => Object.hasOwn(words, key) && typeof text === "string");
    Object.assign(this, words, Object.fromEntries(own));
    this.locale = locale;
    this.language = languageOf(locale);
    this.dir = RTL.includes(this.language) ? "rtl" : "ltr";
  }

  /** A sentence with its blanks filled; `count` decides the plural form. */
  say(key, values = {}) {
    this.#plurals ??= new Intl.PluralRules(this.locale);
    const form = `${key}_${this.#plurals.select(values.count ?? 0)}`;
    const sentence = this[form] ?? this[`${key}_other`] ?? this[key] ?? "";
    return sentence.replace(/\{(\w+)\}/g, (_, name) => this.#fill(values[name] ?? ""));
  }

  /** An agent as the customer reads them: "Anna from Fernway", or the team when we have no name. */
  agent(name, house) { return house ? this.say("agentOf", { name: name || this.someone, house }) : name || this.someone; }

  number(value) { return (this.#numbers ??= new Intl.NumberFormat(this.locale)).format(value); }

  // A name of the other direction stands apart, so that it does not turn the sentence around.
  #fill(value) {
    if (typeof value === "number") return this.number(value);
    const foreign = (this.dir === "rtl") !== RTL_LETTERS.test(value);
    return foreign && /\p{L}/u.test(value) ? `\u2068${value}\u2069` : value;
  }

  /** A moment in the customer's own zone: "today at 14:00", "Monday at 08:00", "3 March at 08:00"; "" if none. */
  when(iso, now = new Date()) { return this.#moment("at", iso, now); }

  #moment(key, iso, now) {
    const moment = new Date(iso ?? NaN);
    if (Number.isNaN(moment.getTime())) return "";
    const days = daysBetween(now, moment);
    const form = { 0: "today", 1: "tomorrow" }[days] ?? (days > 1 && days < 7 ? "day" : "date");
    const day = this.#date(moment, form === "day" ? { weekday: "long" } : { day: "numeric", month: "long" });
    return this.say(`${key}_${form}`, { day, time: this.time(iso), count: this.#hour(moment) });
  }

  /** What we told the customer ourselves (`payload.lines` of a message); "" where we lack a word of it. */
  lines(lines) {
    if (!Array.isArray(lines) || !lines.every((one) => typeof this[one?.key] === "string")) return "";
    return lines.map(({ key, until, ...blanks }) => this.say(key, { ...blanks, until: until && this.#onDay(until) })).join(" ");
  }

  // With the date: the sentence stays in the chat, where "tomorrow" goes stale.
  #onDay(iso) {
    const moment = new Date(iso);
    const day = this.#date(moment, { weekday: "long", day: "numeric", month: "long" });
    return this.say("at_date", { day, time: this.time(iso), count: this.#hour(moment) });
  }

  // Some languages say another word before one o'clock than before two.
  #hour(moment) {
    const { hour12 } = new Intl.DateTimeFormat(this.locale, { hour: "numeric" }).resolvedOptions();
    return hour12 ? moment.getHours() % 12 || 12 : moment.getHours();
  }

  time(iso) {
    const moment = new Date(iso);
    if (Number.isNaN(moment.getTime())) return "";
    return moment.toLocaleTimeString(this.locale, { hour: "2-digit", minute: "2-digit" });
  }

  /** The name of a message's day, for the separators of the log. */
  day(iso, now = new Date()) {
    const moment = new Date(iso);
    const days = Number.isNaN(moment.getTime()) ? 0 : daysBetween(moment, now);
    if (days === 0) return this.today;
    if (days === 1) return this.yesterday;
    return this.#date(moment, { weekday: "long", day: "numeric", month: "long" });
  }

  // Shops everywhere date their orders by the Gregorian calendar; some locales would count another one.
  #date(moment, form) { return moment.toLocaleDateString(this.locale, { calendar: "gregory", ...form }); }

  /** How long it takes: half of all waits end between low and high. */
  wait(seconds, low, high) {
    const [least, unit] = span(low ?? seconds);
    const [most, last] = span(high ?? seconds);
    const written = (name) => new Intl.NumberFormat(this.locale, { style: "unit", unit: name, unitDisplay: "long" });
    if (unit !== last) {
      return this.say("aboutBetween", { low: written(unit).format(least), high: written(last).format(most) });
    }
    const exact = least === most ? written(unit).format(most) : written(unit).formatRange(least, most);
    return this.say("about", { span: exact });
  }
}

/** Seconds in minutes, or in hours from one hour on. */
function span(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60 ? [minutes, "minute"] : [Math.round(minutes / 60), "hour"];
}

function daysBetween(from, to) {
  const start = new Date(from.getFullYear(), from.getMonth(), from.getDate());
  const end = new Date(to.getFullYear(), to.getMonth(), to.getDate());
  return Math.round((end - start) / 86_400_000);
}
