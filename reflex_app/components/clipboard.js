const SHOWN_MS = 1500;

/** Copies `text` and keeps `setCopied` true for a moment. */
export async function copyText(text, setCopied) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // the browser refused: nothing was copied, so nothing is claimed
  }
  setCopied(true);
  setTimeout(() => setCopied(false), SHOWN_MS);
}
