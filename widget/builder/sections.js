// The builder's sections but the wording: what a supervisor may set, in the order a customer meets it.
import { element } from "/widget/dom.js";
import { area, button, languages, LANGUAGES, read, row, select, text, toggle } from "./parts.js";

const ENOUGH = 4.5;

export function look(state) {
  const swatch = element("input", { type: "color", on: { input: () => state.set(["accent"], swatch.value) } });
  swatch.value = state.draft.accent ?? "#1f5fbf";
  const code = text(state, ["accent"], "As a code", { hint: "#rrggbb. Empty: Handrail's blue.", max: 7, empty: null, dir: "ltr" });
  const typed = code.querySelector("input");
  swatch.addEventListener("input", () => { typed.value = swatch.value; });
  typed.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(typed.value)) swatch.value = typed.value;
  });
  return [
    element("div", { class: "pair" }, row(state, ["accent", "pick"], "Your colour", swatch), code),
    element("div", { class: "contrast", role: "status", "data-contrast": true }),
    select(state, ["side"], "Side of the page", { end: "Right", start: "Left" },
      { hint: "On pages that are written from right to left the other way round." }),
    select(state, ["theme"], "Light or dark", { auto: "As the customer's device", light: "Always light", dark: "Always dark" }),
  ];
}

/** What an accent leads to, in words. */
export function contrastWords({ fill, ink, ink_contrast: onFill, light_contrast: onLight, mark, dark }) {
  const say = (number) => `${(Math.floor(number * 10) / 10).toFixed(1)}:1`;
  const words = [`Text on ${fill} is ${ink === "#ffffff" ? "white" : "black"} (${say(onFill)}).`];
  const low = onLight < ENOUGH;
  if (low) {
    words.push(`On the light panel the colour itself has only ${say(onLight)}, less than 4.5:1: outlines and small marks are drawn in ${mark} instead.`);
  }
  if (dark !== fill) words.push(`In the dark theme it becomes ${dark}.`);
  return { words: words.join(" "), low };
}

export function welcome(state) {
  const starters = state.draft.starters;
  const change = (next, focus) => {
    state.set(["starters"], next);
    state.show({ focus: `starters.${focus}` });
  };
  return [
    text(state, ["house"], "Your name", { hint: "Names the panel: “Chat with Fernway”.", max: 60 }),
    select(state, ["language"], "Language", { auto: "As the page, else as the customer's browser", ...LANGUAGES },
      { hint: "Of the widget's own sentences. What the assistant and people write stays as they write it." }),
    element("fieldset", {}, element("legend", {}, "Suggested questions"),
      element("p", { class: "hint" }, "Up to five, in the welcome. A press sends the question."),
      ...starters.map((_, at) => element("div", { class: "item" },
        text(state, ["starters", at], `Question ${at + 1}`, { max: 120 }),
        at ? button("Up", () => change(swapped(starters, at), at - 1), { "aria-label": `Move question ${at + 1} up` }) : null,
        button("Remove", () => change(starters.filter((_, other) => other !== at), Math.max(0, at - 1)),
          { "aria-label": `Remove question ${at + 1}` }))),
      starters.length < 5 ? button("Add a question", () => change([...starters, ""], starters.length)) : null),
    select(state, ["first"], "Who answers first",
      { bot: "The assistant; a person is one press away", choose: "The customer chooses: assistant or person" }),
    toggle(state, ["help"], "Article search, and suggestions while the customer types"),
    toggle(state, ["files"], "Let customers send pictures and files", { hint: "PNG, JPEG, GIF, WebP, PDF and plain text. Only people of your team can look at them." }),
  ];
}

export function consent(state) {
  const { draft, published, history } = state;
  const had = published.config.consent;
  const next = 1 + Math.max(0, ...[published, ...history].map(({ config }) => config.consent?.version ?? 0));
  const on = toggle(state, ["consent"], "Ask for consent before the first message", {
    hint: "Before that nothing is sent, and the server knows of nobody.",
    then: (checked) => {
      state.set(["consent"], checked ? structuredClone(had) ?? { text: {}, link: null, version: next } : null);
      state.show({});
    },
  });
  if (!draft.consent) return [on];
  const again = element("input", { type: "checkbox", on: { change: () => state.set(["consent", "version"], again.checked ? next : had.version) } });
  again.checked = draft.consent.version === next;
  return [
    on,
    languages(state, (code) => !draft.consent.text[code]),
    area(state, ["consent", "text", state.language], "What the customer agrees to",
      { max: 1000, lines: 4, hint: "Plain text. A language without one gets the English text." }),
    text(state, ["consent", "link"], "Link to the full terms", { hint: "https://…, optional.", max: 300, empty: null, type: "url", dir: "ltr" }),
    had ? row(state, ["consent", "version"], "Ask those again who agreed already", again, "For a change of what is agreed to; a mended typing error needs no new answer.") : null,
  ];
}

const KINDS = { name: "Name", email: "E-mail", text: "A question", choice: "A choice" };

export function form(state) {
  const fields = state.draft.form;
  const used = new Set(fields.map((field) => field.name));
  const change = (next, focus) => {
    state.set(["form"], next);
    state.show({ focus: focus && `form.${focus}` });
  };
  const add = (kind) => {
    const own = kind === "name" || kind === "email";
    let number = fields.length + 1;
    while (used.has(`question_${number}`)) number += 1;
    const field = { name: own ? kind : `question_${number}`, label: {}, kind: kind === "name" ? "text" : kind, choices: [], required: false };
    change([...fields, field], `${fields.length}.label.${state.language}`);
  };
  return [
    element("p", { class: "hint" }, "Asked once, before the first message. Each question costs you customers: ask what the first answer needs."),
    fields.length ? languages(state, (code) => fields.some((field) => !own(field) && !field.label[code])) : null,
    ...fields.map((field, at) => card(state, field, at, change)),
    fields.length < 6 ? element("div", { class: "buttons" }, ...Object.entries(KINDS)
      .filter(([kind]) => !used.has(kind))
      .map(([kind, label]) => button(`Add: ${label.toLowerCase()}`, () => add(kind)))) : null,
  ];
}

const own = (field) => field.name === "name" || field.name === "email";

function card(state, field, at, change) {
  const fields = state.draft.form;
  const title = own(field) ? KINDS[field.name] : field.label.en || Object.values(field.label)[0] || "New question";
  return element("fieldset", { class: "card" }, element("legend", {}, title),
    element("p", { class: "wrong", "data-at": `form.${at}`, role: "alert" }),
    text(state, ["form", at, "label", state.language], "Label",
      { max: 80, empty: undefined, hint: own(field) ? "Empty: the widget's own word." : "A language without one gets the English label." }),
    own(field) ? null : text(state, ["form", at, "name"], "Kept as", { max: 40, dir: "ltr", hint: "Small letters, digits and _. Agents see the answer under this name; the assistant, too, knows order_number, phone, postcode, product and a few more." }),
    field.kind === "choice" ? area(state, ["form", at, "choices"], "Choices, one a line", {
      from: (choices) => (choices ?? []).join("\n"),
      to: (lines) => lines.split("\n").map((line) => line.trim()).filter(Boolean),
      empty: [], lines: 3,
    }) : null,
    toggle(state, ["form", at, "required"], "Must be answered"),
    element("div", { class: "buttons" },
      at ? button("Up", () => change(swapped(fields, at)), { "aria-label": `Move ${title} up` }) : null,
      button("Remove", () => change(fields.filter((_, other) => other !== at)), { "aria-label": `Remove ${title}` })));
}

export function after(state) {
  return [
    toggle(state, ["thumbs"], "Thumbs up and down on the assistant's answers"),
    toggle(state, ["transcript"], "Let customers take the conversation with them", { hint: "As a file, and by e-mail where a mail server is set." }),
    toggle(state, ["sound"], "A quiet sound for what comes while the chat is closed or out of sight", { hint: "Each customer may switch it in the chat's menu, whatever is set here." }),
    element("fieldset", {}, element("legend", {}, "Ask once a chat is over"),
      toggle(state, ["surveys", "csat"], "How was your chat? (one to five stars)"),
      toggle(state, ["surveys", "ces"], "How easy was it to get help?"),
      toggle(state, ["surveys", "nps"], "Would you recommend us? (0 to 10)"),
      element("p", { class: "hint" }, "One at a time, in this order. Who skips one is asked no further after that chat; recommendation is asked once in 90 days.")),
  ];
}

export function site(state) {
  const snippet = `<script type="module" src="${state.server}/widget/handrail.js"></script>`;
  const code = element("textarea", { readonly: true, rows: "2", dir: "ltr", class: "code", spellcheck: "false", "data-snippet": true });
  code.value = snippet;
  const copied = element("span", { role: "status", class: "copied" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(snippet);
      copied.textContent = "Copied.";
    } catch {
      code.focus();
      code.select();
      copied.textContent = "Press Ctrl+C to copy.";
    }
  };
  const origins = state.origins.map((origin) => element("li", {}, element("code", {}, origin)));
  return [
    row(state, ["snippet"], "Put this before </body> on every page that carries the chat", code,
      "It never changes: what you publish here reaches your pages at their next visit."),
    element("div", { class: "buttons" }, button("Copy", copy), copied),
    element("h3", {}, "Sites that may carry it"),
    origins.length ? element("ul", { class: "origins" }, ...origins)
      : element("p", { class: "warning" }, "No site is listed: for now the chat appears on this server's own pages only."),
    element("p", { class: "hint" }, "Sites are listed in the server's settings, exactly as the address bar begins: ",
      element("code", {}, 'HANDRAIL_WIDGET_ORIGINS=["https://shop.example"]'), ", then a restart."),
  ];
}

export function swapped(list, at) {
  const next = [...list];
  [next[at - 1], next[at]] = [next[at], next[at - 1]];
  return next;
}

/** What differs between two settings, as names of sections. */
export const PARTS = {
  Look: ["accent", "side", "theme"],
  Welcome: ["house", "language", "starters", "first", "help", "files"],
  Consent: ["consent"],
  "Questions before the chat": ["form"],
  "Answers and surveys": ["thumbs", "transcript", "sound", "surveys"],
  Invitations: ["invitations"],
  Wording: ["wording"],
};

export function changed(one, other) {
  return Object.entries(PARTS)
    .filter(([, keys]) => keys.some((key) => !same(read(one, [key]), read(other, [key]))))
    .map(([name]) => name);
}

/** Whether two values say the same, whatever order their keys came in. */
export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
