// Dialogs that keys and buttons anywhere on the page can call for.

import { Suspense, lazy, useEffect, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { isTyping } from "./keys.jsx";
import { PaletteBox } from "./palette_box.jsx";

const Palette = lazy(() => import("./palette.jsx"));
const HelpSheet = lazy(() => import("./help_sheet.jsx"));
const calls = new EventTarget();

/** Opens `palette` or `help`. */
export const summon = (name) => calls.dispatchEvent(new CustomEvent("summon", { detail: name }));

function calledBy(event) {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key.toLowerCase() === "k") return "palette";
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  return key === "?" && plain && !isTyping(event.target) && !document.querySelector("dialog[open]") ? "help" : "";
}

/** A button that opens a dialog. */
export function Summon({ name, label, hook, className, children }) {
  return (
    <button type="button" className={className} aria-label={label} title={label} aria-haspopup="dialog" data-testid={hook} onClick={() => summon(name)}>
      {children}
    </button>
  );
}

/** The dialog that was called for; its code is loaded then. */
export function Summoned({ about, ...finding }) {
  const [open, setOpen] = useState("");
  const [text, setText] = useState("");
  useEffect(() => {
    const press = (event) => {
      const name = calledBy(event);
      if (!name) return;
      event.preventDefault();
      summon(name);
    };
    // At once: the next key may be meant for the box already.
    const called = (event) =>
      flushSync(() => {
        setText("");
        setOpen((now) => (now === event.detail ? "" : event.detail));
      });
    addEventListener("keydown", press);
    calls.addEventListener("summon", called);
    return () => (removeEventListener("keydown", press), calls.removeEventListener("summon", called));
  }, []);
  if (!open) return null;
  const close = () => setOpen("");
  const box = { text, onText: setText, onClose: close };
  const sheet = (
    <Suspense fallback={null}>
      <HelpSheet onClose={close}>{about}</HelpSheet>
    </Suspense>
  );
  const palette = (
    <Suspense fallback={<PaletteBox {...box} />}>
      <Palette {...finding} {...box} />
    </Suspense>
  );
  return createPortal(open === "help" ? sheet : palette, document.body);
}
