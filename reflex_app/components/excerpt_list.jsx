// Excerpts of a message, folded: what they are, how long, and their text on demand.

import { useState } from "react";
import { length, lines } from "./excerpts.js";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const sizeOf = ({ text }) => t("excerpt.size", { lines: t("excerpt.lines", { count: lines(text) }), characters: t("excerpt.characters", { count: length(text) }) });
const nameOf = (excerpt) => excerpt.name || t("excerpt.pasted");

function Summary({ excerpt }) {
  return (
    <summary>
      <Stroke size={16} width={1.8}>
        {excerpt.name ? <path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5" /> : <path d="M4 6h16M4 10.7h16M4 15.3h16M4 20h9" />}
      </Stroke>
      <span className="excerpt-name">{nameOf(excerpt)}</span>
      <small>{sizeOf(excerpt)}</small>
      <span className="turn">
        <Stroke size={14}>
          <path d="M9 6l6 6-6 6" />
        </Stroke>
      </span>
    </summary>
  );
}

/** One excerpt; its text is drawn only while it is unfolded. */
export function Excerpt({ excerpt, children }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="excerpt" data-testid="excerpt" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <Summary excerpt={excerpt} />
      {open && (
        <pre tabIndex={0} role="group" aria-label={nameOf(excerpt)} dir="auto">
          {excerpt.text}
        </pre>
      )}
      {open && children}
    </details>
  );
}

/** The excerpts of a message that is being written. */
export function ExcerptList({ excerpts, onRemove, onInsert }) {
  if (!excerpts.length) return null;
  return (
    <ul className="excerpts" aria-label={t("excerpt.list")}>
      {excerpts.map((excerpt) => (
        <li key={excerpt.id}>
          <Excerpt excerpt={excerpt}>
            <button type="button" className="plain-btn" data-testid="excerpt-insert" onClick={() => onInsert(excerpt)}>
              {t("excerpt.insert")}
            </button>
          </Excerpt>
          <button type="button" className="icon-btn" aria-label={t("excerpt.remove_one", { name: nameOf(excerpt) })} title={t("excerpt.remove")} data-testid="excerpt-remove" onClick={() => onRemove(excerpt)}>
            <Stroke size={16}>
              <path d="M6 6l12 12M18 6L6 18" />
            </Stroke>
          </button>
        </li>
      ))}
    </ul>
  );
}
