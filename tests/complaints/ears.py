"""What a screen reader would speak: the text that comes into live regions of a page, in the order it comes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Page

# A reader speaks what is added to a live region or changed in it, not what is moved, hidden or busy.
EARS = """
(() => {
  window.heard = [];
  const LIVE = "[aria-live], [role=log], [role=status], [role=alert]";
  const closest = (node) => {
    for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
      if (at.nodeType === 1 && at.matches(LIVE)) return at;
    }
    return null;
  };
  const elementOf = (node) => (node.nodeType === 1 ? node : node.parentElement);
  const words = (node) => (node.nodeType === 1 ? node.innerText ?? "" : node.nodeValue).trim();
  const listen = (root) => new MutationObserver((changes) => {
    const added = changes.flatMap(({ type, target, addedNodes }) =>
      (type === "characterData" ? [target] : [...addedNodes]));
    for (const node of new Set(added)) {
      const element = node.isConnected && elementOf(node);
      const region = element && closest(element);
      if (!region || region.getAttribute("aria-live") === "off" || region.closest("[aria-busy=true]")) continue;
      if (element.checkVisibility?.() === false) continue;
      if (added.some((one) => one !== node && one.contains(node))) continue; // spoken with that one
      const urgent = region.getAttribute("aria-live") === "assertive" || region.role === "alert";
      if (words(node)) window.heard.push({ text: words(node).replace(/\\s+/g, " "), urgent });
    }
  }).observe(root, { childList: true, characterData: true, subtree: true });
  listen(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    listen(root);
    return root;
  };
})();
"""


def count(page: Page, part: str, *, urgent: bool | None = None) -> int:
    """How often something with these words was spoken so far."""
    heard: list[dict[str, Any]] = page.evaluate("window.heard")
    return sum(part in one["text"] for one in heard if urgent is None or one["urgent"] is urgent)


def nameless(page: Page) -> list[str]:
    """Roles of what can be operated and has no name, by the browser's own accessibility tree."""
    session: CDPSession = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    operated = {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "tab"}
    return [
        role
        for node in nodes
        if not node["ignored"]
        and (role := node.get("role", {}).get("value")) in operated
        and not str(node.get("name", {}).get("value", "")).strip()
    ]
