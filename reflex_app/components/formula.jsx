// A formula. KaTeX builds elements, not HTML: inline styles in HTML are refused here.

import { useLayoutEffect, useRef } from "react";

let loaded = null; // the loaded module: later formulas are drawn at once
let loading;

export const loadedMath = () => loaded;
export const loadMath = () => (loading ??= import("./math.js").then((module) => (loaded = module)));

export function Formula({ tex, display = false }) {
  const place = useRef(null);
  useLayoutEffect(() => loaded?.draw(tex, place.current, display), [tex, display]);
  return display ? <div ref={place} className="formula" tabIndex={0} role="group" aria-label="Formula" /> : <span ref={place} />;
}
