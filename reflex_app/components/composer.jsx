// The message box: typing stays in the browser until it is sent.

import { useEffect, useLayoutEffect } from "react";
import { AddButton, DropTarget } from "./add_text.jsx";
import { readDraft, useDraft } from "./drafts.js";
import { ExcerptList } from "./excerpt_list.jsx";
import { compose, length, split } from "./excerpts.js";
import { Stroke } from "./icons.jsx";
import { useOutbox } from "./outbox.js";
import { usePlace } from "./place.jsx";
import { number, t } from "./texts.js";
import { isComposing, useWriting } from "./writing.js";

// Whoever reads what was found is not called away either.
const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName || "") || !!element?.hasAttribute("data-found");

/** Puts the cursor into the box, where that opens no keyboard on the screen. */
function focus(box) {
  if (matchMedia("(pointer: fine)").matches && !typing(document.activeElement)) box.current.focus();
}

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

/** Opens the last question for editing, when it can be edited; says whether it did. */
function editLast() {
  const last = [...document.querySelectorAll("[data-busy=false] .msg.user")].at(-1)?.querySelector("[data-testid=edit]");
  last?.click();
  return !!last;
}

/** What was typed before the page was alive, else the draft of an earlier visit. */
function firstText(typed, place) {
  const draft = readDraft(place);
  return typed ? compose(typed, split(draft).excerpts) : draft;
}

function SendButton({ busy, disabled, onStop }) {
  if (busy)
    return (
      <button key="stop" type="button" className="send stop" data-testid="stop" aria-label={t("composer.stop")} title={t("composer.stop_key")} onClick={() => onStop?.()}>
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <rect x="1" y="1" width="12" height="12" rx="2.5" fill="currentColor" />
        </svg>
      </button>
    );
  return (
    <button key="send" type="submit" className="send" data-testid="send" aria-label={t("composer.send")} title={t("composer.send_key")} disabled={disabled}>
      <Stroke width={2.2}>
        <path d="M12 19V5M6 11l6-6 6 6" />
      </Stroke>
    </button>
  );
}

/** What there is to say about the message: too long, queued, or a file that is no text. */
function Hint({ over, queued, notice }) {
  return (
    <span className={over || notice ? "hint over" : "hint"} role="status" data-testid="composer-hint">
      {over > 0 && <span aria-hidden>{t("composer.shorten", { number: over })}</span>}
      {/* The number would be read out again at every key. */}
      {over > 0 && <span className="sr-only">{t("composer.too_long")}</span>}
      {!over && (notice || (queued && t("composer.queued")))}
    </span>
  );
}

/** `shown` is the conversation on the page: what is sent before it is the wanted one waits. */
export function Composer({ busy, ready, shown, turn, max = 20000, placeholder, onSend, onStop }) {
  const place = usePlace();
  const writing = useWriting(max);
  const { box, content, count, over, put } = writing;
  const outbox = useOutbox({
    ready: ready && shown === place,
    busy,
    turn,
    onSend: (sent) => onSend?.(sent, place),
    taken: () => put(""),
    unheard: (lost) => !content && put(lost),
  });
  const sendable = !over && !!content.trim() && outbox.waiting === null;

  // Before the browser can hear another key.
  useLayoutEffect(() => {
    const typed = box.current.value;
    // A line break at the end that nobody heard was an Enter before the page was alive.
    const entered = typed.endsWith("\n") && !!typed.trim();
    const first = firstText(entered ? typed.trimEnd() : typed, place);
    put(first);
    if (entered && length(first.trim()) <= max) outbox.setWaiting(first.trim());
    if (matchMedia("(pointer: fine)").matches) box.current.focus();
  }, []);
  // A new turn, or a new chat, takes the button away that had the focus.
  useEffect(() => focus(box), [turn]);
  useEffect(() => {
    if (outbox.waiting !== null && outbox.waiting !== content.trim()) outbox.setWaiting(null);
  }, [content]);
  useDraft({ place, shown, content, pending: outbox.pending, waiting: outbox.waiting !== null, put, move: () => (outbox.setWaiting(null), focus(box)) });
  useShortcuts(box, busy, onStop);

  const submit = (event) => {
    event.preventDefault();
    if (sendable) outbox.setWaiting(content.trim());
  };
  const press = (event) => {
    if (isComposing(event)) return;
    writing.press(event);
    if (event.key === "Enter" && !event.shiftKey) submit(event);
    else if (event.key === "ArrowUp" && !content && editLast()) event.preventDefault();
  };
  return (
    <form className="composer" onSubmit={submit}>
      <ExcerptList excerpts={writing.excerpts} onRemove={writing.remove} onInsert={writing.insert} />
      <label className="sr-only" htmlFor="prompt">
        {t("composer.label")}
      </label>
      <textarea id="prompt" ref={box} rows={1} data-testid="composer" dir="auto" placeholder={placeholder} enterKeyHint="send" autoComplete="off" aria-invalid={over > 0} aria-describedby="count" defaultValue="" onChange={writing.change} onKeyDown={press} onPaste={writing.paste} />
      <div className="row">
        <AddButton onFiles={writing.take} />
        <Hint over={over} queued={outbox.waiting !== null && busy} notice={writing.notice} />
        <span id="count" data-testid="count" className={over ? "count over" : "count"}>
          {count > 0 && `${number(count)} / ${number(max)}`}
        </span>
        <SendButton busy={busy} disabled={!sendable} onStop={onStop} />
      </div>
      <DropTarget onFiles={writing.take} />
    </form>
  );
}
