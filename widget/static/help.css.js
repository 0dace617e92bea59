// The articles in the panel, what is suggested above the composer, and saving the chat.
import { sheet } from "./dom.js";

export default sheet(`
.aside { flex: 1; min-block-size: 0; display: flex; flex-direction: column; }
.news {
  flex: none; padding: 8px 18px; background: var(--accent); color: var(--accent-ink); font-size: 14px; font-weight: 600; text-align: center;
}
.news:focus-visible { outline-offset: -4px; outline-color: currentColor; }
.help { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 0 18px 18px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.help h3 { flex: 1; min-inline-size: 0; font-size: 17px; font-weight: 650; line-height: 1.3; }
.help .asking {
  display: flex; align-items: center; gap: 8px; position: sticky; inset-block-start: 0; z-index: 1;
  background: var(--surface); padding-block: 12px 8px; margin-inline: -8px 0;
}
.help h3:focus-visible { outline-width: 2px; border-radius: 4px; }
.back .icon { transform: rotate(90deg); }
.back:dir(rtl) .icon { transform: rotate(-90deg); }
.help .small { color: var(--quiet); font-size: 14px; margin-block: 6px; }
.hits { list-style: none; padding: 0; display: grid; gap: 8px; margin-block-start: 8px; }
.hit {
  inline-size: 100%; display: grid; gap: 2px; padding: 11px 14px; border: 1px solid var(--line); border-radius: 14px; text-align: start;
}
.hit:hover { background: var(--soft); }
.hit b { font-weight: 600; }
.hit span { font-size: 13.5px; color: var(--quiet); display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.hit .best { color: var(--accent); font-weight: 600; }
.help .reading .part { padding: 4px 0 12px; }
.help .reading .part + .part { padding-block-start: 12px; }
.help .reading a { color: inherit; text-decoration: underline; text-underline-offset: 3px; border-radius: 3px; }
.help .outcome { background: none; }
.help h4 { display: flex; gap: 7px; align-items: center; font-size: 14px; font-weight: 650; color: var(--quiet); margin-block-end: 4px; }
.help h4 .icon { inline-size: 16px; block-size: 16px; }
.help .actions { align-items: center; border-block-start: 1px solid var(--line); padding-block-start: 12px; }
.help .actions:empty { display: none; }
.help .wide { inline-size: 100%; flex-wrap: wrap; align-items: center; gap: 10px 16px; margin: 0; }
.mailing { margin-block: 18px 10px; }
.suggest section { border-block-start: 1px solid var(--line); padding-block: 6px 8px; padding-inline: 18px 10px; max-block-size: 32vh; overflow-y: auto; }
.suggested { display: flex; align-items: center; gap: 8px; }
.suggested h3 { flex: 1; font-size: 13px; font-weight: 600; color: var(--quiet); }
.suggested .tool { inline-size: 32px; block-size: 32px; }
.suggested .icon { inline-size: 16px; block-size: 16px; }
.suggest ul { list-style: none; padding: 0; display: grid; gap: 2px; }
.suggest .textlink { padding-block: 4px; font-weight: 500; font-size: 14.5px; min-block-size: 24px; }
@media (forced-colors: active) { .news { border: 1px solid ButtonText; } }
@media (max-height: 420px) {
  .help .asking { position: static; }
  /* 400 % zoom: what is read needs the room of all else. */
  .aside:not([hidden]) ~ .write, .panel:has(.aside:not([hidden])) .notice { display: none; }
}
`);
