// Printing a conversation: all of it, with the day it was printed.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { language, t } from "./texts.js";

const today = () => new Date().toLocaleDateString(language, { dateStyle: "long" });

/** The day, which only paper shows. */
export function PrintDate() {
  const shown = useRef(null);
  useEffect(() => {
    const note = () => (shown.current.textContent = today());
    addEventListener("beforeprint", note);
    return () => removeEventListener("beforeprint", note);
  }, []);
  return <p className="print-only" aria-hidden="true" ref={shown} />;
}

/** Reads the earlier messages that are not on the page yet, then prints. */
export function PrintButton({ menu, more, first, onMore }) {
  const [wanted, setWanted] = useState(0);
  const done = useRef(0);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (wanted === done.current) return;
    if (more) return void latest.current?.();
    done.current = wanted;
    // Two frames, so that the last messages are drawn and the menu is closed.
    requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
  }, [wanted, more, first]);
  const start = () => {
    document.getElementById(menu)?.hidePopover?.();
    setWanted((count) => count + 1);
  };
  return (
    <button type="button" className="item" data-testid="print" onClick={start}>
      <Stroke size={16}>
        <path d="M7 9V4h10v5M7 17H4.5v-6.5a1.5 1.5 0 0 1 1.5-1.5h12a1.5 1.5 0 0 1 1.5 1.5V17H17M7 14h10v6H7z" />
      </Stroke>
      {t("download.print")}
    </button>
  );
}
