// Markdown from a model or a person, as data: no raw HTML, no foreign request.

import { Component, createElement, memo, useEffect, useMemo, useState } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { hasMath, mathText, splitBlocks, tooDeep } from "./blocks.js";
import { Code } from "./code.jsx";
import { Formula, loadedMath, loadMath } from "./formula.jsx";

const SAFE_LINK = /^(https?:\/\/|mailto:)/i;
const safeLink = (url) => (SAFE_LINK.test(url) ? url : "");

function Link({ href, children }) {
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

// The page's own headings are h1 and h2, so those of a model begin below.
const heading = (level) =>
  ({ children }) => createElement("h3", { className: `h${level}` }, children);

const codeText = (node) => node.children[0]?.children?.map((child) => child.value).join("") || "";
const language = (node) =>
  (node.children[0]?.properties?.className?.[0] || "").replace("language-", "");

const components = (live) => ({
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(4),
  h6: heading(4),
  a: Link,
  // An image would tell its host that, and what, somebody reads: show a link.
  img: ({ alt, src }) => <Link href={src}>{alt || src || "image"}</Link>,
  input: ({ checked }) => (
    <input type="checkbox" checked={!!checked} disabled readOnly aria-label={checked ? "Done" : "To do"} />
  ),
  table: ({ children }) => (
    <div className="tbl" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
  code: ({ className = "", children }) =>
    className.includes("math-inline") ? <Formula tex={String(children)} /> : <code>{children}</code>,
  pre: ({ node }) => {
    const text = codeText(node).replace(/\n$/, "");
    return language(node) === "math" ? <Formula tex={text} display /> : <Code live={live} lang={language(node)} text={text} />;
  },
});

const DONE = components(false);
const LIVE = components(true);
const GFM = [remarkGfm];

const Plain = ({ source }) => <pre className="plain">{source}</pre>;

/** A block that cannot be drawn is shown as it was written, and takes nothing with it. */
class Safe extends Component {
  state = { broken: null };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  render() {
    return this.state.broken ? <Plain source={this.props.source} /> : this.props.children;
  }
}

const Block = memo(function Block({ source, live, math }) {
  const remark = useMemo(() => (math ? [remarkGfm, math.remark] : GFM), [math]);
  if (tooDeep(source)) return <Plain source={source} />;
  return (
    <div className="blk" dir="auto">
      <Safe source={source}>
        <ReactMarkdown components={live ? LIVE : DONE} remarkPlugins={remark} urlTransform={safeLink}>
          {math ? mathText(source) : source}
        </ReactMarkdown>
      </Safe>
    </div>
  );
});

/** Renders Markdown; while `live`, only the last block is parsed again. */
export const Prose = memo(function Prose({ text = "", live = false }) {
  const [math, setMath] = useState(loadedMath);
  const needsMath = hasMath(text);
  useEffect(() => {
    let wanted = true;
    if (needsMath && !math) loadMath().then((module) => wanted && setMath(() => module));
    return () => {
      wanted = false;
    };
  }, [needsMath, math]);
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return (
    <div className={live ? "md live" : "md"}>
      {blocks.map((block, index) => (
        <Block key={index} source={block} live={live && index === blocks.length - 1} math={hasMath(block) ? math : null} />
      ))}
    </div>
  );
});
