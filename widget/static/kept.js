// What the widget keeps in the page's storage: a few marks and a random token, nothing that says who somebody is.

/** The text under this key, or null; also where the browser refuses storage. */
export function stored(kind, key) {
  try {
    return globalThis[kind].getItem(key);
  } catch {
    return null;
  }
}

/** Keep a text, or with null forget it; false where the browser keeps nothing. */
export function keep(kind, key, text) {
  try {
    if (text === null) globalThis[kind].removeItem(key);
    else globalThis[kind].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Forget all that is ours. */
export function wipe() {
  for (const kind of ["localStorage", "sessionStorage"]) {
    try {
      for (const key of Object.keys(globalThis[kind])) if (key.startsWith("handrail:")) globalThis[kind].removeItem(key);
    } catch {
      // No storage here, so nothing is kept.
    }
  }
}
