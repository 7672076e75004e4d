// Draws diagrams, in a page that has no origin, no network and no storage.
//
// The build puts this script and Mermaid into `diagram.html`. The chat opens that in a
// sandboxed frame, sends a source and colours, and gets a picture or a refusal back.

const FONT = "system-ui, sans-serif";
const MAX_SOURCE = 20_000;
const PARTS = { htmlLabels: false, useMaxWidth: false };
// Flat, with the round corners of the page; shadows would glow on a dark ground.
const THEME_CSS = "* { filter: none !important } .node rect, .actor, .note { rx: 8px; ry: 8px }";
const SETTINGS = {
  startOnLoad: false,
  securityLevel: "strict",
  suppressErrorRendering: true,
  look: "classic",
  theme: "base",
  themeCSS: THEME_CSS,
  fontFamily: FONT,
  htmlLabels: false,
  maxTextSize: MAX_SOURCE,
  maxEdges: 300,
  flowchart: PARTS,
  class: PARTS,
  state: PARTS,
  er: PARTS,
  sequence: { useMaxWidth: false, actorFontSize: 14, messageFontSize: 14, noteFontSize: 13 },
  gantt: { useMaxWidth: false, useWidth: 760, fontSize: 13, sectionFontSize: 13 },
  journey: { useMaxWidth: false },
  pie: { useMaxWidth: false },
  gitGraph: { useMaxWidth: false },
  timeline: { useMaxWidth: false },
};
// What the text of a diagram may not set: all that reaches further than its shapes.
const LOCKED = ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering", "theme", "themeCSS", "themeVariables", "fontFamily", "altFontFamily", "htmlLabels", "dompurifyConfig"];

/** The picture stands alone: no link leads out of it, and it has a size. */
function finished(markup) {
  const svg = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  if (svg.nodeName !== "svg") throw new Error("no picture");
  for (const link of svg.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  for (const label of svg.querySelectorAll(".statediagram-state > .label")) {
    label.setAttribute("text-anchor", "middle"); // Mermaid leaves it at the left without HTML
    label.setAttribute("transform", label.getAttribute("transform").replace(/\(-?[\d.]+/, "(0"));
  }
  const [, , width, height] = svg.getAttribute("viewBox").split(/[\s,]+/).map(Number);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.removeAttribute("style");
  return { svg: new XMLSerializer().serializeToString(svg), width, height };
}

let count = 0;

async function draw({ source, look }) {
  mermaid.initialize({ ...SETTINGS, secure: LOCKED, themeVariables: { ...look, fontFamily: FONT, fontSize: "14px" } });
  const { svg } = await mermaid.render(`drawing-${(count += 1)}`, source);
  return finished(svg);
}

addEventListener("message", async ({ data, source, ports: [port] }) => {
  if (source !== parent) return;
  try {
    port.postMessage(await draw(data));
  } catch {
    port.postMessage(null);
  }
});
