// Files in the chat.
import { sheet } from "./dom.js";

export default sheet(`
.row:not(.first):has(.file) { margin-block-start: 6px; }
.file { max-inline-size: 86%; min-inline-size: 0; }
.picture { display: block; inline-size: fit-content; border-radius: 14px; overflow: hidden; background: var(--soft); }
.picture, .upload canvas { box-shadow: 0 0 0 1px var(--line); }
.picture :is(img, canvas), .upload canvas { display: block; max-inline-size: 100%; block-size: auto; }
.upload canvas { border-radius: 14px; opacity: .75; }
.picture img { overflow-wrap: anywhere; font-size: 13px; }
.chip {
  display: inline-flex; align-items: center; gap: 10px; padding: 9px 14px; border: 1px solid var(--edge); border-radius: 14px;
  background: var(--raised); color: var(--ink); text-decoration: none;
}
a.chip:hover { background: var(--soft); }
a.chip bdi { text-decoration: underline; text-underline-offset: 3px; }
.chip .icon { flex: none; color: var(--quiet); }
.chip small { display: block; }
.chip small { font-size: 12.5px; color: var(--quiet); }
.failed .chip { border-color: var(--danger); }
.going { display: flex; align-items: center; gap: 6px; }
.going progress { flex: 1; min-inline-size: 0; inline-size: 100%; block-size: 6px; accent-color: var(--accent); }
.stop { inline-size: 32px; block-size: 32px; flex: none; display: grid; place-items: center; border-radius: 10px; color: var(--quiet); }
.stop:hover { background: var(--soft); color: var(--ink); }
.stop .icon { inline-size: 16px; block-size: 16px; }
`);
