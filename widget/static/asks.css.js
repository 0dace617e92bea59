// What stands before the chat and after it: consent, form, choice, scales.
import { sheet } from "./dom.js";

export default sheet(`
.gate { flex: 0 1 auto; max-block-size: 62%; overflow-y: auto; border-block-start: 1px solid var(--line); scrollbar-width: thin; }
.stage.empty { display: none; }
.stage.empty ~ .gate { flex: 1; max-block-size: none; border: 0; }
.before { display: grid; gap: 14px; padding: 22px 18px; }
.before h3 { font-size: 21px; font-weight: 650; line-height: 1.25; }
.before h3:focus-visible { border-radius: 4px; }
.before p + p { margin-block-start: 10px; }
.before .terms { white-space: pre-wrap; }
.before a { display: inline-flex; gap: 6px; align-items: center; color: inherit; text-decoration: underline; text-underline-offset: 3px; border-radius: 3px; }
.before a .icon { inline-size: 15px; block-size: 15px; }
.before .actions { margin-block-start: 14px; }
.before label, .choice label { display: block; font-weight: 600; font-size: 14px; margin-block-end: 4px; }
.before .field, .choice .field { inline-size: 100%; min-block-size: 42px; font: inherit; }
.choice { margin-block-start: 18px; }
.both { display: grid; gap: 8px; }
.welcome .both .button { justify-content: flex-start; gap: 14px; min-block-size: 64px; border-color: var(--edge); }
.welcome .both .button .icon { inline-size: 24px; block-size: 24px; transform: none; }
.both b { display: block; font-weight: 600; }
.both span span { display: block; font-size: 13.5px; font-weight: 400; color: var(--quiet); margin-block-start: 2px; }
.both [aria-disabled="true"] { border-style: dashed; color: var(--quiet); cursor: default; }
.choice form { display: grid; gap: 6px; }
.choice form p { margin: 0; font-size: 14px; }
.welcome .choice .actions .button { inline-size: auto; padding: 8px 16px; border-radius: 20px; }
.welcome .choice .actions .button:not(.primary) { border-color: var(--edge); }
.welcome.choosing > ul, .welcome.choosing > .people { display: none; }
.rating .question { font-weight: 600; color: inherit; font-size: 15px; }
.scale { display: grid; grid-template-columns: repeat(7, 1fr); gap: 4px; margin-block: 12px 6px; }
.scale.nps { grid-template-columns: repeat(11, 1fr); }
.scale label {
  position: relative; display: grid; place-items: center; min-block-size: 38px; border: 1px solid var(--edge); border-radius: 10px; cursor: pointer; font-weight: 500;
}
.scale label:hover { background: var(--soft); }
.scale input { position: absolute; inset: 0; opacity: 0; cursor: pointer; margin: 0; }
.scale label:has(:checked) { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.scale label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.rating .ends { display: flex; justify-content: space-between; gap: 16px; font-size: 13px; }
@media (max-width: 400px) { .scale.nps { grid-template-columns: repeat(6, 1fr); } }
@media (max-height: 560px) { .gate { max-block-size: none; } }
@media (forced-colors: active) { .scale label:has(:checked) { outline: 3px solid Highlight; } }
`);
