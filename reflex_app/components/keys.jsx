// Keys: how they are named on this machine, and whether somebody is typing.

import { useEffect, useState } from "react";

const NAMES = { Mod: "Ctrl", Shift: "⇧", Up: "↑", Down: "↓" };
const MAC_NAMES = { ...NAMES, Mod: "⌘", Delete: "⌫" };

export const isMac = () => /mac|iphone|ipad/i.test(navigator.platform);

/** Whether keys go into a text at the moment. */
export const isTyping = (element) => !!element?.matches?.("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=button])");

/** A key or several together, like `Mod Shift O`. */
export function Keys({ combo, className }) {
  const [mac, setMac] = useState(false);
  useEffect(() => setMac(isMac()), []);
  const names = mac ? MAC_NAMES : NAMES;
  const keys = combo.split(" ");
  return <kbd className={className}>{keys.map((key) => names[key] || key).join(" ")}</kbd>;
}
