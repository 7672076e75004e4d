// Stands in for what browsers of 2023 lack: popovers, and places beside a button.

const BESIDE = "#costs, #downloads, .receipt";
const GAP = 4;
const WIDEST = 424; // of a receipt with its margin

/** Whether a popover is open, natively or by the stand-in. */
export const isOpen = (popover) => popover.matches(":is(:popover-open, .\\:popover-open)");

/** Puts a popover that opens above or below its button, on the side with more room. */
function putBeside({ target, newState }) {
  if (newState !== "open" || !target.matches(BESIDE)) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(target.id)}"]`)?.getBoundingClientRect();
  if (!button) return;
  const below = button.bottom < innerHeight / 2;
  const { style } = target;
  style.translate = "none";
  style.top = below ? `${button.bottom + GAP}px` : "auto";
  style.bottom = below ? "auto" : `${innerHeight - button.top + GAP}px`;
  if (target.matches(".receipt")) style.left = `${Math.max(GAP, Math.min(button.left, innerWidth - WIDEST))}px`;
  else style.right = `${innerWidth - button.right}px`;
}

if (globalThis.document) {
  if (!("popover" in HTMLElement.prototype)) import("@oddbird/popover-polyfill/fn").then(({ apply }) => apply());
  if (!CSS.supports("anchor-name: --a")) addEventListener("beforetoggle", putBeside, true);
}
