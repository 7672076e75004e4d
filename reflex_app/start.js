// Starts the page after its first paint: what was prebuilt can be read by then, and a
// slow machine is not kept from showing it. One module a task, so that a tap between
// two of them is heard. The build writes MODULES before this text, each one after those
// that it needs and the one that begins last, and after it what React Router runs.

const painted = new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve)); // the frame is drawn in between
  if (document.hidden) resolve(); // a tab in the background draws none
});

await painted;
for (const href of MODULES) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}
for (const module of MODULES.slice(0, -1)) await import(module);
