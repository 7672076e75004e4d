// Finds formulas in Markdown and writes them the way remark-math reads them.

const MATH = /\$\$[^$]|\$(?=\S)[^$\n]*?[^\s$]\$(?!\d)|\\\(|\\\[/;

/** Code in a line or in a fence: nothing in it is a formula or a footnote. */
export const CODE =
  /^[ \t]*(?<fence>`{3,}(?=[^`]*$)|~{3,})[^]*?(?:^[ \t]*\k<fence>.*$|$(?![^]))|(?<!`)(?<ticks>`+)(?!`)[^]*?(?<!`)\k<ticks>(?!`)/gm;

const DISPLAYED = /\\\[(?<brackets>[^]{1,5000}?)\\\]|^[ \t]*\$\$(?<dollars>[^$\n]+)\$\$[ \t]*$/;
const INLINE = /\\\((?<inline>.{1,5000}?)\\\)/;
const KEPT = /\\\$|\$\$[^]+?\$\$|\$(?=\S)[^$\n]*?[^\s$]\$(?!\d)/;
const SIGNS = [`(?<code>${CODE.source})`, DISPLAYED.source, INLINE.source, KEPT.source, "\\$"];
const ALL = new RegExp(SIGNS.join("|"), "gm");

export const hasMath = (text) => MATH.test(text);

function written(all, ...rest) {
  const { code, brackets, dollars, inline } = rest.at(-1);
  if (code) return all;
  if (brackets || dollars) return `\n$$\n${(brackets || dollars).trim()}\n$$\n`;
  if (inline) return `$${inline}$`;
  return all === "$" ? "\\$" : all; // a sign that opens no formula is one of money
}

/** Formulas in one notation; code stays as it is. */
export const mathText = (block) => block.replace(ALL, written);
