// A question: as it was written, its excerpts folded, or being edited.

import { useEffect, useMemo, useRef, useState } from "react";
import { CopyButton } from "./buttons.jsx";
import { Excerpt, ExcerptList } from "./excerpt_list.jsx";
import { parts } from "./excerpts.js";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";
import { isComposing, useWriting } from "./writing.js";

function EditForm({ text, max, onDone, onEdit }) {
  const writing = useWriting(max);
  const { box, content, over } = writing;
  useEffect(() => {
    writing.put(text);
    box.current.focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (!content.trim() || over) return;
    onDone();
    onEdit?.(content.trim());
  };
  const press = (event) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    writing.press(event);
    if (event.key === "Escape") onDone();
    else if (event.key === "Enter" && !event.shiftKey) submit(event);
  };
  return (
    <form className="edit" onSubmit={submit}>
      <ExcerptList excerpts={writing.excerpts} onRemove={writing.remove} onInsert={writing.insert} />
      <textarea ref={box} rows={2} dir="auto" aria-label={t("edit.label")} aria-invalid={over > 0} data-testid="edit-box" defaultValue="" onChange={writing.change} onKeyDown={press} onPaste={writing.paste} />
      <div className="row">
        <span className={over ? "hint over" : "hint"}>{over ? t("composer.shorten", { number: over }) : t("edit.note")}</span>
        <button type="button" className="plain-btn" onClick={onDone}>
          {t("edit.cancel")}
        </button>
        <button type="submit" className="solid-btn" data-testid="edit-send" disabled={over > 0}>
          {t("edit.send")}
        </button>
      </div>
    </form>
  );
}

function Bubble({ text }) {
  const shown = useMemo(() => parts(text), [text]);
  return (
    <div className="bubble" dir="auto">
      {shown.map((part, index) => (part.excerpt ? <Excerpt key={index} excerpt={part.excerpt} /> : <span key={index}>{part.text}</span>))}
    </div>
  );
}

/** Where the focus goes when editing ends: back to what began it. */
function useReturn(editing) {
  const button = useRef(null);
  const opener = useRef(null);
  useEffect(() => {
    if (editing || !opener.current) return;
    if (opener.current === "composer") document.getElementById("prompt")?.focus();
    else button.current?.focus();
    opener.current = null;
  }, [editing]);
  const open = (event) => (opener.current = event.isTrusted ? "button" : "composer");
  return { button, open };
}

/** A question: as it was written, or being edited. */
export function Question({ message, text, max, editable = false, onEdit, children }) {
  const [editing, setEditing] = useState(false);
  const { button, open } = useReturn(editing);
  const edit = (event) => {
    open(event.nativeEvent);
    setEditing(true);
  };
  if (editing) return <EditForm text={text} max={max} onDone={() => setEditing(false)} onEdit={(next) => onEdit?.(message, next)} />;
  return (
    <>
      <Bubble text={text} />
      <div className="foot quiet">
        <CopyButton text={text} />
        {editable && (
          <button ref={button} type="button" className="icon-btn act" aria-label={t("edit.open")} title={t("edit.edit")} data-testid="edit" onClick={edit}>
            <Stroke size={16}>
              <path d="M4 20h4L19.5 8.5a2.1 2.1 0 0 0-3-3L5 17z" />
            </Stroke>
          </button>
        )}
        {children}
      </div>
    </>
  );
}
