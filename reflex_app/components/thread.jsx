// The scrolling conversation: follows the end unless the reader scrolled away.

import { useLayoutEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";
import { useJump } from "./jump.js";
import { t } from "./texts.js";

const NEAR_PX = 24;
const AWAY_PX = 160;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const UP_KEYS = ["ArrowUp", "PageUp", "Home"];

function usePinnedToEnd(box, inner, turn) {
  const pinned = useRef(true);
  const [away, setAway] = useState(false);
  const release = () => (pinned.current = false);
  useLayoutEffect(() => {
    const element = box.current;
    const left = () => element.scrollHeight - element.scrollTop - element.clientHeight;
    let top = 0;
    const listeners = {
      scroll: () => {
        setAway(left() > AWAY_PX);
        if (left() < NEAR_PX) pinned.current = true;
        else if (element.scrollTop < top) release(); // by the bar, or by a script
        top = element.scrollTop;
      },
      wheel: (event) => event.deltaY < 0 && release(),
      touchmove: release,
      keydown: (event) => UP_KEYS.includes(event.key) && release(),
    };
    const entries = Object.entries(listeners);
    entries.forEach(([name, listener]) => element.addEventListener(name, listener, { passive: true }));
    const observer = new ResizeObserver(() => pinned.current && (element.scrollTop = element.scrollHeight));
    observer.observe(inner.current);
    observer.observe(element);
    return () => {
      observer.disconnect();
      entries.forEach(([name, listener]) => element.removeEventListener(name, listener));
    };
  }, [box, inner]);
  const toEnd = (behavior = "auto") => {
    pinned.current = true;
    box.current.scrollTo({ top: box.current.scrollHeight, behavior });
  };
  useLayoutEffect(() => void (turn && toEnd()), [turn]); // a new question is always in view
  return { away, toEnd, release };
}

const EARLY_PX = 600;

/**
 * Asks for earlier messages near the top, and keeps in place what is being read.
 *
 * What is read is the first message in view: it is where it was after others came
 * before it.
 */
function useEarlier(box, { more, first, onMore }) {
  const asked = useRef("");
  const anchor = useRef(null);
  const latest = useRef({});
  latest.current = { more, first, onMore };
  useLayoutEffect(() => {
    const element = box.current;
    const note = () => {
      const top = element.getBoundingClientRect().top;
      const seen = [...element.querySelectorAll(".msg")].find((one) => one.getBoundingClientRect().bottom > top);
      anchor.current = seen ? { seen, top: seen.getBoundingClientRect().top } : null;
    };
    const scroll = () => {
      const now = latest.current;
      if (!now.more || element.scrollTop > EARLY_PX || asked.current === now.first) return;
      asked.current = now.first;
      now.onMore?.();
    };
    const follow = () => (scroll(), latest.current.more && note());
    element.addEventListener("scroll", follow, { passive: true });
    return () => element.removeEventListener("scroll", follow);
  }, [box]);
  useLayoutEffect(() => {
    if (asked.current && asked.current !== first && anchor.current?.seen.isConnected) {
      const { seen, top } = anchor.current;
      box.current.scrollTop += seen.getBoundingClientRect().top - top;
    }
    asked.current = "";
  }, [first]);
}

const OUTCOMES = { version: "reached.version", busy: "reached.busy", missing: "reached.missing", unreachable: "reached.unreachable" };

/** Scrolls its children; `turn` changes when the user asks something. */
export function Thread({ children, label, turn, more = false, first = "", shown, reached = "", onMore, onReach }) {
  const box = useRef(null);
  const inner = useRef(null);
  const { away, toEnd, release } = usePinnedToEnd(box, inner, turn);
  useEarlier(box, { more, first, onMore });
  const outcome = useJump(box, { shown, reached, first, release, onReach });
  return (
    <>
      <p className="reach-note" role="status">{OUTCOMES[outcome] && t(OUTCOMES[outcome])}</p>
      <div className="thread" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={label}>
        <div ref={inner} className="thread-in">
          {children}
        </div>
      </div>
      <div className="to-end-place">
        <button type="button" className="to-end" hidden={!away} aria-label={t("thread.to_end")} onClick={() => toEnd(still() ? "auto" : "smooth")}>
          <Stroke>
            <path d="M12 5v14M6 13l6 6 6-6" />
          </Stroke>
        </button>
      </div>
    </>
  );
}
