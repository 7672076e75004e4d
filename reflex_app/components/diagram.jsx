// A diagram: its picture, and the code it was drawn from.

import { useEffect, useState, useSyncExternalStore } from "react";
import { CodeFrame, Listing } from "./code.jsx";
import { draw, drawn, isDark, onDark } from "./diagrams.js";
import { keepReachable } from "./reachable.js";
import { t } from "./texts.js";

function usePicture(source, live) {
  const dark = useSyncExternalStore(onDark, isDark);
  const [result, setResult] = useState();
  useEffect(() => {
    if (live) return;
    let here = true;
    draw(source).then((picture) => here && setResult({ source, dark, picture }));
    return () => {
      here = false;
    };
  }, [source, live, dark]);
  if (live) return undefined;
  const known = drawn(source);
  return known !== undefined || result?.source !== source ? known : result.picture;
}

function View({ name, on, onChoose }) {
  return (
    <button type="button" className="tool" aria-pressed={on} onClick={onChoose}>
      {name}
    </button>
  );
}

const SMALLEST = 0.58; // of its size: the letters are about 8 px high then

/** Shows the code until the picture is there, and for good when there is none. */
export function Diagram({ text, live }) {
  const [code, setCode] = useState(false);
  const picture = usePicture(text, live);
  const views = picture && (
    <span className="views" role="group" aria-label={t("diagram.view")}>
      <View name={t("diagram.label")} on={!code} onChoose={() => setCode(false)} />
      <View name={t("code.label")} on={code} onChoose={() => setCode(true)} />
    </span>
  );
  return (
    <CodeFrame name="Mermaid" text={text} tools={views} plain={!!picture && !code}>
      {picture && !code ? (
        <div className="diagram" ref={keepReachable} role="group" aria-label={t("diagram.label")}>
          <img src={picture.url} width={picture.width} height={picture.height} alt={t("diagram.picture")} style={{ minWidth: picture.width * SMALLEST }} />
        </div>
      ) : (
        <Listing text={text} live={live} />
      )}
      {picture === null && (
        <p className="code-note" role="status">
          {t("diagram.failed")}
        </p>
      )}
    </CodeFrame>
  );
}
