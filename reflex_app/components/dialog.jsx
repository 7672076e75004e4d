// A modal dialog of the browser's own: it traps the focus and gives it back.

import { useLayoutEffect, useRef } from "react";

export function Dialog({ className, label, hook, onClose, children }) {
  const box = useRef(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    const dialog = box.current;
    const closed = () => latest.current();
    dialog.addEventListener("close", closed);
    dialog.showModal();
    return () => {
      // Its event comes later, when another dialog may be open already.
      dialog.removeEventListener("close", closed);
      dialog.close();
    };
  }, []);
  const press = (event) => event.target === box.current && onClose();
  return (
    <dialog ref={box} className={`dialog ${className}`} aria-label={label} data-testid={hook} onPointerDown={press}>
      {children}
    </dialog>
  );
}
