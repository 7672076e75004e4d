// A table: scrolls sideways in its own frame, and can be copied into a spreadsheet.

import { useRef, useState } from "react";
import { copyText } from "./clipboard.js";
import { Stroke } from "./icons.jsx";
import { keepReachable } from "./reachable.js";
import { t } from "./texts.js";

const cellText = (cell) => cell.innerText.replace(/\s+/g, " ").trim();
const rowText = (row) => [...row.cells].map(cellText).join("\t");

export function Table({ children }) {
  const table = useRef(null);
  const [copied, setCopied] = useState(false);
  const copy = () => copyText([...table.current.rows].map(rowText).join("\n"), setCopied);
  return (
    <div className="tbl-frame">
      <div className="tbl" ref={keepReachable} role="group" aria-label={t("markdown.table")}>
        <table ref={table}>{children}</table>
      </div>
      <button type="button" className="tool" aria-label={copied ? t("copy.done") : t("copy.table")} title={t("copy.table")} onClick={copy}>
        <Stroke size={16}>
          {copied ? (
            <path d="m5 12 5 5L20 7" />
          ) : (
            <>
              <rect x="9" y="9" width="11" height="11" rx="2.5" />
              <path d="M5 15V6a2 2 0 0 1 2-2h9" />
            </>
          )}
        </Stroke>
      </button>
      <span className="sr-only" role="status">
        {copied && t("copy.done")}
      </span>
    </div>
  );
}
