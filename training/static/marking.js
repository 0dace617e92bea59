// What a marked part of a message is, asked in a list: the entity, and which one where that is known as a list.
import { pick } from "./picker.js";

const PLACEHOLDER = "Type a few letters";
// Nobody should wait for a mark to work that nothing reads (docs/operations.md).
const TAUGHT = "Product names are learned with the next training. Numbers, dates and names are found by their form: their marks are kept, and teach nothing.";

/** Resolves with {entity, value?}, or with null when somebody changed their mind. */
export async function askWhatItIs(part, words) {
  const entity = await pick({ title: `What is “${part}”?`, placeholder: PLACEHOLDER, entries: words.entities, hint: TAUGHT });
  if (!entity) return null;
  const known = words.choices(entity).filter((name) => name.toLowerCase() !== part.toLowerCase());
  if (!known.length) return { entity };
  const own = { value: "", title: `“${part}”`, text: "", note: "is its name" };
  const entries = [own, ...known.map((name) => ({ value: name, title: name, text: "", note: "" }))];
  const value = await pick({ title: `Which ${words.entity(entity)} is “${part}”?`, placeholder: PLACEHOLDER, entries });
  if (value === null) return null;
  return value ? { entity, value } : { entity };
}
