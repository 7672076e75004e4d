// Formulas: loaded when the first one appears.

import katex from "katex";
import "katex/dist/katex.min.css";

export { default as remark } from "remark-math";

/** Draws a formula into `element`; one that is wrong is shown as it was written. */
export function draw(tex, element, displayMode) {
  katex.render(tex, element, { displayMode, throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500 });
}
