// The forms of administration, each with its title and where the focus goes after it.

import { useEffect, useRef, useState } from "react";
import { copyText } from "./clipboard.js";
import { t } from "./texts.js";

const SCOPES = ["CHAT", "READ", "USAGE", "ADMIN"];
const DAYS = [7, 30, 90, 365, 0];
const USUAL_DAYS = 90;
const COUNTS = ["requestsPerMinute", "tokensPerMinute", "concurrent"];
const AMOUNTS = ["dailyUsd", "monthlyUsd"];
const LONGEST_NAME = 100;
const LONGEST_REASON = 200;

const daysText = (days) => (days === 365 ? t("share.year") : days ? t("share.days", { count: days }) : t("admin.until_revoked"));

function Ways({ busy, does, danger, onClose }) {
  return (
    <div className="admin-ways">
      <button type="button" className="plain-btn" onClick={onClose}>
        {t("admin.cancel")}
      </button>
      <button type="submit" className={danger ? "danger-btn" : "solid-btn"} data-testid="admin-do" disabled={busy}>
        {does}
      </button>
    </div>
  );
}

function Fields({ onSubmit, children }) {
  const submit = (event) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form className="admin-form" onSubmit={submit}>
      {children}
    </form>
  );
}

const limitsOf = (data) => Object.fromEntries([...COUNTS, ...AMOUNTS].map((name) => [name, data.get(name) ?? ""]));

function Limits({ given = {} }) {
  return (
    <div className="admin-limits">
      {[...COUNTS, ...AMOUNTS].map((name) => (
        <label key={name}>
          <span>{t(`admin.limit_${name}`)}</span>
          <input name={name} type="number" inputMode="decimal" min={AMOUNTS.includes(name) ? 0 : 1} step={AMOUNTS.includes(name) ? "any" : 1} defaultValue={given[name] ?? ""} placeholder={t("admin.unlimited")} />
        </label>
      ))}
    </div>
  );
}

function Secret({ text, onClose }) {
  const field = useRef(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => field.current.select(), []);
  return (
    <div className="admin-form">
      <p className="admin-warning" role="status">
        {t("admin.key_once")}
      </p>
      <div className="share-row">
        <input ref={field} readOnly value={text} aria-label={t("admin.new_key")} data-testid="admin-token" autoComplete="off" onFocus={(event) => event.target.select()} />
        <button type="button" className="solid-btn" data-testid="admin-copy" onClick={() => copyText(text, setCopied)}>
          {copied ? t("copy.done") : t("copy.copy")}
        </button>
      </div>
      <div className="admin-ways">
        <button type="button" className="plain-btn" data-testid="admin-kept" onClick={onClose}>
          {t("admin.key_kept")}
        </button>
      </div>
    </div>
  );
}

function NewKey({ busy, secret, onMakeKey, onClose, children }) {
  const [missing, setMissing] = useState(false);
  const submit = (data) => {
    const scopes = data.getAll("scopes");
    setMissing(!scopes.length);
    if (scopes.length) onMakeKey?.(data.get("name"), scopes, Number(data.get("days")), limitsOf(data));
  };
  if (secret) return <Secret text={secret} onClose={onClose} />;
  return (
    <Fields onSubmit={submit}>
      <label className="admin-field">
        <span>{t("admin.key_name")}</span>
        <input name="name" required maxLength={LONGEST_NAME} autoComplete="off" data-testid="key-name" autoFocus />
      </label>
      <fieldset>
        <legend>{t("admin.scopes")}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="admin-tick">
            <input type="checkbox" name="scopes" value={scope} defaultChecked={scope === "CHAT" || scope === "READ"} />
            <span>
              {t(`admin.scope_${scope}`)}
              <small>{t(`admin.about_${scope}`)}</small>
            </span>
          </label>
        ))}
        {missing && (
          <p className="admin-problem" role="alert">
            {t("admin.no_scope")}
          </p>
        )}
      </fieldset>
      <label className="admin-field">
        <span>{t("share.works_for")}</span>
        <select name="days" defaultValue={USUAL_DAYS}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {daysText(days)}
            </option>
          ))}
        </select>
      </label>
      <details className="admin-more">
        <summary>{t("admin.limits")}</summary>
        <Limits />
      </details>
      {children}
      <Ways busy={busy} does={t("admin.make_key")} onClose={onClose} />
    </Fields>
  );
}

function EndKey({ about, busy, onEndKey, onClose, children }) {
  return (
    <Fields onSubmit={() => onEndKey?.(about.key, about.name)}>
      <p>{t("admin.revoke_about")}</p>
      {children}
      <Ways danger busy={busy} does={t("share.revoke")} onClose={onClose} />
    </Fields>
  );
}

function SetLimits({ about, busy, onLimit, onUnlimit, onClose, children }) {
  return (
    <Fields onSubmit={(data) => onLimit?.(about.key, about.name, limitsOf(data))}>
      <p>
        {t("admin.limits_about")} {about.owner && t("admin.limits_owner")}
      </p>
      <Limits given={about.given} />
      {about.limited && (
        <button type="button" className="admin-back" data-testid="admin-unlimit" disabled={busy} onClick={() => onUnlimit?.(about.key, about.name)}>
          {t("admin.take_back")}
        </button>
      )}
      {children}
      <Ways busy={busy} does={t("admin.save")} onClose={onClose} />
    </Fields>
  );
}

function Stop({ busy, onTurn, onClose, children }) {
  return (
    <Fields onSubmit={(data) => onTurn?.(true, data.get("reason"))}>
      <p>{t("admin.stop_about")}</p>
      <label className="admin-field">
        <span>{t("admin.reason")}</span>
        <input name="reason" maxLength={LONGEST_REASON} autoComplete="off" data-testid="stop-reason" aria-describedby="reason-note" autoFocus />
        <small id="reason-note">{t("admin.reason_note")}</small>
      </label>
      {children}
      <Ways danger busy={busy} does={t("admin.stop")} onClose={onClose} />
    </Fields>
  );
}

function Allow({ busy, onTurn, onClose, children }) {
  return (
    <Fields onSubmit={() => onTurn?.(false, "")}>
      <p>{t("admin.allow_about")}</p>
      {children}
      <Ways busy={busy} does={t("admin.allow")} onClose={onClose} />
    </Fields>
  );
}

export const FORMS = {
  key: { title: () => t("admin.new_key"), Form: NewKey, place: "admin-keys" },
  revoke: { title: ({ name }) => t("admin.revoke_of", { name }), Form: EndKey, place: "admin-keys" },
  limits: { title: ({ name }) => t("admin.limits_of", { name }), Form: SetLimits, place: "admin-people" },
  stop: { title: () => t("admin.stop_title"), Form: Stop, place: "admin-switch" },
  allow: { title: () => t("admin.allow_title"), Form: Allow, place: "admin-switch" },
};
