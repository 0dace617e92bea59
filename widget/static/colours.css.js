// The colours of what opens from the bubble: panel and invitations. Light, and the same in the dark.
import { sheet } from "./dom.js";

const NIGHT = `
  --soft: #232a34;
  --raised: #1c222b;
  --line: #343d4a;
  --edge: #7f8b9c;
  --quiet: #aeb8c6;
  --danger: #ffaca4;
  --danger-soft: #43211f;
  --warn-ink: #ffd08a;
  --warn-soft: #3b2d17;
`;

/** Made when it is needed. */
export const colours = () => sheet(`
:host {
  --soft: #f0f3f7;
  --raised: #ffffff;
  --line: #dde3ea;
  --edge: #7a8797;
  --quiet: #536070;
  --danger: #b3261e;
  --danger-soft: #fdeceb;
  --warn-ink: #6b4300;
  --warn-soft: #fdf1dc;
}
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${NIGHT} } }
:host([theme="dark"]) { ${NIGHT} }
button:disabled { cursor: default; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
`);
