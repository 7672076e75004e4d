// The palette's frame and its box, there at once: nothing that is typed is lost while
// the rest is loaded.

import { useLayoutEffect, useRef } from "react";
import { Dialog } from "./dialog.jsx";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

export function PaletteBox({ text, active, onText, onPress, onClose, children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    box.current.focus();
    box.current.setSelectionRange(text.length, text.length); // the frame is drawn twice
  }, []);
  return (
    <Dialog className="palette" label={t("palette.label")} hook="palette" onClose={onClose}>
      <div className="palette-box">
        <Stroke>
          <path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20" />
        </Stroke>
        <input ref={box} type="text" role="combobox" aria-expanded={!!children} aria-controls="palette-list" aria-activedescendant={active} aria-autocomplete="list" aria-label={t("palette.box")} placeholder={t("palette.box")} maxLength={200} autoComplete="off" spellCheck={false} dir="auto" data-testid="palette-box" value={text} onChange={(event) => onText(event.target.value)} onKeyDown={onPress} />
        <button type="button" className="palette-close" aria-label={t("palette.close")} onClick={onClose}>
          Esc
        </button>
      </div>
      {children}
    </Dialog>
  );
}
