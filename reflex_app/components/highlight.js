// Colours for code: fetched when the first complete block appears.

import core from "highlight.js/lib/core";
import { grammarsOf } from "./grammars.js";

const fetched = new Map();

async function register(language) {
  for (const [id, grammar] of await grammarsOf(language)) {
    if (!core.getLanguage(id)) core.registerLanguage(id, grammar);
  }
}

/** Makes a language ready; one that could not be fetched is asked for again. */
export function ready(language) {
  if (!fetched.has(language)) {
    const asked = register(language);
    fetched.set(language, asked);
    asked.catch(() => fetched.delete(language));
  }
  return fetched.get(language);
}

/** Returns escaped HTML with spans for the colours, or null while the language is not ready. */
export const highlight = (code, language) =>
  core.getLanguage(language) ? core.highlight(code, { language, ignoreIllegals: true }).value : null;
