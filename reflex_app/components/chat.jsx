// The browser part of the page: everything that must not cost a round trip.

export { Composer } from "./composer.jsx";
export { CopyButton, RetryButton, SkipLink, Ticker } from "./buttons.jsx";
export { Bolt } from "./icons.jsx";
export { LiveReply } from "./live.jsx";
export { Prose } from "./markdown.jsx";
export { Thread } from "./thread.jsx";
