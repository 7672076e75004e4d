// The scrolling conversation: follows the end unless the reader scrolled away.

import { useLayoutEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";

const NEAR_PX = 24;
const AWAY_PX = 160;
const UP_KEYS = ["ArrowUp", "PageUp", "Home"];

function usePinnedToEnd(box, inner, turn) {
  const pinned = useRef(true);
  const [away, setAway] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    const left = () => element.scrollHeight - element.scrollTop - element.clientHeight;
    const release = () => (pinned.current = false);
    const listeners = {
      scroll: () => {
        setAway(left() > AWAY_PX);
        if (left() < NEAR_PX) pinned.current = true;
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
  useLayoutEffect(() => toEnd(), [turn]); // a new question is always in view
  return { away, toEnd };
}

/** Scrolls its children; `turn` changes when the user asks something. */
export function Thread({ children, label, turn }) {
  const box = useRef(null);
  const inner = useRef(null);
  const { away, toEnd } = usePinnedToEnd(box, inner, turn);
  return (
    <>
      <div className="thread" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={label}>
        <div ref={inner} className="thread-in">
          {children}
        </div>
      </div>
      <div className="to-end-place">
        <button type="button" className="to-end" hidden={!away} aria-label="Scroll to latest" onClick={() => toEnd("smooth")}>
          <Stroke>
            <path d="M12 5v14M6 13l6 6 6-6" />
          </Stroke>
        </button>
      </div>
    </>
  );
}
