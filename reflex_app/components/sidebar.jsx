// The list of conversations: groups by date, a menu for each, and finding them.

import { useEffect, useMemo, useRef, useState } from "react";
import { ConversationMenu, linesOf } from "./conversation_menu.jsx";
import { Row } from "./conversation_row.jsx";
import { Stroke } from "./icons.jsx";
import { Keys, isTyping } from "./keys.jsx";
import { grouped, listed } from "./list_groups.js";
import { useListKeys } from "./list_keys.js";
import { usePlace } from "./place.jsx";
import { SelectionBar, useSelection } from "./selection.jsx";
import { askToShare } from "./share.jsx";
import { Summoned, summon } from "./summons.jsx";
import { t } from "./texts.js";

const SHELF = "M4 5h16v4H4zM6 9v10h12V9M10 13h4";

function SearchButton() {
  return (
    <button type="button" className="search" aria-haspopup="dialog" data-testid="search" onClick={() => summon("palette")}>
      <Stroke size={16}>
        <path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20" />
      </Stroke>
      <span>{t("search.search")}</span>
      <Keys combo="Mod K" className="hide-mobile" />
    </button>
  );
}

function ShelfButton({ drawing, hook, onClick }) {
  return (
    <button type="button" className="shelf" data-testid={hook} onClick={onClick}>
      <Stroke size={16}>
        <path d={drawing} />
      </Stroke>
      {t("list.archive")}
    </button>
  );
}

/** Calls `onMore` when the end of the list comes into view. */
function End({ items, onMore }) {
  const end = useRef(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && latest.current?.(), { rootMargin: "200px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [items]);
  return <div ref={end} className="list-end" aria-hidden="true" />;
}

/** Shows the drawer of small screens, so that what is in it can be seen. */
function openDrawer() {
  const drawer = document.getElementById("sidebar");
  if (getComputedStyle(drawer).display === "none") drawer.showPopover?.();
}

/** F2 anywhere renames the open conversation. */
function useRenameKey(place, rename) {
  const latest = useRef(rename);
  latest.current = rename;
  useEffect(() => {
    const press = (event) => {
      if (event.key !== "F2" || event.defaultPrevented || !place || isTyping(event.target)) return;
      event.preventDefault();
      latest.current(place);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [place]);
}

export function Conversations({ items, fresh, gone, more, archived, ready, hydrated, visitor, query, children, onLoad, onMore, onRename, onPin, onArchive, onDelete, onDownload, onShelf, onTheme }) {
  const place = usePlace();
  const list = useRef(null);
  const [menu, setMenu] = useState(null);
  const [renaming, setRenaming] = useState("");
  const conversations = useMemo(() => listed(items, fresh, gone), [items, fresh, gone]);
  const groups = useMemo(() => grouped(conversations), [conversations]);
  const order = groups.flatMap(([, group]) => group.map((item) => item.id));
  const selection = useSelection(order);
  useEffect(() => {
    if (hydrated) onLoad?.(); // a page that was loaded anew shows what is there now
  }, [hydrated]);
  const rename = (id) => (openDrawer(), setRenaming(id));
  const remove = (id) => onDelete?.(selection.on && selection.ids.length ? selection.ids : [id]);
  const keys = useListKeys(list, { order, current: place, selecting: selection.on, renaming, on: { remove, rename, tick: selection.tick, all: selection.all, end: selection.end } });
  useRenameKey(place, rename);
  const choose = (item, { hook, kind }) => {
    if (kind) return onDownload?.(item.id, kind);
    const does = {
      pin: () => onPin?.(item.id, !item.pinned),
      rename: () => rename(item.id),
      select: () => (openDrawer(), selection.begin(item.id)),
      "row-share": () => askToShare(item.id),
      archive: () => onArchive?.([item.id], !item.archived),
      delete: () => onDelete?.([item.id]),
    };
    does[hook]();
  };
  const many = (act) => (act(selection.ids), selection.end());
  const actions = {
    one: conversations.find((item) => item.id === place),
    menu: (item) => linesOf(item).map((line) => ({ ...line, run: () => choose(item, line) })),
    archived,
    visitor,
    onShelf: (shelf) => (openDrawer(), onShelf?.(shelf)),
    onSelect: () => (openDrawer(), selection.begin()),
    onTheme,
    onHelp: () => summon("help"),
  };
  const row = (item) => (
    <Row key={item.id} item={item} current={item.id === place} tabbed={item.id === keys.stop} renaming={renaming === item.id} selecting={selection.on} ticked={selection.has(item.id)} onDone={() => setRenaming("")} onRename={onRename} onMenu={setMenu} onTick={selection.tick} />
  );
  return (
    <>
      {selection.on ? <SelectionBar count={selection.ids.length} archived={archived} onArchive={() => many((ids) => onArchive?.(ids, !archived))} onDelete={() => many((ids) => onDelete?.(ids))} onEnd={selection.end} /> : <SearchButton />}
      {archived && <ShelfButton drawing="M19 12H5M11 6l-6 6 6 6" hook="leave-archive" onClick={() => onShelf?.(false)} />}
      <nav ref={list} className="list" aria-label={archived ? t("list.label_archived") : t("list.label")} onKeyDown={keys.press} onFocus={keys.focus}>
        {!ready && <div className="list-skeleton" aria-hidden="true">{[1, 2, 3, 4, 5].map((n) => <span key={n} />)}</div>}
        {ready && !groups.length && <p className="list-note">{archived ? t("list.archive_empty") : t("list.empty")}</p>}
        {groups.map(([name, group]) => (
          <section key={name} data-testid="group">
            <h2 className="side-h">{name}</h2>
            <ul>{group.map(row)}</ul>
          </section>
        ))}
        {more && <End items={items} onMore={onMore} />}
        {ready && !archived && <ShelfButton drawing={SHELF} hook="show-archive" onClick={() => onShelf?.(true)} />}
      </nav>
      <ConversationMenu of={menu} onChoice={choose} />
      <Summoned about={children} query={query} conversations={conversations} gone={gone} actions={actions} />
    </>
  );
}
