// All keys on one sheet, and who answers.

import { Dialog } from "./dialog.jsx";
import { Stroke } from "./icons.jsx";
import { Keys } from "./keys.jsx";
import { t } from "./texts.js";

const GROUPS = [
  [
    t("help.anywhere"),
    [
      ["Mod K", t("palette.label")],
      ["Mod Shift O", t("key.new_chat")],
      ["/", t("key.write")],
      ["F2", t("key.rename")],
      ["?", t("key.help")],
    ],
  ],
  [
    t("help.writing"),
    [
      ["Enter", t("key.send")],
      ["Shift Enter", t("key.new_line")],
      ["Esc", t("key.stop")],
    ],
  ],
  [
    t("help.list"),
    [
      ["Up", t("key.above")],
      ["Down", t("key.below")],
      ["Enter", t("key.open")],
      ["Delete", t("key.delete")],
      ["X", t("key.select")],
      ["Mod A", t("key.select_all")],
      ["Esc", t("selection.end")],
    ],
  ],
];

export default function HelpSheet({ onClose, children }) {
  return (
    <Dialog className="sheet" label={t("sidebar.help")} hook="help-sheet" onClose={onClose}>
      <header className="sheet-top">
        <h2>{t("sidebar.help")}</h2>
        <button type="button" className="icon-btn" aria-label={t("help.close")} onClick={onClose}>
          <Stroke>
            <path d="M6 6l12 12M18 6L6 18" />
          </Stroke>
        </button>
      </header>
      <div className="sheet-body" tabIndex={0} role="group" aria-label={t("sidebar.help")}>
        {GROUPS.map(([name, keys]) => (
          <section key={name}>
            <h3 className="side-h">{name}</h3>
            <dl>
              {keys.map(([combo, meaning]) => (
                <div key={combo}>
                  <dt>
                    <Keys combo={combo} />
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {children}
      </div>
    </Dialog>
  );
}
