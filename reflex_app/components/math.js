// Formulas: loaded when the first one appears.

import katex from "katex";
import "katex/dist/katex.min.css";

export { default as remark } from "remark-math";

const MAX_CHARS = 5000;
const MAX_DEPTH = 60; // KaTeX and the browser's layout go down as deep as the formula

function depth(tex) {
  let deepest = 0;
  let level = 0;
  for (const sign of tex) {
    if (sign === "{") deepest = Math.max(deepest, ++level);
    else if (sign === "}") level -= 1;
  }
  return deepest;
}

/** Draws a formula into `element`; one that is wrong, or too much, is shown as written. */
export function draw(tex, element, displayMode) {
  if (tex.length > MAX_CHARS || depth(tex) > MAX_DEPTH) element.textContent = tex;
  else katex.render(tex, element, { displayMode, throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500 });
}
