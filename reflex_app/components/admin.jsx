// What administrators ask for: buttons, and the one dialog that they open.

import { useEffect, useRef, useState } from "react";
import { FORMS } from "./admin_forms.jsx";
import { Dialog } from "./dialog.jsx";
import { Stroke } from "./icons.jsx";
import { language, t } from "./texts.js";

let ask = () => {};

/** A button that opens the dialog `kind` about something. */
export function Ask({ kind, about, label, className, hook, disabled, children }) {
  return (
    <button type="button" className={className} aria-label={label} aria-haspopup="dialog" data-testid={hook} disabled={disabled} onClick={() => ask({ kind, about })}>
      {children}
    </button>
  );
}

/** A moment in the reader's own time. */
export function Moment({ at }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={new Date(at).toISOString()}>
      {new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })}
    </time>
  );
}

/** After a dialog whose button is gone, the focus goes to the part of the page it was in. */
const keepFocus = (place) => setTimeout(() => document.activeElement === document.body && document.getElementById(place)?.focus());

/** The dialog; it closes when what it asked for was done. */
export function AdminDialog({ busy, problem, done, token, onOpen, onTaken, ...does }) {
  const [asked, setAsked] = useState(null);
  const [secret, setSecret] = useState("");
  const before = useRef(done);
  const acting = useRef(null); // what was asked for when the page began to do it
  useEffect(() => {
    ask = (wanted) => (setSecret(""), setAsked(wanted), onOpen?.());
    return () => (ask = () => {});
  });
  const close = () => {
    setAsked(null);
    setSecret("");
    if (asked) keepFocus(FORMS[asked.kind].place);
  };
  useEffect(() => {
    if (busy) acting.current = asked;
  }, [busy]);
  useEffect(() => {
    if (done !== before.current && asked === acting.current) close();
    before.current = done;
  }, [done]);
  useEffect(() => {
    if (!token) return;
    setSecret(token);
    setAsked({ kind: "key" }); // also when the dialog was closed meanwhile
    onTaken?.(); // the server need not keep it
  }, [token]);
  if (!asked) return null;
  const { title, Form } = FORMS[asked.kind];
  const heading = title(asked.about);
  return (
    <Dialog className="admin-box" label={heading} hook={`dialog-${asked.kind}`} onClose={close}>
      <header>
        <h2>{heading}</h2>
        <button type="button" className="icon-btn" aria-label={t("share.close")} onClick={close}>
          <Stroke>
            <path d="M6 6l12 12M18 6L6 18" />
          </Stroke>
        </button>
      </header>
      <Form {...does} about={asked.about ?? {}} busy={busy} secret={secret} onClose={close}>
        {problem && (
          <p className="admin-problem" role="alert" data-testid="admin-problem">
            {problem}
          </p>
        )}
      </Form>
    </Dialog>
  );
}
