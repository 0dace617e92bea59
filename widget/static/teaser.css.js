// An invitation beside the bubble. It lies over the page and moves nothing of it.
import { sheet } from "./dom.js";

/** Made when one is shown, so that a page without invitations does not pay for it. */
export const teaserSheet = () => sheet(`
.teaser {
  position: fixed; z-index: 2147483001; inset-block-end: calc(var(--gap) + 72px); inset-inline-end: var(--gap);
  inline-size: max-content; max-inline-size: min(320px, calc(100vw - 2 * var(--gap)));
  padding-block: 14px; padding-inline: 18px 46px; background: var(--raised); border: 1px solid var(--line);
  border-radius: 18px; border-end-end-radius: 6px; box-shadow: var(--shade); overflow-wrap: anywhere;
  animation: invite .25s ease;
}
:host([side="start"]) .teaser { inset-inline: var(--gap) auto; border-end-end-radius: 18px; border-end-start-radius: 6px; }
@keyframes invite { from { opacity: 0; transform: translateY(8px); } }
.teaser [role="status"] { min-block-size: 1.5em; }
.teaser .say { border-radius: 6px; }
.teaser .say::after { content: ""; position: absolute; inset: 0; border-radius: inherit; }
.teaser .few { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 10px; position: relative; z-index: 1; margin-inline-end: -28px; }
.teaser .chip { padding: 6px 13px; border: 1px solid var(--mark); border-radius: 16px; color: var(--mark); font-size: 14px; }
.teaser .chip:hover { background: var(--soft); }
.teaser .no {
  position: absolute; z-index: 1; inset-block-start: 8px; inset-inline-end: 8px; inline-size: 32px; block-size: 32px;
  display: grid; place-items: center; border-radius: 10px; color: var(--quiet);
}
.teaser .no:hover { background: var(--soft); color: var(--ink); }
.teaser .no .icon { inline-size: 16px; block-size: 16px; }
@media (max-height: 300px) { .teaser { display: none; } }
`);
