// Long pasted texts and files that go with a message: fenced blocks of its Markdown.
//
// Other clients see code blocks. This page knows its own by the second word of the
// info string, `pasted` or `file="notes.md"`, and shows them folded.

const LONG_CHARS = 2000;
const LONG_LINES = 30;
const HEAD = /^(`{3,})(\S+) (?:pasted|file="([^"]*)")$/;
const LANGUAGE = /^\w[\w+-]{0,14}$/;

/** Code points, as the API counts. */
export const length = (text) => text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length || 0);

export const lines = (text) => text.split("\n").length;

/** Whether a text that is pasted would bury what is written around it. */
export const isLong = (text) => text.length > LONG_CHARS || lines(text) > LONG_LINES;

const longestRun = (text) => Math.max(2, ...(text.match(/`{3,}/g) || []).map((run) => run.length));

const safeName = (name) => name.replace(/["`]/g, "'").replace(/\p{Cc}+/gu, " ");

function languageOf(name) {
  const extension = name.includes(".") ? name.split(".").pop().toLowerCase() : "";
  return LANGUAGE.test(extension) && extension !== "txt" ? extension : "text";
}

/** An excerpt of a file, or of what was pasted when it has no name. */
export const excerpt = (text, name = "") => ({ id: crypto.getRandomValues(new Uint32Array(2)).join("-"), name: safeName(name), text: text.replace(/\r\n?/g, "\n").replace(/\n$/, "") });

function fenced({ name, text }) {
  const fence = "`".repeat(longestRun(text) + 1);
  const kind = name ? `${languageOf(name)} file="${name}"` : "text pasted";
  return `${fence}${kind}\n${text}\n${fence}`;
}

/** The Markdown of a message: what was written, then its excerpts. */
export const compose = (text, excerpts) => [...(text ? [text] : []), ...excerpts.map(fenced)].join("\n\n");

/** The texts and excerpts that a message is made of, in their order. */
export function parts(content) {
  const found = [];
  let open = null;
  let text = [];
  const endText = () => {
    const joined = text.join("\n").replace(/\n$/, "").replace(found.length ? /^\n/ : "", "");
    if (joined) found.push({ text: joined });
    text = [];
  };
  for (const line of content.split("\n")) {
    const head = open ? null : HEAD.exec(line);
    if (head) open = { line, fence: head[1], name: head[3] || "", lines: [] };
    else if (!open) text.push(line);
    else if (line !== open.fence) open.lines.push(line);
    else {
      endText();
      found.push({ excerpt: excerpt(open.lines.join("\n"), open.name) });
      open = null;
    }
  }
  if (open) text.push(open.line, ...open.lines); // without an end it is only text
  if (!found.length) return [{ text: text.join("\n") }];
  endText();
  return found;
}

/** What `compose` made a message of. */
export function split(content) {
  const found = parts(content);
  return {
    text: found.flatMap((part) => (part.excerpt ? [] : [part.text])).join("\n\n"),
    excerpts: found.flatMap((part) => (part.excerpt ? [part.excerpt] : [])),
  };
}
