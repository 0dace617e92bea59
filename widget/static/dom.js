// Building DOM nodes without HTML strings: what customers and articles say can only become text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * element("button", { class: "send", type: "submit", on: { click } }, "Send")
 * Attributes that are null, undefined or false are left out; true becomes an empty attribute.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  const { on, ...rest } = attributes;
  for (const [name, value] of Object.entries(rest)) setAttribute(node, name, value);
  for (const [event, listener] of Object.entries(on ?? {})) node.addEventListener(event, listener);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Change a text only when it differs, so that live regions do not speak twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const ICONS = {
  chat: "M4 5.8A2.8 2.8 0 0 1 6.8 3h10.4A2.8 2.8 0 0 1 20 5.8v7.4a2.8 2.8 0 0 1-2.8 2.8H11l-4.6 4.1c-.5.4-1.2.1-1.2-.6V15.7A2.8 2.8 0 0 1 4 13.2z",
  down: "M5.5 9l6.5 6.5L18.5 9",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19.5V5M5.5 11.5L12 5l6.5 6.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.7 3.9-5.5 7.5-5.5s6.7 1.8 7.5 5.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 7.5v5.5M12 16.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  clock: "M12 7v5l3.2 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  page: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12.5h5M10 16h5",
  out: "M9 6H6v12h12v-3M13 5h6v6M19 5l-8 8",
  star: "M12 3.3l2.7 5.5 6.1.9-4.4 4.3 1 6.1-5.4-2.9-5.4 2.9 1-6.1L3.2 9.7l6.1-.9z",
  clip: "M19.5 11.5l-7.8 7.8a5 5 0 0 1-7-7l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.3-7.2",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  save: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  thumb: "M7 11v9H4v-9zM7 11l4-7.5c1.6 0 2.4 1.1 2 2.7L12.4 9H18c1.4 0 2.3 1.2 2 2.5l-1.4 6.6c-.2 1.1-1.1 1.9-2.3 1.9H7",
  sound: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  mute: "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9.5l5 5M20.5 9.5l-5 5",
  leave: "M10 5H5.5v14H10M14 8l4 4-4 4M18 12H9.5",
};

/** A line icon of 24 × 24 that takes the colour of its text; it has no name of its own. */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("data-name", name);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A style sheet that a strict Content-Security-Policy of the page does not see as inline style. */
export function sheet(css) {
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  return style;
}
