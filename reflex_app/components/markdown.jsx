// Markdown from a model or a person, as data: no raw HTML, no foreign request.

import { Component, createElement, memo, useMemo } from "react";
import ReactMarkdown from "react-markdown";
import remarkCjk from "remark-cjk-friendly";
import remarkGfm from "remark-gfm";
import { cut, fenced, tooDeep } from "./blocks.js";
import { Code } from "./code.jsx";
import { Diagram } from "./diagram.jsx";
import { Footnotes, NoteMark, Notes } from "./footnotes.jsx";
import { Formula, useMath } from "./formula.jsx";
import { hasMath, mathText } from "./mathtext.js";
import { endAddresses, footnoteMarks } from "./reading.js";
import { Table } from "./table.jsx";
import { t } from "./texts.js";

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
const language = (node) => (node.children[0]?.properties?.className?.[0] || "").replace("language-", "");

function Fence({ info, text, live }) {
  const [kind] = info.toLowerCase().split(/\s/, 1);
  if (kind === "math" && !live) return <Formula tex={text} display />;
  if (kind === "mermaid") return <Diagram text={text} live={live} />;
  return <Code info={info} text={text} live={live} />;
}

const components = (live) => ({
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(4),
  h6: heading(4),
  a: Link,
  // An image would tell its host that, and what, somebody reads: show a link.
  img: ({ alt, src }) => <Link href={src}>{alt || src || t("markdown.image")}</Link>,
  input: ({ checked }) => (
    <input type="checkbox" checked={!!checked} disabled readOnly aria-label={checked ? t("markdown.done") : t("markdown.to_do")} />
  ),
  table: Table,
  sup: NoteMark,
  code: ({ className = "", children }) =>
    className.includes("math-inline") ? <Formula tex={String(children)} /> : <code dir="ltr">{children}</code>,
  pre: ({ node }) => <Fence info={language(node)} text={codeText(node).replace(/\n$/, "")} live={live} />,
});

const DONE = components(false);
const LIVE = components(true);
const READING = [remarkGfm, remarkCjk, footnoteMarks];

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

function Parsed({ source, live, math }) {
  const written = endAddresses(source);
  const remark = useMemo(() => (math ? [...READING, math.remark] : READING), [math]);
  return (
    <ReactMarkdown components={live ? LIVE : DONE} remarkPlugins={remark} urlTransform={safeLink}>
      {math ? mathText(written) : written}
    </ReactMarkdown>
  );
}

const Block = memo(function Block({ source, live, math }) {
  const code = fenced(source);
  if (!code && tooDeep(source)) return <Plain source={source} />;
  return (
    <div className="blk" dir="auto">
      <Safe source={source}>
        {code ? <Fence {...code} live={live && !code.closed} /> : <Parsed source={source} live={live} math={math} />}
      </Safe>
    </div>
  );
});

/** Renders Markdown; while `live`, only the last block is parsed again. */
export function Markdown({ text, live }) {
  const math = useMath(hasMath(text));
  const { blocks, notes, numbers } = useMemo(() => cut(text), [text]);
  const shared = useMemo(() => ({ notes, numbers, live }), [notes, numbers, live]);
  const draw = (source, last, key) => <Block key={key} source={source} live={last} math={hasMath(source) ? math : null} />;
  return (
    <Footnotes value={shared}>
      {blocks.map((block, index) => draw(block, live && index === blocks.length - 1, index))}
      <Notes draw={(source) => draw(source, false)} />
    </Footnotes>
  );
}
