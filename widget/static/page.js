// The page around the widget: its address, its script tag, its idle moments.

/** The token of a mail's link, which leads back to a chat; it does not stay in the address. */
export function takeResume() {
  const token = /^#handrail-resume=([\w-]{20,200})$/.exec(location.hash)?.[1] ?? "";
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

export function whenIdle(call) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(call, { timeout: 3000 });
  else setTimeout(call, 500);
}

/** The language of what stands around an element. By hand: at load, `closest` alone takes a tenth of our time. */
export function languageAround(node) {
  while (node && !node.lang) node = node.parentElement;
  return node?.lang;
}

/** Obey the script tag that embeds us from `home`: its data attributes become the widget's attributes, of these options. */
export function embed(home, options) {
  const tag = [...document.scripts].find(({ src }) => src.startsWith(home) && new URL(src).pathname.endsWith("/widget/handrail.js"));
  if (!tag || document.querySelector("handrail-widget")) return;
  const widget = document.createElement("handrail-widget");
  for (const name of options) {
    if (tag.dataset[name] !== undefined) widget.setAttribute(name, tag.dataset[name]);
  }
  widget.toggleAttribute("by-tag", true);
  document.body.append(widget);
}
