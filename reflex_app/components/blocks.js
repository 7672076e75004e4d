// Cuts Markdown into blocks that can be rendered apart from each other.
//
// What reaches from one block into another is taken out of them: definitions of links
// go with each block that names them, footnotes are listed after the last block.

import { CODE } from "./mathtext.js";

const OPENING = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const CLOSING = /^ {0,3}(`{3,}|~{3,})\s*$/;
const FENCED = /^(`{3,}|~{3,})[ \t]*(.*)/;
const INDENTED = /^(\s{2,}|\t)/;
const LIST_ITEM = /^\s{0,3}([-*+]|\d{1,9}[.)])\s/;
const LINK = /^ {0,3}\[(?!\^)((?:[^\]\\]|\\.){1,200})\]:\s*\S/;
const NOTE = /^ {0,3}\[\^([^\]\s]{1,100})\]:\s?(.*)$/;
const NOTE_MARK = /\[\^([^\]\s]{1,100})\]/g;
const FORMULA_FENCE = /^\s*\$\$\s*$/;

const goesOn = (block, line) =>
  INDENTED.test(line) || (LIST_ITEM.test(block[0]) && LIST_ITEM.test(line));

const closes = (mark, line) => {
  const found = CLOSING.exec(line)?.[1];
  return !!found && found[0] === mark[0] && found.length >= mark.length;
};

/** Returns the code of a block that is nothing but a fence, or null. */
export function fenced(block) {
  const [, mark, info] = FENCED.exec(block) ?? [];
  if (!mark) return null;
  const lines = block.split("\n");
  const closed = lines.length > 1 && closes(mark, lines.at(-1));
  return { info, text: lines.slice(1, closed ? -1 : undefined).join("\n"), closed };
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
export const tooDeep = (block) => block.split("\n").some(deep);

/** Collects lines into blocks; a footnote is a block with its name. */
class Cutter {
  blocks = [];
  notes = new Map();
  links = new Map();
  #lines = [];
  #note = null; // the name of the footnote that is being read
  #fence = null;
  #formula = false;
  #blank = false;

  read(line) {
    if (this.#fence) return this.#inside(line);
    if (this.#formula) return this.#keep(line);
    if (this.#blank && line.trim() && !this.#continues(line)) this.end();
    this.#fence = OPENING.exec(line)?.[1] ?? null;
    if (this.#fence && !line.startsWith(" ")) this.end();
    const note = this.#fence ? null : NOTE.exec(line);
    if (note) return this.#begin(note[1].toLowerCase(), note[2]);
    const link = this.#fence ? null : LINK.exec(line);
    if (link) this.links.set(link[1].toLowerCase(), line);
    this.#keep(line);
  }

  end() {
    const source = this.#lines.join("\n");
    if (this.#note !== null) this.notes.set(this.#note, source.trim());
    else if (source) this.blocks.push(source);
    this.#lines = [];
    this.#note = null;
    this.#blank = false;
  }

  #begin(name, first) {
    this.end();
    this.#note = name;
    this.#lines.push(first);
  }

  #continues(line) {
    return this.#note === null ? goesOn(this.#lines, line) : INDENTED.test(line);
  }

  #inside(line) {
    const whole = this.#lines[0]?.startsWith(this.#fence);
    this.#push(line);
    if (!closes(this.#fence, line)) return;
    this.#fence = null;
    if (whole) this.end();
  }

  #keep(line) {
    if (!this.#fence && FORMULA_FENCE.test(line)) this.#formula = !this.#formula;
    this.#blank = !line.trim() && this.#lines.length > 0;
    if (line.trim() || this.#lines.length) this.#push(line);
  }

  #push(line) {
    this.#lines.push(this.#note === null ? line : line.replace(/^( {1,4}|\t)/, ""));
  }
}

/** Gives each footnote its number: as they are named, those that nobody names last. */
function numbered(blocks, notes) {
  const numbers = new Map();
  const number = (name) => numbers.has(name) || numbers.set(name, numbers.size + 1);
  for (const block of [...blocks, ...notes.values()]) {
    if (!block.includes("[^") || fenced(block)) continue;
    for (const [, name] of block.replace(CODE, "").matchAll(NOTE_MARK)) number(name.toLowerCase());
  }
  for (const name of notes.keys()) number(name);
  return numbers;
}

function withLinks(block, links) {
  if (!links.size || !block.includes("[") || fenced(block)) return block;
  const text = block.toLowerCase();
  const named = [...links].filter(([label, line]) => text.includes(`[${label}]`) && !block.includes(line));
  return named.length ? `${named.map(([, line]) => line).join("\n")}\n\n${block}` : block;
}

/**
 * Splits at blank lines outside of code, formulas and lists, and around code.
 *
 * Returns the blocks, the footnotes by name, and the number of each name that is used.
 */
export function cut(text) {
  const cutter = new Cutter();
  for (const line of text.split("\n")) cutter.read(line);
  cutter.end();
  const { blocks, notes, links } = cutter;
  return {
    blocks: blocks.map((block) => withLinks(block, links)),
    notes: new Map([...notes].map(([name, source]) => [name, withLinks(source, links)])),
    numbers: notes.size || text.includes("[^") ? numbered(blocks, notes) : new Map(),
  };
}
