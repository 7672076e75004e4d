// Several conversations at once.

import { useState } from "react";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const NONE = { on: false, ids: new Set(), last: "" };

/** Which of the conversations, in the order of the list, are selected. */
export function useSelection(order) {
  const [{ on, ids, last }, set] = useState(NONE);
  const there = order.filter((id) => ids.has(id));
  const tick = (id, ranged) => {
    const next = new Set(there);
    const [from, to] = [order.indexOf(last), order.indexOf(id)].sort((a, b) => a - b);
    const range = ranged && from >= 0 ? order.slice(from, to + 1) : [id];
    const ticked = !ids.has(id);
    range.forEach((each) => (ticked ? next.add(each) : next.delete(each)));
    set({ on: true, ids: next, last: id });
  };
  return {
    on,
    ids: there,
    has: (id) => ids.has(id),
    tick,
    begin: (id) => set({ on: true, ids: new Set(id ? [id] : []), last: id || "" }),
    all: () => set({ on: true, ids: new Set(order), last }),
    end: () => set(NONE),
  };
}

const counted = (count) => (count ? t("selection.count", { count }) : t("command.select"));

export function SelectionBar({ count, archived, onArchive, onDelete, onEnd }) {
  const move = archived ? t("row_menu.move_back") : t("row_menu.archive");
  return (
    <div className="selection" role="toolbar" aria-label={t("selection.label")} data-testid="selection">
      <span className="selection-count" role="status">{counted(count)}</span>
      <button type="button" className="icon-btn" disabled={!count} aria-label={move} title={move} data-testid="archive-selected" onClick={onArchive}>
        <Stroke size={16}>
          <path d="M4 5h16v4H4zM6 9v10h12V9M10 13h4" />
        </Stroke>
      </button>
      <button type="button" className="icon-btn danger" disabled={!count} aria-label={t("row_menu.delete")} title={t("row_menu.delete")} data-testid="delete-selected" onClick={onDelete}>
        <Stroke size={16}>
          <path d="M5 7h14M10 4h4M7 7l.8 12.2a1 1 0 0 0 1 .8h6.4a1 1 0 0 0 1-.8L17 7" />
        </Stroke>
      </button>
      <button type="button" className="icon-btn" aria-label={t("selection.end")} title={t("selection.end")} data-testid="end-selection" onClick={onEnd}>
        <Stroke size={16}>
          <path d="M6 6l12 12M18 6L6 18" />
        </Stroke>
      </button>
    </div>
  );
}
