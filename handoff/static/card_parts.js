// The parts of the card that only show: each makes a section, or null when there is nothing to say.
import { element, icon } from "/widget/dom.js";
import { clockTime, day, dayWords, duration, languageName, outcome, percent, segmentName, verdict } from "./format.js";

const STAGES = { acknowledge: "Acknowledge", clarify: "Clarify", resolve: "Resolve", confirm: "Confirm" };
const LEVELS = { specialist: "for a specialist", lead: "for a lead" };
const MISSED = { first: "first answer", next: "next answer", resolve: "resolution" };

const STARTS = /^(Asked|Asked first|Asked last|Failed|Given): /;

let sections = 0;

export function section(title, ...content) {
  const id = `hc-section-${++sections}`;
  return element("section", { "aria-labelledby": id }, element("h3", { id }, title), ...content);
}

/** Like a section, but shut until it is asked for. */
function folded(title, key, ...content) {
  return element("section", {}, element("details", { class: "hc-folded", "data-key": key },
    element("summary", { "data-key": `${key}-summary` }, element("h3", {}, title)), ...content));
}

const quiet = (...parts) => element("p", { class: "quiet" }, parts.filter(Boolean).join(" · "));

export function head(customer, { reason, priority }, badge) {
  return element("header", { class: "hc-card-head" },
    element("h2", { dir: "auto" }, customer.name || "Visitor"),
    quiet(customer.email, `here since ${day(customer.since)}`),
    // Name and address may be typed by anybody; what the site signed is another matter.
    element("p", {}, element("span", { class: customer.verified_at ? "hc-chip v-helped" : "hc-chip" },
      customer.verified_at ? "Identity verified by your site" : "Identity not verified")),
    reason && element("div", { class: "hc-why" },
      element("p", {}, badge(priority.level), element("strong", {}, reason.words)),
      quiet(`Priority: ${priority.why}`), reason.detail && quiet(reason.detail)));
}

export function alarm(raised) {
  if (!raised) return null;
  const by = raised.by ? ` by ${raised.by}` : "";
  return element("p", { class: raised.owned_at ? "hc-alarm owned" : "hc-alarm" }, icon("alert"), element("span", {},
    `Alarm${by}: ${raised.why} (${clockTime(raised.raised_at)}${raised.owned_at ? `, taken on ${clockTime(raised.owned_at)}` : ", nobody has taken it on"})`));
}

export function route(routed) {
  if (!routed) return null;
  return element("div", { class: "hc-route" },
    element("p", {}, [`Team ${routed.team}`, routed.language && languageName(routed.language), routed.skill, LEVELS[routed.level],
      routed.segment && segmentName(routed.segment), routed.overflowed && "open to a second team"].filter(Boolean).join(" · ")),
    routed.because && quiet(`Sent here because: ${routed.because}`));
}

/** First, next and last promise; those that are met or not set are short. */
export function clocks(clock) {
  if (!clock) return null;
  const asked = Date.parse(clock.requested_at);
  const open = !clock.closed_at;
  const first = clock.first_response_at
    ? [`First answer after ${duration(Date.parse(clock.first_response_at) - asked)}${clock.overdue ? ", later than promised" : ""}`]
    : open ? ["First answer ", element("span", { "data-due": clock.due_at })] : ["Ended before the first answer"];
  const lines = [
    element("li", { class: clock.overdue ? "late" : "" }, ...first),
    open && clock.next_due_at && element("li", {}, "Next answer ", element("span", { "data-due": clock.next_due_at })),
    open && clock.resolve_due_at && element("li", {}, "Resolution ", element("span", { "data-due": clock.resolve_due_at })),
    clock.breached.length > 0 && element("li", { class: "late" }, `Missed: ${clock.breached.map((one) => MISSED[one] ?? one).join(", ")}`),
    clock.returns > 0 && element("li", {}, `Back in the queue ${clock.returns} ×`),
  ];
  return element("div", { class: "hc-clocks" }, icon("clock"), element("ul", { "aria-label": "Promised times" }, ...lines.filter(Boolean)));
}

export function promise(made) {
  if (!made) return null;
  const when = made.promised_at && `${dayWords(made.promised_at)} ${clockTime(made.promised_at)}`;
  return quiet(when && `Promised: somebody is there ${when}`, made.email && `answer also to ${made.email}`);
}

export function summary(lines) {
  if (!lines.length) return section("Summary", element("p", { class: "quiet" }, "The customer has not written anything yet."));
  // As text each line has 90 characters at most; here what goes on flows on.
  const parts = [];
  for (const line of lines) {
    if (!parts.length || STARTS.test(line)) parts.push(line);
    else parts.push(`${parts.pop()} ${line}`);
  }
  return section("Summary", element("div", { class: "hc-brief", dir: "auto" }, ...parts.map((part) => element("p", {}, part))));
}

export function details(given) {
  if (!given.length) return null;
  return section("Already given", element("dl", { class: "hc-details" }, ...given.map((one) =>
    element("div", {}, element("dt", {}, one.label), element("dd", { dir: "auto" }, one.value)))));
}

export function percentBar(share) {
  return [element("meter", { min: "0", max: "1", value: String(share), "aria-hidden": "true" }),
    element("span", { class: "hc-number" }, percent(share))];
}

export function understoodFrom({ intents_of: words, stage }) {
  return quiet(`From “${words}”`, stage && `stage: ${STAGES[stage] ?? stage}`);
}

export function link(article) {
  // An address of our own help centre, or nothing: no scheme that a message could have brought in.
  if (!article.url?.startsWith("/help/")) return element("span", {}, article.title);
  return element("a", { href: article.url, target: "_blank", rel: "noopener" }, article.title);
}

export function shownArticle(article) {
  const { probability, score } = article;
  const figure = probability !== null ? `${percent(probability)} likely to help` : score !== null && `score ${score.toFixed(2)}`;
  return [link(article),
    element("span", { class: "quiet" }, [article.shown === "choice" && "as a choice", figure].filter(Boolean).join(" · ")),
    article.shown === "answer" && element("span", { class: `hc-chip v-${article.verdict}` }, mark(article)),
    article.comment && element("p", { class: "quiet wide", dir: "auto" }, `“${article.comment}”`)];
}

const mark = ({ thumb, verdict: said }) => (typeof thumb === "boolean" ? `Thumb ${thumb ? "up" : "down"}` : verdict(said));

export function frustration(trail) {
  if (!trail.length) return null;
  return section("Frustration", element("ol", { class: "hc-list" }, ...trail.map((step) => element("li", {},
    element("span", { dir: "auto" }, `“${step.text}”`), ...percentBar(step.score),
    step.signals.length > 0 && element("ul", { class: "hc-signals wide", "aria-label": "Signals" }, ...step.signals.map((signal) =>
      element("li", { class: "hc-chip" }, signal.evidence ? `${signal.name}: ${signal.evidence}` : signal.name)))))));
}

/** What the site says of the customer, and whether it proved that it says so. */
export function attributes({ attributes: signed, claimed, verified_at: verified, external_id: id }) {
  const rows = Object.entries(id ? { "Customer number": id, ...signed } : signed).map((row) => [...row, Boolean(verified)]);
  for (const [name, value] of Object.entries(claimed)) if (!(name in signed)) rows.push([name, value, false]);
  if (!rows.length) return null;
  return section("From your site", element("dl", { class: "hc-details" }, ...rows.map(([name, value, sure]) =>
    element("div", {}, element("dt", {}, name.replaceAll("_", " ")), element("dd", { dir: "auto" }, said(value), " ",
      element("span", { class: sure ? "hc-chip v-helped" : "hc-chip" }, sure ? "verified" : "not verified"))))));
}

const said = (value) => (value === true ? "yes" : value === false ? "no" : String(value));

export function history(past) {
  if (!past.length) return null;
  return section("Before this", element("ul", { class: "hc-list" }, ...past.map((episode) => element("li", {},
    element("span", { dir: "auto" }, episode.first_ask ? `“${episode.first_ask}”` : "Nothing written"),
    element("p", { class: "quiet wide" }, [day(episode.started_at), outcome(episode.outcome), episode.reason,
      episode.rating && `rated ${episode.rating} of 5`, episode.rating_comment].filter(Boolean).join(" · "))))));
}

export function timeline(lines) {
  if (!lines.length) return null;
  return folded(`What happened (${lines.length})`, "timeline", element("ol", { class: "hc-timeline" }, ...lines.map((line) =>
    element("li", {}, element("time", { datetime: line.at }, clockTime(line.at)),
      element("span", {}, line.who ? `${line.who}: ${line.words}` : line.words)))));
}
