// A page that is left takes with it what it has not sent: a link waits for that moment, closing the window asks.

/** Guard the window; returns what ends that. `deeds`: Deeds. */
export function waitForSending(deeds) {
  const leaving = (event) => {
    const link = event.target.closest?.("a[href]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || !["", "_self"].includes(link?.target);
    if (!link || elsewhere || !deeds.busy) return;
    event.preventDefault();
    deeds.settled().then(() => location.assign(link.href));
  };
  const closing = (event) => { if (deeds.busy) event.preventDefault(); };
  document.addEventListener("click", leaving, true);
  addEventListener("beforeunload", closing);
  return () => {
    document.removeEventListener("click", leaving, true);
    removeEventListener("beforeunload", closing);
  };
}
