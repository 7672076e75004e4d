// One conversation in the list: a link, a title being written, or a box to tick.

import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { isOpen } from "./older_browsers.js";
import { addressOf } from "./place.jsx";
import { t } from "./texts.js";

/** Closes the drawer of small screens. */
export function closeDrawer() {
  const drawer = document.getElementById("sidebar");
  if (drawer && isOpen(drawer)) drawer.hidePopover();
}

function Rename({ item, onDone, onRename }) {
  const box = useRef(null);
  const over = useRef(false);
  useEffect(() => box.current.select(), []);
  const end = (keep) => {
    if (over.current) return;
    over.current = true;
    const title = box.current.value.trim();
    onDone();
    if (keep && title && title !== item.title) onRename?.(item.id, title);
  };
  const press = (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.nativeEvent.isComposing) end(true);
    else if (event.key === "Escape") (event.preventDefault(), end(false));
  };
  return <input ref={box} className="rename" autoFocus maxLength={200} defaultValue={item.title} aria-label={t("row_menu.new_title")} data-testid="rename-box" onKeyDown={press} onBlur={() => end(true)} />;
}

function Tick({ item, ticked, tabbed, onTick }) {
  const ranged = useRef(false); // a click on the label comes to the box without Shift
  const note = (event) => (ranged.current = event.shiftKey);
  return (
    <label className="pick" onPointerDown={note} onKeyDown={note}>
      <input type="checkbox" checked={ticked} tabIndex={tabbed ? 0 : -1} data-row={item.id} data-testid="pick" onChange={() => onTick(item.id, ranged.current)} />
      <span dir="auto">{item.title}</span>
    </label>
  );
}

export function Row({ item, current, tabbed, renaming, selecting, ticked, onDone, onRename, onMenu, onTick }) {
  if (renaming)
    return (
      <li className="conv">
        <Rename item={item} onDone={onDone} onRename={onRename} />
      </li>
    );
  if (selecting)
    return (
      <li className={ticked ? "conv picked" : "conv"}>
        <Tick item={item} ticked={ticked} tabbed={tabbed} onTick={onTick} />
      </li>
    );
  return (
    <li className={current ? "conv on" : "conv"}>
      <Link to={addressOf(item.id)} aria-current={current ? "page" : undefined} tabIndex={tabbed ? 0 : -1} data-row={item.id} data-testid="conversation" dir="auto" title={item.title} onClick={closeDrawer}>
        {item.title}
      </Link>
      <button type="button" className="icon-btn dots" tabIndex={tabbed ? 0 : -1} aria-label={t("row_menu.options_of", { title: item.title })} aria-haspopup="menu" data-testid="conversation-options" onClick={(event) => onMenu({ item, button: event.currentTarget })}>
        <svg width="16" height="16" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
          <circle cx="5" cy="12" r="1.8" />
          <circle cx="12" cy="12" r="1.8" />
          <circle cx="19" cy="12" r="1.8" />
        </svg>
      </button>
    </li>
  );
}
