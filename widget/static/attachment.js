// A file as nodes, in a chat of the widget or of the console: a picture, or a line with name and size.
import { element, icon } from "./dom.js";
import { sizeOf } from "./uploads.js";

const WIDTH = 240; // px
const HEIGHT = 260;

/** How large a picture of this size is shown: its place is kept before it comes. */
function fitted(width, height) {
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/**
 * The file of a message. words: {locale, picture(name), open(name), gone}. `before`: what stands in its place
 * until the picture has come, if anything.
 */
export function fileNode(file, server, words, before) {
  const href = addressOf(file.url, server);
  const attributes = href && { href, target: "_blank", rel: "noopener noreferrer", "aria-label": words.open(file.name) };
  const plain = () => element(href ? "a" : "span", { class: "chip", ...attributes }, ...chip(file, words));
  if (!href || !file.width) return plain();
  const [width, height] = fitted(file.width, file.height);
  const image = element("img", { alt: words.picture(file.name), width, height, decoding: "async", referrerpolicy: "no-referrer",
    loading: before ? null : "lazy", on: { error: () => before ?? link.replaceWith(plain()) } });
  const link = element("a", { class: "picture", ...attributes }, before ?? image);
  if (before) image.addEventListener("load", () => before.replaceWith(image));
  image.src = href;
  return link;
}

/** A file that is still here: what it shows of itself, how far it has come, and a way to stop it. */
export function uploadNode(entry, words, { label, cancel, onCancel }) {
  entry.bar = element("progress", { max: "1", "aria-label": label });
  moveBar(entry);
  const sending = entry.state !== "failed";
  return element("div", { class: "upload" }, entry.preview ?? element("span", { class: "chip" }, ...chip(entry, words)),
    sending && element("div", { class: "going" }, entry.bar,
      element("button", { type: "button", class: "stop", "aria-label": cancel, title: cancel, on: { click: onCancel } }, icon("close"))));
}

export function moveBar({ bar, progress }) { if (bar) bar.value = progress; }

/** A small copy of a picture, drawn here: no page's policy forbids that, as it may an address of one's own files. */
export async function previewOf(file, alt) {
  if (!file.type.startsWith("image/")) return null;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const [width, height] = fitted(bitmap.width, bitmap.height);
  const canvas = element("canvas", { width: width * 2, height: height * 2, role: "img", "aria-label": alt });
  canvas.style.width = `${width}px`;
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width * 2, height * 2);
  bitmap.close();
  return canvas;
}

function chip({ name, size, gone }, { locale, gone: over }) {
  return [icon("page"), element("span", {}, element("bdi", {}, name), element("small", {}, gone ? over : size ? sizeOf(size, locale) : ""))];
}

/** Where the file lies on our own server, or null: no other address belongs here. */
function addressOf(url, server) {
  if (typeof url !== "string" || !URL.canParse(url, `${server}/`)) return null;
  const address = new URL(url, `${server}/`);
  return address.origin === new URL(server).origin ? address.href : null;
}
