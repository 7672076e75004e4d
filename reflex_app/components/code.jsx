// A block of code: its language, its tools, and its colours when it is complete.

import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { copyText } from "./clipboard.js";
import { languageOf } from "./grammars.js";
import { Stroke } from "./icons.jsx";
import { keepReachable } from "./reachable.js";
import { t } from "./texts.js";

const MAX_COLOURED = 40_000; // characters: more would hold the page up
const CHUNK_LINES = 200;

let highlighter = null; // the loaded module: later blocks are coloured at once
let loading;
const load = () =>
  (loading ??= import("./highlight.js").then((module) => (highlighter = module)));

async function fetchColours(language) {
  try {
    await (await load()).ready(language);
  } catch {
    loading = highlighter ? loading : undefined; // the network failed: the code stays plain
  }
}

function useHighlighted(text, language, live) {
  const wanted = !live && language && text.length <= MAX_COLOURED;
  const [arrivals, setArrivals] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    let here = true;
    fetchColours(language).then(() => here && setArrivals((n) => n + 1));
    return () => {
      here = false;
    };
  }, [wanted, language]);
  return useMemo(() => (wanted ? (highlighter?.highlight(text, language) ?? null) : null), [wanted, text, language, arrivals]);
}

const WRAP_KEY = "sidekick-wrap";
const listeners = new Set();
const wraps = () => sessionStorage.getItem(WRAP_KEY) === "1";
const subscribe = (listener) => (listeners.add(listener), () => listeners.delete(listener));

/** Whether long lines are wrapped: one choice for all code of this tab. */
function useWrap() {
  const wrap = useSyncExternalStore(subscribe, wraps, () => false);
  const toggle = () => {
    sessionStorage.setItem(WRAP_KEY, wrap ? "0" : "1");
    listeners.forEach((listener) => listener());
  };
  return [wrap, toggle];
}

/** Cut into parts, of which the browser lays out those in view. */
function chunks(text) {
  const lines = text.split("\n");
  if (lines.length <= CHUNK_LINES * 2) return text;
  const parts = [];
  for (let at = 0; at < lines.length; at += CHUNK_LINES) {
    parts.push(
      <span className="chunk" key={at}>
        {lines.slice(at, at + CHUNK_LINES).join("\n")}
        {at + CHUNK_LINES < lines.length && "\n"}
      </span>,
    );
  }
  return parts;
}

const WRAP_SIGN = "M4 6h16M4 12h12.5a3.5 3.5 0 0 1 0 7H12m2.5-2.5L12 19l2.5 2.5M4 18h4";

function WrapButton() {
  const [wrap, toggle] = useWrap();
  return (
    <button type="button" className="tool" aria-pressed={wrap} aria-label={t("code.wrap")} title={t("code.wrap")} onClick={toggle}>
      <Stroke size={16}>
        <path d={WRAP_SIGN} />
      </Stroke>
    </button>
  );
}

function CopyCode({ text }) {
  const [copied, setCopied] = useState(false);
  return (
    <>
      <button type="button" className="tool" onClick={() => copyText(text, setCopied)} aria-label={copied ? t("copy.done") : t("copy.code")}>
        {copied ? t("copy.done") : t("copy.copy")}
      </button>
      <span className="sr-only" role="status">
        {copied && t("copy.done")}
      </span>
    </>
  );
}

/** The code alone, coloured when that is possible. */
export function Listing({ text, language, live }) {
  const [wrap] = useWrap();
  const html = useHighlighted(text, language, live);
  return (
    <pre ref={keepReachable} className={wrap ? "wrap" : undefined} aria-label={t("code.label")} role="group">
      {/* The highlighter escapes the code; its markup is spans with classes only. */}
      {html ? <code dangerouslySetInnerHTML={{ __html: html }} /> : <code>{chunks(text)}</code>}
    </pre>
  );
}

/** The frame of a block: what stands above it, and its contents. */
export function CodeFrame({ name, text, tools, plain = false, children }) {
  return (
    <div className="code" dir="ltr">
      <header>
        <span className="language">{name}</span>
        {tools}
        {!plain && <WrapButton />}
        <CopyCode text={text} />
      </header>
      {children}
    </div>
  );
}

export function Code({ info, text, live }) {
  const { id, name } = languageOf(info);
  return (
    <CodeFrame name={name || t("code.text")} text={text}>
      <Listing text={text} language={id} live={live} />
    </CodeFrame>
  );
}
