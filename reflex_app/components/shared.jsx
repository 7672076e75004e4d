// The page behind a link: a copy of a conversation, for anybody.
//
// The browser reads it by itself, from one address that gives nothing else, so that this
// page works where everything else of Sidekick is behind a login.

import { useEffect, useState } from "react";
import { useLocation } from "react-router";
import { Bolt } from "./icons.jsx";
import { Prose } from "./prose.jsx";
import { language, t } from "./texts.js";

const ADDRESS = /^\/s\/([\w-]+)\/?$/;

const day = (iso) => new Date(iso).toLocaleDateString(language, { dateStyle: "long" });

async function read(token, signal) {
  const reply = await fetch(`/s/${token}.json`, { signal, cache: "no-store" });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const copy = await reply.json();
  return copy ? { phase: "open", copy } : { phase: "gone" };
}

function useCopy() {
  const token = ADDRESS.exec(useLocation().pathname)?.[1];
  const [found, setFound] = useState({ phase: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!token) return setFound({ phase: "gone" });
    const stop = new AbortController();
    setFound({ phase: "loading" });
    read(token, stop.signal).then(setFound, () => stop.signal.aborted || setFound({ phase: "failed" }));
    return () => stop.abort();
  }, [token, attempt]);
  return [found, () => setAttempt((count) => count + 1)];
}

function Note({ title, children, hook, role }) {
  return (
    <div className="hero" data-testid={hook} role={role}>
      <Bolt big />
      <h1>{title}</h1>
      {children}
    </div>
  );
}

const Loading = () => (
  <div className="col" data-testid="shared-loading">
    <p className="sr-only" role="status">
      {t("place.opening")}
    </p>
    <div className="bone question" aria-hidden="true">
      <span />
    </div>
    <div className="bone" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  </div>
);

function Question({ text }) {
  return (
    <article className="msg user" data-testid="message-user">
      <h2 className="sr-only">{t("shared.question")}</h2>
      <div className="bubble" dir="auto">
        {text}
      </div>
    </article>
  );
}

function Answer({ name, model, text }) {
  return (
    <article className="msg bot" data-testid="message-assistant">
      <Bolt />
      <div className="body">
        <h2 className="who">
          {name}
          {model && <small>{model}</small>}
        </h2>
        <Prose text={text} />
      </div>
    </article>
  );
}

function Copy({ copy }) {
  useEffect(() => {
    document.title = `${copy.title} · Sidekick`;
  }, [copy.title]);
  return (
    <div className="col shared" data-testid="shared">
      <header>
        <h1 dir="auto">{copy.title}</h1>
        <p>{t("shared.snapshot", { name: copy.assistantName, date: day(copy.createdAt) })}</p>
      </header>
      {copy.messages.map((message, index) =>
        message.role === "USER" ? <Question key={index} text={message.content} /> : <Answer key={index} name={copy.assistantName} model={message.modelName} text={message.content} />,
      )}
      <footer>{t("shared.foot", { date: day(copy.expiresAt) })}</footer>
    </div>
  );
}

const PHASES = {
  loading: () => <Loading />,
  open: ({ copy }) => <Copy copy={copy} />,
  gone: () => (
    <Note title={t("shared.gone")} hook="shared-gone">
      <p>{t("shared.gone_why")}</p>
    </Note>
  ),
  failed: ({ again }) => (
    <Note title={t("shared.unreachable")} hook="shared-failed" role="status">
      <p>{t("shared.unreachable_why")}</p>
      <button type="button" className="solid-btn" data-testid="shared-retry" onClick={again}>
        {t("shared.again")}
      </button>
    </Note>
  ),
};

export function SharedConversation() {
  const [found, again] = useCopy();
  return (
    <div className="shared-page">
      <header className="bar">
        <span className="shared-brand">
          <Bolt />
          Sidekick
        </span>
        <a className="plain-btn" href="/">
          {t("shared.start")}
        </a>
      </header>
      <main>{PHASES[found.phase]({ ...found, again })}</main>
    </div>
  );
}
