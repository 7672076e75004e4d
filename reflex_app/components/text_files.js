// Files as text: what is none is refused with a sentence that says why.

import { t } from "./texts.js";

const MAX_BYTES = 1_000_000;
const TEXT_NAME = /\.(txt|md|markdown|csv|tsv|json|jsonl|ya?ml|toml|ini|xml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|swift|c|h|cc|cpp|hpp|cs|php|sh|sql|r|lua|pl|tex|log|diff|patch|srt|vtt)$/i;

/** What a file dialog offers first; any other text can be chosen too. */
export const ACCEPT = "text/*,.md,.markdown,.csv,.tsv,.json,.jsonl,.yml,.yaml,.toml,.xml,.py,.js,.jsx,.ts,.tsx,.java,.go,.rs,.rb,.c,.h,.cpp,.cs,.php,.sh,.sql,.log,.tex";

function decoded(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

async function bytesOf(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    return null; // a folder, or a file that is gone
  }
}

/** The text of a file, or the sentence that says why there is none. */
export async function readText(file) {
  const { name } = file;
  if (file.size > MAX_BYTES) return { problem: t("file.too_large", { name }) };
  const bytes = await bytesOf(file);
  if (!bytes) return { problem: t("file.unreadable", { name }) };
  const text = decoded(bytes);
  if (text?.trim()) return { name, text };
  if (text !== null) return { problem: t("file.empty", { name }) };
  if (TEXT_NAME.test(name) || file.type.startsWith("text/")) return { problem: t("file.not_utf8", { name }) };
  return { problem: t("file.not_text", { name }) };
}
