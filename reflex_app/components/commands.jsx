// What the palette can do besides finding.

import { t } from "./texts.js";
import { signIn, signOut } from "./visitor.jsx";

const DRAWINGS = {
  create: "M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6M10 14l.6-3.2L18 3.4a1.8 1.8 0 0 1 2.6 2.6l-7.4 7.4z",
  usage: "M4 20h16M7.5 20v-6M12 20V5M16.5 20v-9",
  theme: "M20 14.5A8.2 8.2 0 0 1 9.5 4 8.2 8.2 0 1 0 20 14.5z",
  select: "M4 6.5 6 8.5 9.5 4.5M13 6.5h7M4 16l2 2 3.5-4M13 16.5h7",
  shelf: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  "sign-in": "M14 4h4a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 18 20h-4M4 12h10M10.5 8l4 4-4 4",
  "sign-out": "M10 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h4M10 12h10M16 8l4 4-4 4",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M12 16.8v.2",
};

/** The way in or out, for those who have one. */
const ways = {
  guest: () => [command("sign-in", t("visitor.sign_in"), { run: signIn })],
  user: () => [command("sign-out", t("visitor.sign_out"), { run: signOut })],
};

const command = (name, title, rest) => ({ id: `command-${name}`, drawing: DRAWINGS[name], title, ...rest });

/** Commands for where the reader is; `actions` does them, `one` is the open conversation. */
export function commandsFor({ one, menu, archived, visitor, onShelf, onSelect, onTheme, onHelp }) {
  const ofThis = one ? menu(one).filter((line) => line.hook !== "select").map((line) => ({ ...line, id: `command-${line.hook}`, title: line.long })) : [];
  return [
    command("create", t("sidebar.new_chat"), { go: "/", keys: "Mod Shift O" }),
    ...ofThis,
    command("select", t("command.select"), { run: onSelect }),
    command("shelf", archived ? t("command.leave_archive") : t("command.show_archive"), { run: () => onShelf?.(!archived) }),
    command("usage", t("command.usage"), { go: "/usage" }),
    command("theme", t("sidebar.switch_theme"), { run: onTheme }),
    ...(ways[visitor]?.() ?? []),
    command("help", t("command.help"), { run: onHelp, keys: "?" }),
  ];
}
