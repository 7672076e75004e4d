// A formula. KaTeX builds elements, not HTML: inline styles in HTML are refused here.

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { keepReachable } from "./reachable.js";
import { t } from "./texts.js";

let loaded = null; // the loaded module: later formulas are drawn at once
let loading;

/** Fetches what draws formulas; null when the network failed, and the next one asks again. */
async function loadMath() {
  try {
    loaded = await (loading ??= import("./math.js"));
  } catch {
    loading = undefined;
  }
  return loaded;
}

/** Returns what draws formulas, as soon as it is there and `needed`. */
export function useMath(needed) {
  const [math, setMath] = useState(loaded);
  useEffect(() => {
    let here = true;
    if (needed && !math) loadMath().then((module) => here && setMath(module));
    return () => {
      here = false;
    };
  }, [needed, math]);
  return math;
}

export function Formula({ tex, display = false }) {
  const place = useRef(null);
  const math = useMath(true);
  useLayoutEffect(() => {
    if (math) math.draw(tex, place.current, display);
    else place.current.textContent = tex;
  }, [math, tex, display]);
  if (!display) return <span ref={place} dir="ltr" />;
  return (
    <div className="formula" ref={keepReachable} dir="ltr" role="group" aria-label={t("formula.label")}>
      <div ref={place} />
    </div>
  );
}
