const SETTLED_MS = 2000;

/** Does what can wait, once the page is alive and the browser has nothing better to do. */
export const atLeisure = (work) => setTimeout(() => (window.requestIdleCallback ?? setTimeout)(work), SETTLED_MS);
