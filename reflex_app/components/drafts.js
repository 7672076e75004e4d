// What was written and not sent: one draft for each conversation, kept by the browser.
//
// Where people sign in, a draft is shown to whoever wrote it and to nobody else. What a
// guest wrote goes along when they sign in.

import { useEffect, useRef } from "react";

const DRAFT = "sidekick-draft:";
const OWNER = "sidekick-drafts-of";
const GUEST = "guest";

const nameOf = (place) => `${DRAFT}${place}`;
const kept = () => Object.keys(localStorage).filter((name) => name.startsWith(DRAFT));

let known = false; // whether the page has said who is here
let left = false;
const hidden = new Map(); // drafts that were wanted before that

const ours = () => !left && (known || !localStorage.getItem(OWNER));

/** Shows and keeps the drafts of who is here, nobody where nobody signs in; others' go. */
export function keepDraftsOf(owner, guest) {
  const mine = guest ? GUEST : owner;
  const before = localStorage.getItem(OWNER);
  if (before && before !== mine && before !== GUEST) forgetDrafts();
  if (mine) localStorage.setItem(OWNER, mine);
  else localStorage.removeItem(OWNER);
  [known, left] = [true, false];
  for (const [key, newValue] of hidden) {
    if (localStorage.getItem(key) === newValue) dispatchEvent(new StorageEvent("storage", { key, newValue }));
  }
  hidden.clear();
}

/** Forgets them all: whoever leaves leaves nothing behind. */
export function forgetDrafts() {
  left = true;
  for (const name of [...kept(), OWNER]) localStorage.removeItem(name);
}

/** Keeps what could not be sent where it will be found. */
export function putBack(place, content) {
  if (content && !localStorage.getItem(nameOf(place))) localStorage.setItem(nameOf(place), content);
}

function write(place, content) {
  // Before the page knows who is here, an empty box is no sign that a draft is done with.
  if (left || (!content && !ours())) return;
  try {
    if (content) localStorage.setItem(nameOf(place), content);
    else localStorage.removeItem(nameOf(place));
  } catch {
    // More than the browser keeps: it stays in the box as long as the tab is open.
  }
}

export function readDraft(place) {
  const draft = localStorage.getItem(nameOf(place)) || "";
  if (ours()) return draft;
  if (draft) hidden.set(nameOf(place), draft);
  return "";
}

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
