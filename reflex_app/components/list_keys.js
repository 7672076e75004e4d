// The list of conversations by keyboard: one stop for Tab, arrows within.

import { useEffect, useState } from "react";

const ROW = "[data-row]";
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function target(rows, from, key) {
  if (key === "Home") return rows[0];
  if (key === "End") return rows.at(-1);
  return rows[Math.min(Math.max(rows.indexOf(from) + STEPS[key], 0), rows.length - 1)];
}

/** Focuses the row behind one that goes, or the one before it. */
function leave(rows, row) {
  const at = rows.indexOf(row);
  (rows[at + 1] || rows[at - 1])?.focus();
}

/**
 * Which row Tab stops at, and what keys do in the list.
 *
 * `on` gets `remove(id)`, `rename(id)`, `tick(id)`, `all()` and `end()`; the last two
 * only while some are being selected.
 */
export function useListKeys(list, { order, current, selecting, renaming, on }) {
  const [at, setAt] = useState("");
  const stop = [at, current, order[0]].find((id) => order.includes(id));
  useEffect(() => setAt(""), [current]);
  useEffect(() => {
    // The row that had the focus is drawn anew as something else.
    const lost = at && !renaming && document.activeElement === document.body;
    if (lost) list.current.querySelector(`[data-row="${CSS.escape(stop)}"]`)?.focus();
  }, [selecting, renaming]);
  const press = (event) => {
    const row = event.target.closest(ROW);
    const id = row?.dataset.row;
    const command = event.ctrlKey || event.metaKey;
    if (!id || event.altKey) return;
    const rows = [...event.currentTarget.querySelectorAll(ROW)];
    const does = {
      ...Object.fromEntries(["ArrowDown", "ArrowUp", "Home", "End"].map((key) => [key, () => target(rows, row, key).focus()])),
      F2: () => on.rename(id),
      Delete: () => (leave(rows, row), on.remove(id)),
      Backspace: () => (leave(rows, row), on.remove(id)),
      x: () => on.tick(id),
      ...(selecting && { Escape: on.end }),
      ...(selecting && command && { a: on.all }),
    };
    const act = does[event.key];
    if (!act || (command && event.key !== "a")) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const focus = (event) => event.target.dataset?.row && setAt(event.target.dataset.row);
  return { stop, press, focus };
}
