// Where Markdown is shown. What reads it is fetched beside the page, not before it.

import { memo, useEffect, useState } from "react";

let reader = null; // the loaded module: later messages are drawn at once
let loading;

async function load() {
  try {
    reader = await (loading ??= import("./markdown.jsx"));
  } catch {
    loading = undefined; // the network failed: the next message asks again
  }
}

if (typeof window !== "undefined") {
  if (location.pathname.match(/^\/[cs]\//)) load();
  else (window.requestIdleCallback ?? setTimeout)(load);
}

function useReader() {
  const [, arrived] = useState(!!reader);
  useEffect(() => {
    let here = true;
    if (!reader) load().then(() => here && arrived(true));
    return () => {
      here = false;
    };
  }, []);
  return reader;
}

/** Shows Markdown, as it was written until it can be drawn. */
export const Prose = memo(function Prose({ text = "", live = false }) {
  const { Markdown } = useReader() ?? {};
  return (
    <div className={live ? "md live" : "md"}>
      {Markdown ? <Markdown text={text} live={live} /> : text && <pre className="plain">{text}</pre>}
    </div>
  );
});
