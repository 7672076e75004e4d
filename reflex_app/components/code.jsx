// A block of code: its language, a copy button, colours when it is complete.

import { useEffect, useState } from "react";
import { copyText } from "./clipboard.js";

const ALIASES = { js: "javascript", jsx: "javascript", ts: "typescript", tsx: "typescript", py: "python", sh: "bash", shell: "bash", html: "xml", svg: "xml", yml: "yaml", gql: "graphql", rs: "rust", "c++": "cpp" };

let highlighter = null; // the loaded module: later blocks are coloured at once
let loading;
const load = () => (loading ??= import("./highlight.js").then((module) => (highlighter = module)));

function useHighlighted(text, lang, live) {
  const [, arrived] = useState(0);
  useEffect(() => {
    let wanted = true;
    if (!live && lang && !highlighter) load().then(() => wanted && arrived(1));
    return () => {
      wanted = false;
    };
  }, [lang, live]);
  return live || !lang ? null : (highlighter?.highlight(text, ALIASES[lang] || lang) ?? null);
}

export function Code({ lang, text, live }) {
  const [copied, setCopied] = useState(false);
  const html = useHighlighted(text, lang.toLowerCase(), live);
  return (
    <div className="code">
      <header>
        <span>{lang || "text"}</span>
        <button type="button" onClick={() => copyText(text, setCopied)} aria-label={copied ? "Copied" : "Copy code"}>
          {copied ? "Copied" : "Copy"}
        </button>
      </header>
      <pre tabIndex={0} aria-label="Code" role="group">
        {/* The highlighter escapes the code; its markup is spans with classes only. */}
        {html ? <code dangerouslySetInnerHTML={{ __html: html }} /> : <code>{text}</code>}
      </pre>
    </div>
  );
}
