// Small controls that need the browser only.

import { useEffect, useRef, useState } from "react";
import { copyText } from "./clipboard.js";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

/** Leads keyboards past the sidebar, to what they came for. */
export function SkipLink({ to = "prompt", text }) {
  const skip = (event) => {
    event.preventDefault();
    document.getElementById(to)?.focus();
  };
  return (
    <a className="skip" href={`#${to}`} onClick={skip}>
      {text || t("skip.message")}
    </a>
  );
}

/** Copies a message as it was written. */
export function CopyButton({ text }) {
  const [copied, setCopied] = useState(false);
  const label = copied ? t("copy.done") : t("copy.message");
  return (
    <button type="button" className="icon-btn" aria-label={label} title={t("copy.copy")} onClick={() => copyText(text, setCopied)}>
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

/** Seconds left of `seconds`, by the clock: a tab in the background stays right. */
function useCountdown(seconds) {
  const [left, setLeft] = useState(Math.ceil(seconds));
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const count = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    count();
    if (seconds <= 0) return;
    const timer = setInterval(() => (count(), Date.now() >= end && clearInterval(timer)), 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}

const Ring = ({ part }) => (
  <svg className="retry-ring" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6.5" />
    <circle cx="8" cy="8" r="6.5" pathLength="1" strokeDasharray="1" strokeDashoffset={1 - part} />
  </svg>
);

/** Offers to try again, after `seconds` when the service asked to wait. */
export function RetryButton({ seconds = 0, disabled = false, onRetry }) {
  const left = useCountdown(seconds);
  const waiting = left > 0;
  return (
    <>
      <button type="button" className="retry" data-testid="retry" disabled={disabled || waiting} onClick={() => onRetry?.()}>
        {waiting && <Ring part={(left - 1) / Math.ceil(seconds)} />}
        {waiting ? t("retry.wait", { seconds: left }) : t("retry.retry")}
      </button>
      {seconds > 0 && (
        <span className="sr-only" role="status">
          {waiting ? "" : t("retry.now")}
        </span>
      )}
    </>
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
