// What was written and not sent: one draft for each conversation, kept by the browser.

import { useEffect, useRef } from "react";

const nameOf = (place) => `sidekick-draft:${place}`;

function write(place, content) {
  try {
    if (content) localStorage.setItem(nameOf(place), content);
    else localStorage.removeItem(nameOf(place));
  } catch {
    // More than the browser keeps: it stays in the box as long as the tab is open.
  }
}

export const readDraft = (place) => localStorage.getItem(nameOf(place)) || "";

/** Follows another tab with the same draft, unless this one has something of its own. */
function useOtherTabs({ place, content, put }) {
  const latest = useRef({});
  latest.current = { place, content, put };
  useEffect(() => {
    const follow = ({ key, oldValue, newValue }) => {
      const now = latest.current;
      if (key === nameOf(now.place) && now.content === (oldValue || "")) now.put(newValue || "");
    };
    addEventListener("storage", follow);
    return () => removeEventListener("storage", follow);
  }, []);
}

/**
 * Keeps one draft for each conversation; `put` shows another one, after a `move`.
 *
 * When the page itself moves, because a new chat became a conversation or one was
 * deleted, what was typed meanwhile goes along; `waiting` says that it is being sent.
 */
export function useDraft({ place, shown, content, pending, waiting, put, move }) {
  const current = useRef(place);
  const first = useRef(true);
  useOtherTabs({ place, content, put });
  useEffect(() => {
    const before = current.current;
    if (first.current) {
      first.current = false; // nothing is shown yet: other tabs must not hear that it is gone
      return;
    }
    if (before === place) {
      if (!pending) write(place, content);
      return;
    }
    current.current = place;
    const draft = readDraft(place);
    if (shown === place && content && (before === "" || waiting || !draft)) {
      write(before, "");
      write(place, content);
      return;
    }
    put(draft);
    move();
  }, [place, content, pending]);
}
