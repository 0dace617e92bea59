// The panel: frame, header, notices, composer, rating.
import { sheet } from "./dom.js";

export default sheet(`
.panel {
  position: fixed; z-index: 2147483000;
  inset-block-end: calc(var(--gap) + 76px); inset-inline-end: var(--gap);
  inline-size: 400px; block-size: min(690px, calc(100vh - 116px)); block-size: min(690px, calc(100dvh - 116px));
  display: flex; flex-direction: column; overflow: hidden;
  background: var(--surface); border: 1px solid var(--line); border-radius: 20px; box-shadow: var(--shade);
  animation: rise .18s cubic-bezier(.2, .8, .3, 1);
  overflow-wrap: anywhere;
}
:host([side="start"]) .panel { inset-inline: var(--gap) auto; }
@keyframes rise { from { opacity: 0; transform: translateY(12px) scale(.985); } }

.head {
  display: flex; align-items: center; gap: 12px; padding-block: 14px; padding-inline: 18px 12px;
  border-block-end: 1px solid var(--line); position: relative; flex: none;
}
.face {
  inline-size: 42px; block-size: 42px; border-radius: 50%; flex: none;
  display: grid; place-items: center; font-weight: 650; font-size: 16px;
  background: var(--accent); color: var(--accent-ink);
}
.face.queued, .face.closed { background: var(--soft); color: var(--quiet); }
.face .icon { inline-size: 22px; block-size: 22px; }
.owner { flex: 1; min-inline-size: 0; }
.owner h2 { font-size: 16px; font-weight: 650; line-height: 1.3; }
.owner p { font-size: 13.5px; line-height: 1.35; color: var(--quiet); }
.tool {
  inline-size: 40px; block-size: 40px; border-radius: 12px; display: grid; place-items: center; flex: none;
  color: var(--quiet);
}
.tool:hover, .tool[aria-expanded="true"] { background: var(--soft); color: var(--ink); }
.tool[data-icon="more"] .icon { stroke-width: 3.2; }
.menu {
  position: absolute; z-index: 3; inset-block-start: calc(100% - 6px); inset-inline-end: 12px; min-inline-size: 220px;
  padding: 6px; background: var(--raised); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shade);
}
.panel[dir="rtl"] :is([data-name="leave"], [data-name="out"]) { transform: scaleX(-1); }
.menu button {
  display: flex; align-items: center; gap: 10px; inline-size: 100%; padding: 10px 12px; border-radius: 9px;
}
.menu button:hover { background: var(--soft); }
.menu .icon + .icon { margin-inline-start: auto; }

.notice {
  flex: none; padding: 11px 18px; border-block-end: 1px solid var(--line); font-size: 14px; line-height: 1.45;
  background: var(--soft); color: var(--ink);
}
.notice.warn { background: var(--warn-soft); color: var(--warn-ink); }
.notice p + p { margin-block-start: 2px; }
.notice .small { color: var(--quiet); font-size: 13px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; }
.textlink { color: inherit; font-weight: 600; text-decoration: underline; text-underline-offset: 3px; border-radius: 4px; }
.notice .textlink { padding-block: 7px; }
.line { display: flex; gap: 8px; margin-block-start: 8px; }
.field {
  flex: 1; min-inline-size: 0; padding: 9px 12px; border: 1px solid var(--edge); border-radius: 10px;
  background: var(--surface); color: var(--ink);
}
.field::placeholder { color: var(--quiet); opacity: 1; }
.field:focus-visible { outline-offset: 0; outline-width: 2px; border-color: var(--mark); }
.field[aria-invalid="true"] { border-color: var(--danger); }
.wrong { color: var(--danger); font-size: 13px; margin-block-start: 4px; }

.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 40px; padding: 8px 16px;
  border: 1px solid var(--edge); border-radius: 20px; background: var(--surface); color: var(--ink);
  font-weight: 500; line-height: 1.3; text-align: start; transition: background .12s ease;
}
.button:hover { background: var(--soft); }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.button.primary:hover { filter: brightness(1.08); }
.button.primary:disabled { opacity: .5; filter: none; }

.write { flex: none; padding: 10px 14px 14px; border-block-start: 1px solid var(--line); }
.box {
  display: flex; align-items: flex-end; gap: 6px; padding-block: 4px; padding-inline: 14px 4px;
  border: 1px solid var(--edge); border-radius: 24px; background: var(--surface);
}
.box:focus-within { border-color: var(--mark); box-shadow: 0 0 0 1px var(--mark); }
.box textarea {
  flex: 1; min-inline-size: 0; resize: none; border: 0; background: none; padding: 8px 0; outline: none;
  line-height: 1.45; max-block-size: 132px; overflow-y: auto;
}
.box textarea::placeholder { color: var(--quiet); opacity: 1; }
.box .tool { border-radius: 50%; margin-inline-start: -8px; }
.panel.dropping .box { border-color: var(--mark); box-shadow: 0 0 0 3px var(--mark); }
.send {
  inline-size: 40px; block-size: 40px; border-radius: 50%; display: grid; place-items: center; flex: none;
  background: var(--accent); color: var(--accent-ink); transition: background .12s ease;
}
.send:disabled { background: var(--soft); color: var(--quiet); }
.counter { font-size: 13px; color: var(--quiet); padding: 6px 14px 0; text-align: end; }
.counter.over { color: var(--danger); font-weight: 600; }

.rating { margin: 16px 0 4px; padding: 16px; border: 1px solid var(--line); border-radius: 16px; background: var(--raised); }
.rating fieldset { border: 0; padding: 0; min-inline-size: 0; }
.rating legend { font-weight: 600; padding: 0; }
.rating p { font-size: 14px; color: var(--quiet); min-block-size: 21px; }
.stars { display: flex; gap: 4px; margin-block: 6px 2px; }
.stars label { position: relative; padding: 5px; border-radius: 10px; cursor: pointer; color: var(--edge); }
.stars input { position: absolute; inset: 0; opacity: 0; cursor: pointer; }
.stars .icon { inline-size: 30px; block-size: 30px; stroke-width: 1.6; transition: fill .12s ease; }
.stars label.on { color: #9a6700; }
.stars label.on .icon { fill: #e9a820; }
.stars label:has(:focus-visible) { outline: 3px solid var(--mark); }
.rating textarea { inline-size: 100%; min-block-size: 64px; margin-block-start: 8px; resize: vertical; }

@media (max-width: 480px), (max-height: 560px) {
  .panel, :host([side="start"]) .panel {
    inset: 0; inline-size: auto; block-size: 100vh; block-size: 100dvh; border: 0; border-radius: 0;
  }
  :host([open]) .launch { display: none; }
  .head { padding-block: 10px; padding-inline: 14px 6px; gap: 6px 8px; }
  .write { padding-block-end: max(12px, env(safe-area-inset-bottom)); }
  /* iOS zooms into fields smaller than this. */
  .box textarea, .field { font-size: 16px; }
}
@media (max-width: 360px) {
  /* The words of the header need the room of the picture. */
  .head { gap: 4px; }
  .face { display: none; }
}
@media (forced-colors: active) {
  .stars label.on .icon { fill: Highlight; }
  .face, .send, .button.primary { border: 1px solid ButtonText; }
  .box:focus-within { outline: 3px solid Highlight; }
}
`);
