// What can be done with a conversation, as a menu beside it and as commands.

import { useEffect, useRef } from "react";
import { Stroke } from "./icons.jsx";
import { SHARE } from "./share.jsx";
import { t } from "./texts.js";

const DRAWINGS = {
  pin: "M9 4h6l-.7 6.2 3.2 3.3v1.5h-11v-1.5l3.2-3.3zM12 15v5.5",
  rename: "M4 20h4L19.5 8.5a2.1 2.1 0 0 0-3-3L5 17z",
  select: "M4 6.5 6 8.5 9.5 4.5M13 6.5h7M4 16l2 2 3.5-4M13 16.5h7",
  archive: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  delete: "M5 7h14M10 4h4M7 7l.8 12.2a1 1 0 0 0 1 .8h6.4a1 1 0 0 0 1-.8L17 7",
};

/** The lines for a conversation: `title` in its menu, `long` where nothing says which. */
export function linesOf({ pinned, archived }) {
  const line = (hook, key, rest) => ({ hook, drawing: DRAWINGS[hook], title: t(`row_menu.${key}`), long: t(`command.${key}`), ...rest });
  const download = (kind) => line(`row-download-${kind}`, `download_${kind}`, { drawing: DRAWINGS.download, kind });
  return [
    line("pin", pinned ? "unpin" : "pin"),
    line("rename", "rename", { keys: "F2" }),
    line("row-share", "share", { drawing: SHARE }),
    line("archive", archived ? "move_back" : "archive"),
    line("select", "select"),
    download("md"),
    download("csv"),
    download("json"),
    line("delete", "delete", { danger: true }),
  ];
}

/** Moves between the lines of a menu by the arrow keys. */
function walk(event) {
  const lines = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  event.stopPropagation(); // the keys of the list are not meant
  if (!step) return;
  event.preventDefault();
  lines.at((lines.indexOf(document.activeElement) + step) % lines.length).focus();
}

/** Puts the menu beside the button that opened it, inside the window. */
function putBeside(menu, button) {
  const place = button.getBoundingClientRect();
  menu.showPopover();
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(8, Math.min(place.left, innerWidth - width - 8))}px`;
  menu.style.top = `${place.bottom + height + 8 > innerHeight ? Math.max(8, place.top - height - 4) : place.bottom + 4}px`;
  menu.querySelector("button")?.focus();
}

/** The menu of the conversation that `of` names, beside the button in it. */
export function ConversationMenu({ of, onChoice }) {
  const menu = useRef(null);
  useEffect(() => {
    if (of) putBeside(menu.current, of.button);
  }, [of]);
  const choose = (line) => {
    menu.current.hidePopover();
    onChoice(of.item, line);
  };
  return (
    <div ref={menu} id="conversation-menu" className="pop conv-menu" popover="auto" role="menu" aria-label={t("row_menu.options")} onKeyDown={walk}>
      {of &&
        linesOf(of.item).map((line) => (
          <button key={line.hook} type="button" role="menuitem" className={line.danger ? "item danger" : "item"} data-testid={line.hook} onClick={() => choose(line)}>
            <Stroke size={16}>
              <path d={line.drawing} />
            </Stroke>
            {line.title}
          </button>
        ))}
    </div>
  );
}
