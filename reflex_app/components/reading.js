// What is read beyond GitHub's Markdown: footnotes of other blocks, and addresses that
// end where Chinese or Japanese goes on without a space.

import { CODE } from "./mathtext.js";

const NOTE_MARK = /\[\^([^\]\s]{1,100})\]/g;
const SIGN = "\\u3000-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\u201c\\u201d";
const ADDRESS = new RegExp(`(${CODE.source})|(?<![<(\\[:"])\\bhttps?://[^\\s<>()[\\]${SIGN}]+(?=[${SIGN}])`, "gm");

/** Marks where such addresses end. */
export const endAddresses = (block) => block.replace(ADDRESS, (all, code) => (code ? all : `<${all}>`));

const text = (value) => ({ type: "text", value });
const mark = (name) => ({
  type: "noteMark",
  data: { hName: "sup", hProperties: { "data-note": name.toLowerCase() } },
  children: [],
});

function marked({ value }) {
  const parts = value.split(NOTE_MARK).map((part, index) => (index % 2 ? mark(part) : text(part)));
  return parts.filter((node) => node.value !== "");
}

const READ = {
  text: marked,
  footnoteReference: (node) => [mark(node.identifier)],
  footnoteDefinition: (node) => [{ type: "blockquote", children: node.children }],
};

function walk(node) {
  if (!node.children) return;
  node.children.forEach(walk);
  node.children = node.children.flatMap((child) => READ[child.type]?.(child) ?? [child]);
}

/** A plugin of remark: the marks of footnotes, wherever these stand. */
export const footnoteMarks = () => walk;
