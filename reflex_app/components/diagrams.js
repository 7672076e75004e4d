// Has diagrams drawn, one after the other, in a frame that cannot reach out.

const PAGE = "/diagram.html";
const LOAD_MS = 60_000;
const DRAW_MS = 20_000;
const MAX_SVG = 2_000_000;
const MAX_SIDE = 20_000;
const MAX_KEPT = 40;
const TOKENS = {
  background: "bg",
  primaryColor: "surface-2",
  primaryTextColor: "ink",
  primaryBorderColor: "line-strong",
  secondaryColor: "bubble",
  tertiaryColor: "surface",
  lineColor: "ink-3",
  gridColor: "line-strong",
  textColor: "ink",
  titleColor: "ink",
  clusterBkg: "surface",
  clusterBorder: "line-strong",
  edgeLabelBackground: "bg",
  noteBkgColor: "surface",
  noteTextColor: "ink",
  noteBorderColor: "line-strong",
  pieSectionTextColor: "bg",
  pieStrokeColor: "bg",
  pieOuterStrokeColor: "line",
};
const SIZES = { pieOpacity: "1", pieTitleTextSize: "17px", pieLegendTextSize: "14px", pieSectionTextSize: "14px" };
const SERIES = [0, 1, 2, 3, 4, 5];

function look() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const colours = Object.entries(TOKENS).map(([name, of]) => [name, token(of)]);
  const series = SERIES.map((number) => [`pie${number + 1}`, token(`series-${number}`)]);
  return { ...Object.fromEntries([...colours, ...series]), ...SIZES, darkMode: isDark() };
}

/** Settles with what `begin` reports, or fails when that takes too long. */
const within = (ms, begin) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), ms);
    begin((value) => (clearTimeout(timer), resolve(value)));
  });

let frame; // a promise of the frame

function open() {
  const element = document.createElement("iframe");
  element.sandbox = "allow-scripts";
  element.className = "drawing-frame";
  element.tabIndex = -1;
  element.ariaHidden = "true";
  element.src = PAGE;
  document.body.append(element);
  const loaded = within(LOAD_MS, (done) => element.addEventListener("load", () => done(element), { once: true }));
  return { element, loaded };
}

function close() {
  frame?.element.remove(); // with it ends whatever still runs in it
  frame = undefined;
}

const plausible = (side) => Number.isFinite(side) && side > 0 && side <= MAX_SIDE;

function checked(answer) {
  const { svg, width, height } = answer ?? {};
  const good = typeof svg === "string" && svg.length <= MAX_SVG && plausible(width) && plausible(height);
  return good ? { url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, width, height } : null;
}

async function ask(message) {
  frame ??= open();
  try {
    const { contentWindow } = await frame.loaded;
    return checked(
      await within(DRAW_MS, (done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => done(data);
        contentWindow.postMessage(message, "*", [port2]); // an opaque origin has no name
      }),
    );
  } catch {
    close();
    return null;
  }
}

let queue = Promise.resolve();
const kept = new Map();

function keep(key, picture) {
  kept.set(key, picture);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value);
  return picture;
}

export const isDark = () => document.documentElement.classList.contains("dark");

/** Calls `listener` when the page turns dark or light. */
export function onDark(listener) {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ["class"] });
  return () => observer.disconnect();
}

const keyOf = (source) => `${isDark()} ${source}`;

/** Returns a picture that was drawn before: `url`, `width` and `height`. */
export const drawn = (source) => kept.get(keyOf(source));

/** Returns the picture of a diagram, or null when it cannot be drawn. */
export function draw(source) {
  const key = keyOf(source);
  queue = queue.then(async () => kept.get(key) ?? keep(key, await ask({ source, look: look() })));
  return queue;
}
