// Footnotes: numbered through the whole message, listed at its end.

import { createContext, useContext } from "react";
import { t } from "./texts.js";

/** What a mark needs to know: the numbers by name, the footnotes, and whether more may come. */
export const Footnotes = createContext({ numbers: new Map(), notes: new Map(), live: false });

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Goes to another place of the same message; the address stays. */
function goTo(event, selector) {
  const target = event.currentTarget.closest(".md").querySelector(selector);
  target?.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  target?.focus({ preventScroll: true });
}

export function NoteMark({ "data-note": name }) {
  const { numbers, notes, live } = useContext(Footnotes);
  const number = numbers.get(name);
  if (!notes.has(name)) return live ? <sup>{number}</sup> : `[^${name}]`;
  return (
    <sup>
      <button type="button" className="note-mark" data-number={number} aria-label={t("footnotes.mark", { number })} onClick={(event) => goTo(event, `.note[data-number="${number}"]`)}>
        {number}
      </button>
    </sup>
  );
}

/** The list at the end; `draw` renders the Markdown of one footnote. */
export function Notes({ draw }) {
  const { numbers, notes } = useContext(Footnotes);
  const known = [...numbers].filter(([name]) => notes.has(name));
  if (!known.length) return null;
  return (
    <section className="notes" aria-label={t("footnotes.title")}>
      <ol>
        {known.map(([name, number]) => (
          <li key={name} value={number} className="note" data-number={number} tabIndex={-1}>
            {draw(notes.get(name))}
            <button type="button" className="note-back" aria-label={t("footnotes.back", { number })} onClick={(event) => goTo(event, `.note-mark[data-number="${number}"]`)}>
              ↩
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
