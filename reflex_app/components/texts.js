// The page's words in the reader's language; see `reflex_app/texts.py`.
//
// The language's texts stand in the page's head. Where there are none, in the build,
// a mark is written that `translated.py` replaces.

const element = globalThis.document?.getElementById("texts");
const catalogue = element ? JSON.parse(element.textContent) : null;

/** The tag of the language, as `Intl` takes it. */
export const language = catalogue?.tag ?? "en";

const KEPT = "sidekick-language";

// Made when first needed: browsers load a language's rules for tens of milliseconds.
let numbers, plurals;

/** A number as the language writes it. */
export const number = (value) => (numbers ??= new Intl.NumberFormat(language)).format(value);
const formOf = (count) => (plurals ??= new Intl.PluralRules(language)).select(count);

const shown = (value) => (typeof value === "number" ? number(value) : value);
const mark = (key, values) => `⟦${key}${values ? `?${encodeURIComponent(JSON.stringify(values))}` : ""}⟧`;

/** The text of that key; `values` fill its placeholders, and `count` chooses a plural. */
export function t(key, values) {
  if (!catalogue) return mark(key, values);
  const entry = catalogue.texts[key] ?? key;
  const form = typeof entry === "string" ? entry : (entry[formOf(values.count)] ?? entry.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

// What the server keeps of this tab holds texts: in another language the tab begins anew.
if (catalogue) {
  const before = sessionStorage.getItem(KEPT);
  if (before && before !== language) sessionStorage.removeItem("token");
  sessionStorage.setItem(KEPT, language);
}
