// Cuts Markdown into blocks that can be rendered apart from each other.

const FENCE = /^\s{0,3}(`{3,}|~{3,})/;
const INDENTED = /^(\s{2,}|\t)/;
const LIST_ITEM = /^\s{0,3}([-*+]|\d{1,9}[.)])\s/;
const DEFINITION = /^\s{0,3}\[[^\]]+\]:/m;
const MATH = /\$\$[^$]|\$(?=\S)[^$\n]*?[^\s$]\$(?!\d)|\\\(|\\\[/;

export const hasMath = (text) => MATH.test(text);

const displayed = (_, formula) => `\n$$\n${formula.trim()}\n$$\n`;

/** Writes formulas the way remark-math reads them; code stays as it is. */
export const mathText = (block) =>
  FENCE.test(block)
    ? block
    : block
        .replace(/\\\[([^]+?)\\\]/g, displayed)
        .replace(/^\s*\$\$([^$\n]+)\$\$\s*$/gm, displayed)
        .replace(/\\\((.+?)\\\)/g, (_, formula) => `$${formula}$`);

const goesOn = (block, line) =>
  INDENTED.test(line) || (LIST_ITEM.test(block[0]) && LIST_ITEM.test(line));

function toggled(fence, line) {
  const mark = FENCE.exec(line)?.[1];
  if (!mark) return fence;
  if (!fence) return mark;
  return mark[0] === fence[0] && mark.length >= fence.length ? null : fence;
}

const MAX_QUOTES = 40; // signs of quotation at the start of a line
const MAX_INDENT = 80; // white space at the start of a line, where lists nest
const START = /^[\s>]*/;

function deep(line) {
  const start = START.exec(line)[0];
  const quotes = start.split(">").length - 1;
  return quotes > MAX_QUOTES || start.length - quotes > MAX_INDENT;
}

/** Whether a block nests deeper than anybody reads, and than React can draw. */
export const tooDeep = (block) => !FENCE.test(block) && block.split("\n").some(deep);

/** Splits at blank lines outside of code, formulas and lists. */
export function splitBlocks(text) {
  if (DEFINITION.test(text)) return [text]; // links and footnotes reach across blocks
  const blocks = [];
  let block = [];
  let fence = null;
  let formula = false;
  let blank = false;
  for (const line of text.split("\n")) {
    if (blank && line.trim() && !fence && !formula && !goesOn(block, line)) {
      blocks.push(block.join("\n"));
      block = [];
    }
    blank = line.trim() ? false : block.length > 0;
    fence = toggled(fence, line);
    if (!fence && /^\s*\$\$\s*$/.test(line)) formula = !formula;
    if (line.trim() || block.length) block.push(line);
  }
  if (block.length) blocks.push(block.join("\n"));
  return blocks;
}
