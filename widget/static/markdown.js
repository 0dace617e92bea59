// The few marks an article may use (docs/frames.md): paragraphs, lists, bold, italics, https links
// and links to an article's files. Everything else is text. It builds nodes, so there is no HTML to escape;
// lengths are bounded, so that no text makes the patterns slow.
import { element } from "./dom.js";

// Where this module came from: files of articles are there, whatever site the chat stands on.
const HOME = new URL(import.meta.url).origin;
const FILES = "/help/files/";
const ITEM = /^\s{0,3}(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;
const INLINE = new RegExp(
  [
    String.raw`\*\*(?=\S)([^\n]{1,400}?)\*\*`, // 1 bold
    String.raw`\*(?=[^\s*])([^*\n]{1,400})\*`, // 2 italics
    String.raw`(?<![\p{L}\p{N}_])_(?=\S)([^_\n]{1,400})_(?![\p{L}\p{N}_])`, // 3 italics
    String.raw`\[([^\]\n]{1,200})\]\((https:\/\/[^\s()<>"]{1,500}|\/help\/files\/[0-9a-f-]{36})\)`, // 4 text, 5 address
    String.raw`(https:\/\/[^\s<>"]{1,500})`, // 6 bare address
  ].join("|"),
  "gu",
);

/** Markdown → a fragment. */
export function renderMarkdown(source) {
  const fragment = document.createDocumentFragment();
  let block = null; // {kind: "p" | "ul" | "ol", lines: […], start}
  const close = () => {
    if (block) fragment.append(renderBlock(block));
    block = null;
  };
  for (const line of String(source ?? "").split(/\r?\n/)) {
    const item = ITEM.exec(line);
    if (item) {
      const kind = item[1] ? "ol" : "ul";
      if (block?.kind !== kind) {
        close();
        block = { kind, lines: [], start: Number(item[1] ?? 1) };
      }
      block.lines.push(item[2]);
    } else if (!line.trim()) {
      if (block?.kind === "p") close();
    } else if (block && (block.kind === "p" || /^\s{2,}/.test(line))) {
      block.lines[block.lines.length - 1] += (block.kind === "p" ? "\n" : " ") + line.trim();
    } else {
      close();
      block = { kind: "p", lines: [line.trim()] };
    }
  }
  close();
  return fragment;
}

function renderBlock({ kind, lines, start }) {
  if (kind === "p") return directed(inline(element("p"), lines[0]));
  const list = element(kind, { start: kind === "ol" && start !== 1 ? start : null });
  for (const line of lines) list.append(inline(element("li"), line));
  return directed(list);
}

/** Let a block take the direction of its own text; last, for with it each further node costs a walk. A list takes it
 *  as a whole: its numbers stand where it has room for them. */
function directed(node) {
  node.setAttribute("dir", "auto");
  return node;
}

function inline(parent, text) {
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, bold, star, underscore, label, address, bare] = match;
    parent.append(text.slice(from, match.index));
    from = match.index + whole.length;
    if (bold !== undefined) parent.append(inline(element("strong"), bold));
    else if (star !== undefined) parent.append(inline(element("em"), star));
    else if (underscore !== undefined) parent.append(inline(element("em"), underscore));
    else if (address !== undefined) parent.append(link(address, label) ?? whole);
    else from += appendBare(parent, bare);
  }
  parent.append(text.slice(from));
  return parent;
}

/** Append a bare address; the full stop or bracket after it is no part of it. Returns how far to step back. */
function appendBare(parent, bare) {
  const address = bare.replace(/[.,;:!?)\]}'*_]+$/, "");
  parent.append(link(address, address) ?? address);
  return address.length - bare.length;
}

/** A link that opens beside the shop's page; null when the address is neither https nor a file of ours. */
function link(address, label) {
  if (address.startsWith(FILES)) address = HOME + address;
  else if (!URL.canParse(address) || new URL(address).protocol !== "https:") return null;
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Plain text with its https addresses made links; nothing else is interpreted. */
export function renderText(source) {
  const fragment = document.createDocumentFragment();
  const text = String(source ?? "");
  let from = 0;
  for (const match of text.matchAll(/https:\/\/[^\s<>"]{1,500}/g)) {
    fragment.append(text.slice(from, match.index));
    from = match.index + match[0].length + appendBare(fragment, match[0]);
  }
  fragment.append(text.slice(from));
  return fragment;
}
