// Type, and the colours that the bubble needs; a page pays for them at load, for the others (colours.css.js) later. A site
// sets --handrail-accent, --handrail-accent-ink, --handrail-accent-dark, --handrail-accent-dark-ink and --handrail-font;
// every pair has 4.5:1 or more.
import { sheet } from "./dom.js";

const DARK = `
  --scheme: dark;
  --accent: var(--handrail-accent-dark, var(--house-dark, #8ab8ff));
  --accent-ink: var(--handrail-accent-dark-ink, var(--house-dark-ink, #0b1a30));
  --mark: var(--accent);
  --surface: #161b22;
  --ink: #eaeff6;
  --shade: 0 12px 48px rgb(0 0 0 / .55), 0 2px 8px rgb(0 0 0 / .4);
`;

export default sheet(`
:host {
  /* Important here outranks the page's own important rules: nothing of them is inherited. */
  all: initial !important;
  --scheme: light;
  --accent: var(--handrail-accent, var(--house, #1f5fbf));
  --accent-ink: var(--handrail-accent-ink, var(--house-ink, #ffffff));
  --mark: var(--handrail-accent, var(--house-mark, #1f5fbf));
  --surface: #ffffff;
  --ink: #17202c;
  --shade: 0 12px 48px rgb(20 30 50 / .2), 0 2px 8px rgb(20 30 50 / .1);
  --gap: 20px;
}
:host([hidden]) { display: none !important; }
.launch, .panel, .teaser {
  color-scheme: var(--scheme);
  font: 400 15px/1.5 var(--handrail-font, system-ui, "Segoe UI", Roboto, Arial, sans-serif);
  color: var(--ink);
  -webkit-text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([theme="dark"]) { ${DARK} }

*, *::before, *::after { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
button, input, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; background: none; border: 0; padding: 0; text-align: inherit; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.icon {
  inline-size: 20px; block-size: 20px; flex: none; display: block;
  fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}

.launch {
  position: fixed; z-index: 2147483001; inset-block-end: var(--gap); inset-inline-end: var(--gap);
  inline-size: 60px; block-size: 60px; border-radius: 50%;
  display: grid; place-items: center;
  background: var(--accent); color: var(--accent-ink); box-shadow: var(--shade);
  transition: transform .16s ease, filter .16s ease;
}
.launch:hover { transform: translateY(-2px); filter: brightness(1.08); }
.launch:active { transform: scale(.96); }
.launch:focus-visible { outline-offset: 3px; box-shadow: var(--shade), 0 0 0 3px var(--surface); }
.launch .icon { inline-size: 28px; block-size: 28px; stroke-width: 1.9; }
:host([side="start"]) .launch { inset-inline: var(--gap) auto; }
.count {
  position: absolute; inset-block-start: -4px; inset-inline-end: -4px;
  min-inline-size: 24px; block-size: 24px; padding-inline: 6px; border-radius: 12px;
  display: grid; place-items: center;
  background: #c62828; color: #fff; font-size: 13px; font-weight: 700; line-height: 1;
  border: 2px solid var(--surface);
}
@media print { :host { display: none !important; } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
@media (forced-colors: active) {
  .launch { border: 2px solid ButtonText; }
}
`);

/** The house's colour, with what widget/colours.py worked out of it; a page's own properties win over it. */
export function tint(accent) {
  if (!accent) return [];
  const { fill, ink, mark, dark, darkInk } = accent;
  return [sheet(`:host{--house:${fill};--house-ink:${ink};--house-mark:${mark};--house-dark:${dark};--house-dark-ink:${darkInk}}`)];
}
