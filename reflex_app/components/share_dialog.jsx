// The dialog in which links to a conversation are made, copied and revoked.

import { useEffect, useRef, useState } from "react";
import { copyText } from "./clipboard.js";
import { Stroke } from "./icons.jsx";
import { language, t } from "./texts.js";

const DAYS = [1, 7, 30, 90, 365];
const USUAL = 30;

const daysText = (days) => (days === 365 ? t("share.year") : t("share.days", { count: days }));
const dateText = (iso, style) => new Date(iso).toLocaleString(language, style);
const day = (iso) => dateText(iso, { dateStyle: "medium" });
const moment = (iso) => dateText(iso, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });

function Fresh({ token }) {
  const field = useRef(null);
  const [copied, setCopied] = useState(false);
  const url = `${location.origin}/s/${token}`;
  useEffect(() => field.current.select(), [token]);
  return (
    <div className="share-fresh">
      <div className="share-row">
        <input ref={field} readOnly value={url} aria-label={t("share.link")} data-testid="share-link" onFocus={(event) => event.target.select()} />
        <button type="button" className="solid-btn" data-testid="share-copy" onClick={() => copyText(url, setCopied)}>
          {copied ? t("copy.done") : t("copy.copy")}
        </button>
      </div>
      <p className="share-note" role="status">
        {t("share.ready")}
      </p>
    </div>
  );
}

function Maker({ busy, again, onCreate }) {
  const choice = useRef(null);
  const submit = (event) => {
    event.preventDefault();
    onCreate?.(Number(choice.current.value));
  };
  return (
    <form className="share-row" onSubmit={submit}>
      <label className="share-days">
        <span>{t("share.works_for")}</span>
        <select ref={choice} defaultValue={USUAL} data-testid="share-days">
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {daysText(days)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className={again ? "plain-btn" : "solid-btn"} data-testid="share-create" disabled={busy}>
        {again ? t("share.create_another") : t("share.create")}
      </button>
    </form>
  );
}

function Links({ links, onRevoke }) {
  return (
    <section className="share-links" aria-label={t("share.links")}>
      <h3>{t("share.links")}</h3>
      <ul>
        {links.map((link) => (
          <li key={link.id} data-testid="share-item">
            <div>
              <span>{t("share.until", { date: day(link.expires) })}</span>
              <small>{t("share.made", { count: link.messages, date: moment(link.created) })}</small>
            </div>
            <button type="button" className="plain-btn" aria-label={t("share.revoke_of", { date: moment(link.created) })} data-testid="share-revoke" onClick={() => onRevoke?.(link.id)}>
              {t("share.revoke")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Dialog({ conversation, shown, links, token, busy, problem, onCreate, onRevoke, onClose }) {
  const box = useRef(null);
  const here = shown === conversation;
  useEffect(() => box.current.showModal(), []);
  const beside = (event) => event.target === box.current && box.current.close();
  return (
    <dialog ref={box} className="share-box" aria-labelledby="share-title" data-testid="share-dialog" onClose={onClose} onClick={beside}>
      <div className="share-in">
        <header>
          <h2 id="share-title">{t("share.title")}</h2>
          <button type="button" className="icon-btn" aria-label={t("share.close")} title={t("share.close")} onClick={() => box.current.close()}>
            <Stroke>
              <path d="M6 6l12 12M18 6L6 18" />
            </Stroke>
          </button>
        </header>
        <p>{t("share.about")}</p>
        {here && token && <Fresh token={token} />}
        {here && problem && (
          <p className="share-problem" role="alert" data-testid="share-problem">
            {problem}
          </p>
        )}
        <Maker busy={busy} again={here && token !== ""} onCreate={(days) => onCreate?.(conversation, days)} />
        {here && links.length > 0 && <Links links={links} onRevoke={(id) => onRevoke?.(conversation, id)} />}
      </div>
    </dialog>
  );
}
