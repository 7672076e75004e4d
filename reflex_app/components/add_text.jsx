// Ways for a file into a message: a button, and dropping it anywhere on the page.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { ACCEPT } from "./text_files.js";
import { t } from "./texts.js";

/** The paper clip: chooses files by keyboard, mouse or touch. */
export function AddButton({ onFiles }) {
  const input = useRef(null);
  const take = () => {
    onFiles([...input.current.files]);
    input.current.value = "";
  };
  return (
    <>
      <button type="button" className="icon-btn" aria-label={t("file.add")} title={t("file.add")} data-testid="add-file" onClick={() => input.current.click()}>
        <Stroke size={18} width={1.8}>
          <path d="M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L10 17a1.7 1.7 0 0 1-2.4-2.4l7.4-7.4" />
        </Stroke>
      </button>
      <input ref={input} type="file" multiple hidden accept={ACCEPT} data-testid="file-input" onChange={take} />
    </>
  );
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

/** Covers the page while a file is dragged over it. */
export function DropTarget({ onFiles }) {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const drag = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => event.relatedTarget === null && setOver(false);
    const drop = (event) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      latest.current([...event.dataTransfer.files]);
    };
    const listeners = { dragenter: drag, dragover: drag, dragleave: leave, drop };
    const entries = Object.entries(listeners);
    entries.forEach(([name, listener]) => addEventListener(name, listener));
    return () => entries.forEach(([name, listener]) => removeEventListener(name, listener));
  }, []);
  if (!over) return null;
  return (
    <div className="drop" data-testid="drop-target">
      <p>
        <Stroke size={28} width={1.6}>
          <path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M12 11.5v6M9 14.5h6" />
        </Stroke>
        {t("file.drop")}
        <small>{t("file.kinds")}</small>
      </p>
    </div>
  );
}
