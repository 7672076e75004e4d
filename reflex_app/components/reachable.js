// What scrolls sideways must be in reach of the keyboard, and nothing else need be.

let observer;

function look(entries) {
  for (const { target } of entries) {
    const box = target.matches("[role=group]") ? target : target.parentElement;
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

/** A ref for a box that may scroll: it takes the focus as long as it does. */
export function keepReachable(box) {
  if (!box) return;
  observer ??= new ResizeObserver(look);
  const watched = [box, ...box.children];
  watched.forEach((one) => observer.observe(one));
  return () => watched.forEach((one) => observer.unobserve(one));
}
