// How well what was typed fits a name: whole words first, then beginnings, then letters in order ("ordst": order status).

export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("_", " ");

/** 0 and up, smaller is better; null: it does not fit. `more`: texts that count less, such as examples. */
export function fit(typed, name, more = "") {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (!words.length) return 0;
  const target = fold(name);
  const parts = target.split(/[^\p{L}\p{N}]+/u);
  const starts = words.map((word) => parts.findIndex((part) => part.startsWith(word)));
  if (target === words.join(" ")) return 0;
  if (starts.every((at) => at >= 0)) return 1 + starts.reduce((sum, at) => sum + at, 0) / 10 + target.length / 1000;
  if (words.every((word) => target.includes(word))) return 2 + target.length / 1000;
  const gaps = spread(words.join(""), target);
  if (gaps !== null) return 3 + gaps / 100;
  const others = fold(more);
  return words.every((word) => word.length > 2 && others.includes(word)) ? 5 : null;
}

/** How far the letters lie apart, in order; null when one is missing. The first must begin a word. */
function spread(letters, target) {
  let best = null;
  for (let start = 0; start < target.length; start += 1) {
    if (target[start] !== letters[0] || (start > 0 && target[start - 1] !== " ")) continue;
    let at = start;
    let found = true;
    for (const letter of letters.slice(1)) {
      at = target.indexOf(letter, at + 1);
      if (at < 0) { found = false; break; }
    }
    if (found && (best === null || at - start < best)) best = at - start;
  }
  return best === null ? null : best - letters.length + 1;
}
