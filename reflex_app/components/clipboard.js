const SHOWN_MS = 1500;

/** The way that works without https too: a selection in a field nobody sees. */
function copySelected(text) {
  const back = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  back?.focus({ preventScroll: true });
  return copied;
}

async function copy(text) {
  if (!navigator.clipboard) return copySelected(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** Copies `text` and keeps `setCopied` true for a moment; a refusal claims nothing. */
export async function copyText(text, setCopied) {
  if (!(await copy(text))) return;
  setCopied(true);
  setTimeout(() => setCopied(false), SHOWN_MS);
}
