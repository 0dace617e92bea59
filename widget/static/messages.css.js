// The message log and what stands in it.
import { sheet } from "./dom.js";

export default sheet(`
/* By the panel's direction: a message's own follows what is written in it, and says nothing of its writer's side. */
.panel { --tail: 18px 18px 18px 6px; --own-tail: 18px 18px 6px; --agent: 4px 18px 18px 4px; --bar: 3px; }
.panel[dir="rtl"] { --tail: 18px 18px 6px; --own-tail: 18px 18px 18px 6px; --agent: 18px 4px 4px 18px; --bar: -3px; }
.stage { flex: 1; min-block-size: 0; position: relative; display: flex; }
.scroll {
  flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 18px 18px;
  scrollbar-width: thin; scrollbar-color: var(--line) transparent;
}
.scroll:focus-visible { outline-offset: -3px; }

.welcome { padding-block: 12px 8px; }
.welcome h3 { font-size: 21px; font-weight: 650; line-height: 1.25; letter-spacing: -.01em; }
.welcome p { color: var(--quiet); margin-block-start: 6px; }
.welcome ul { list-style: none; padding: 0; display: grid; gap: 8px; margin-block-start: 18px; }
.welcome .button { inline-size: 100%; justify-content: space-between; border-color: var(--line); border-radius: 14px; padding: 11px 14px; font-weight: 500; }
.welcome .button .icon { color: var(--mark); transform: rotate(90deg); inline-size: 16px; block-size: 16px; }
.welcome .textlink { display: flex; align-items: center; gap: 8px; margin-block-start: 16px; min-block-size: 24px; }
.welcome .textlink .icon { inline-size: 16px; block-size: 16px; }
.welcome .people { font-size: 14px; }
.welcome .people:empty { display: none; }
.welcome .button:dir(rtl) .icon { transform: rotate(-90deg); }

.day { text-align: center; font-size: 12.5px; color: var(--quiet); margin-block: 14px 10px; }
.day:first-child { margin-block-start: 0; }

.row { display: flex; flex-direction: column; align-items: flex-start; margin-block-start: 3px; max-inline-size: 100%; }
.row.first { margin-block-start: 16px; }
.who { font-size: 12.5px; color: var(--quiet); margin-block-end: 4px; padding-inline-start: 2px; }
.row:not(.first) .who { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
.text {
  max-inline-size: 86%; padding: 9px 14px; border-radius: var(--tail); background: var(--soft);
  white-space: pre-wrap;
}
.row.customer { align-items: flex-end; }
.row.customer .text {
  background: var(--accent); color: var(--accent-ink); border-radius: var(--own-tail);
}
.row.customer .who { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
.row.customer.waiting .text { opacity: .85; }
.row.customer.failed .text { background: var(--danger-soft); color: var(--ink); border: 1px solid var(--danger); }
.row.system { align-items: center; margin-block: 14px 10px; }
.row.system .who { display: none; }
.row.system .text {
  background: none; padding: 0 10px; font-size: 13.5px; color: var(--quiet); text-align: center; max-inline-size: 100%;
}
.row.agent .text {
  background: var(--soft); box-shadow: inset var(--bar) 0 0 var(--mark); border-radius: var(--agent);
}
.text a, .answer a { color: inherit; text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; border-radius: 3px; }
.text a:hover, .answer a:hover { text-decoration-thickness: 2px; }

.answer {
  inline-size: 100%; margin-block-start: 3px; border: 1px solid var(--line); border-radius: 18px; border-end-start-radius: 6px;
  background: var(--raised); overflow: hidden;
}
.part { padding: 13px 16px; }
.part + .part { border-block-start: 1px solid var(--line); }
.part p + p, .part p + ul, .part p + ol, .part ul + p, .part ol + p { margin-block-start: 8px; }
.part ul, .part ol { padding-inline-start: 22px; }
.part li + li { margin-block-start: 6px; }
.part li::marker { color: var(--quiet); font-weight: 600; }
.part strong { font-weight: 650; }
.part.outcome { background: var(--soft); }
.part.outcome h3 { display: flex; gap: 7px; align-items: center; font-size: 13px; font-weight: 650; color: var(--quiet); margin-block-end: 4px; }
.part.outcome h3 .icon { inline-size: 16px; block-size: 16px; }
.source {
  display: flex; gap: 8px; align-items: center; padding: 10px 16px; font-size: 13px; color: var(--quiet);
  border-block-start: 1px solid var(--line);
}
.source .icon { inline-size: 16px; block-size: 16px; }
.source a:focus-visible { outline-offset: 1px; }
.thumbs { padding: 2px 10px; border-block-start: 1px solid var(--line); font-size: 13px; color: var(--quiet); }
.thumbs > div { display: flex; align-items: center; gap: 4px; flex-wrap: wrap; }
.thumbs [role="status"]:focus-visible { outline-width: 2px; border-radius: 4px; }
.thumb { inline-size: 36px; block-size: 36px; display: grid; place-items: center; border-radius: 10px; }
.thumb:hover { background: var(--soft); color: var(--ink); }
.thumb .icon { inline-size: 18px; block-size: 18px; }
.thumb.down .icon { transform: rotate(180deg); }
.thumb[aria-pressed="true"] { color: var(--accent); }
.thumb[aria-pressed="true"] .icon { fill: currentColor; fill-opacity: .25; }
.thumbs .line { margin-block: 2px 6px; }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 10px; }
.choices.stacked { flex-direction: column; inline-size: 100%; }
/* "Did this solve it?" belongs to the answer above it: a line with its buttons, not one more bubble. */
:is(.row.is-answer, .row.is-summary) + .row.is-ask { flex-flow: row wrap; align-items: center; gap: 6px 12px; margin-block-start: 8px; }
:is(.row.is-answer, .row.is-summary) + .row.is-ask .text { background: none; padding: 0 2px; font-size: 14px; color: var(--quiet); }
:is(.row.is-answer, .row.is-summary) + .row.is-ask .choices { margin-block-start: 0; }
.choices.stacked .button { border-radius: 14px; justify-content: flex-start; }

.meta { font-size: 12.5px; color: var(--quiet); margin-block-start: 4px; display: flex; gap: 4px; align-items: center; flex-wrap: wrap; justify-content: flex-end; }
.meta .icon { inline-size: 14px; block-size: 14px; }
.meta.wrong { color: var(--danger); gap: 4px 10px; }
.meta.wrong span { max-inline-size: calc(100% - 24px); }
.meta .textlink { color: var(--danger); padding-block: 3px; }

.dots { display: inline-flex; gap: 5px; padding: 14px 16px; margin-block-start: 16px; border-radius: 18px; border-end-start-radius: 6px; background: var(--soft); }
.dots i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--quiet); animation: nod 1.2s infinite ease-in-out; }
.dots i:nth-of-type(2) { animation-delay: .15s; }
.dots i:nth-of-type(3) { animation-delay: .3s; }
@keyframes nod { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }

.pill {
  position: absolute; inset-block-end: 12px; inset-inline: 0; margin-inline: auto; inline-size: max-content;
  display: flex; gap: 6px; align-items: center; padding: 8px 16px; border-radius: 20px;
  background: var(--accent); color: var(--accent-ink); font-size: 14px; font-weight: 600; box-shadow: var(--shade);
}
.pill .icon { inline-size: 16px; block-size: 16px; }
@media (forced-colors: active) {
  .text, .answer, .pill { border: 1px solid CanvasText; }
  .dots i { background: CanvasText; }
}
`);
