// The message box: typing stays in the browser until it is sent.

import { useEffect, useRef, useState } from "react";
import { Stroke } from "./icons.jsx";

const DRAFT = "sidekick-draft";

const draft = {
  read: () => sessionStorage.getItem(DRAFT) || "",
  write: (text) => (text ? sessionStorage.setItem(DRAFT, text) : sessionStorage.removeItem(DRAFT)),
};

const length = (text) => [...text].length; // code points, as the API counts
const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName || "");

function useShortcuts(box, busy, onStop) {
  useEffect(() => {
    const press = (event) => {
      if (event.key === "Escape" && busy && !event.isComposing) onStop?.();
      else if (event.key === "/" && !typing(document.activeElement)) {
        event.preventDefault();
        box.current?.focus();
      } else if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "o") {
        event.preventDefault();
        document.getElementById("new-chat")?.click();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [box, busy, onStop]);
}

/** What was typed before the page was alive, else the draft of an earlier visit. */
function firstText(element) {
  if (!element.value) element.value = draft.read();
  return element.value;
}

function SendButton({ busy, disabled, onStop }) {
  if (busy)
    return (
      <button key="stop" type="button" className="send stop" data-testid="stop" aria-label="Stop generating" title="Stop (Esc)" onClick={() => onStop?.()}>
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <rect x="1" y="1" width="12" height="12" rx="2.5" fill="currentColor" />
        </svg>
      </button>
    );
  return (
    <button key="send" type="submit" className="send" data-testid="send" aria-label="Send message" title="Send (Enter)" disabled={disabled}>
      <Stroke width={2.2}>
        <path d="M12 19V5M6 11l6-6 6 6" />
      </Stroke>
    </button>
  );
}

const UNHEARD_MS = 8000;

/**
 * Hands texts over one at a time and sees that none is lost.
 *
 * The page answers a text with the next `turn`. One that gets no answer, because
 * the connection broke just then, is given back.
 */
function useOutbox({ ready, busy, turn, onSend, taken, unheard }) {
  const [waiting, setWaiting] = useState(null);
  const [sent, setSent] = useState(null);
  useEffect(() => {
    if (waiting === null || sent !== null || !ready || busy) return;
    setSent({ text: waiting, turn });
    setWaiting(null);
    taken();
    onSend?.(waiting);
  }, [waiting, sent, ready, busy]);
  useEffect(() => {
    if (sent === null) return;
    if (sent.turn !== turn) {
      setSent(null);
      return;
    }
    const timer = setTimeout(() => (setSent(null), unheard(sent.text)), UNHEARD_MS);
    return () => clearTimeout(timer);
  }, [sent, turn]);
  return { waiting, setWaiting, pending: sent !== null };
}

/** `ready` is false until the page knows its session: what is sent before waits. */
export function Composer({ busy, ready, turn, max = 4000, placeholder, onSend, onStop }) {
  const box = useRef(null);
  const [text, setText] = useState("");
  const put = (next) => {
    box.current.value = next;
    setText(next);
  };
  const outbox = useOutbox({
    ready,
    busy,
    turn,
    onSend,
    taken: () => put(""),
    unheard: (lost) => !box.current.value && put(lost),
  });
  const count = length(text);
  const over = count > max;
  const sendable = !over && !!text.trim() && outbox.waiting === null;

  useEffect(() => {
    const first = firstText(box.current);
    setText(first);
    // A line break at the end that nobody heard was an Enter before the page was alive.
    if (first.trim() && first.endsWith("\n") && length(first.trim()) <= max) outbox.setWaiting(first.trim());
    if (matchMedia("(pointer: fine)").matches) box.current.focus();
  }, []);
  // A new turn, or a new chat, takes the button away that had the focus.
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches && !typing(document.activeElement)) box.current.focus();
  }, [turn]);
  useEffect(() => {
    if (!outbox.pending) draft.write(text);
  }, [text, outbox.pending]);
  useShortcuts(box, busy, onStop);

  const change = (event) => {
    outbox.setWaiting(null);
    setText(event.target.value);
  };
  const submit = (event) => {
    event.preventDefault();
    if (sendable) outbox.setWaiting(text.trim());
  };
  const press = (event) => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) submit(event);
  };
  return (
    <form className="composer" onSubmit={submit}>
      <label className="sr-only" htmlFor="prompt">
        Message
      </label>
      <textarea id="prompt" ref={box} rows={1} data-testid="composer" dir="auto" placeholder={placeholder} enterKeyHint="send" autoComplete="off" aria-invalid={over} aria-describedby="count" defaultValue="" onChange={change} onKeyDown={press} />
      <div className="row">
        <span className="hint">{outbox.waiting !== null && busy && "Queued: sent when this answer ends"}</span>
        <span id="count" data-testid="count" className={over ? "count over" : "count"}>
          {count > 0 && `${count.toLocaleString("en")} / ${max.toLocaleString("en")}`}
        </span>
        <span className="sr-only" role="status">
          {over && `The message is longer than ${max} characters.`}
        </span>
        <SendButton busy={busy} disabled={!sendable} onStop={onStop} />
      </div>
    </form>
  );
}
