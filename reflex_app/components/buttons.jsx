// Small controls that need the browser only.

import { useEffect, useRef, useState } from "react";
import { copyText } from "./clipboard.js";
import { Stroke } from "./icons.jsx";

/** Leads keyboards past the sidebar and the conversation. */
export function SkipLink() {
  const skip = (event) => {
    event.preventDefault();
    document.getElementById("prompt")?.focus();
  };
  return (
    <a className="skip" href="#prompt" onClick={skip}>
      Skip to the message box
    </a>
  );
}

/** Copies a message as it was written. */
export function CopyButton({ text }) {
  const [copied, setCopied] = useState(false);
  const label = copied ? "Copied" : "Copy message";
  return (
    <button type="button" className="icon-btn" aria-label={label} title="Copy" onClick={() => copyText(text, setCopied)}>
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
  );
}

/** Offers to try again, after `seconds` when the service asked to wait. */
export function RetryButton({ seconds = 0, disabled = false, onRetry }) {
  const [left, setLeft] = useState(Math.ceil(seconds));
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <button type="button" className="retry" data-testid="retry" disabled={disabled || left > 0} onClick={() => onRetry?.()}>
      {left > 0 ? `Retry in ${left} s` : "Retry"}
    </button>
  );
}

const LONGEST_PAUSE_MS = 8000;

/** Calls `onTick` again and again, ever more slowly, while `active`. */
export function Ticker({ active, onTick }) {
  const latest = useRef(onTick);
  latest.current = onTick;
  useEffect(() => {
    if (!active) return;
    let timer;
    const wait = (ms) => {
      timer = setTimeout(() => {
        latest.current?.();
        wait(Math.min(ms * 2, LONGEST_PAUSE_MS));
      }, ms);
    };
    wait(1000);
    return () => clearTimeout(timer);
  }, [active]);
  return null;
}
