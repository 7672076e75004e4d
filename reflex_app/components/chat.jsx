// The browser part of the page: everything that must not cost a round trip.

export { Announcer } from "./announcer.jsx";
export { Choices } from "./choices.jsx";
export { Composer } from "./composer.jsx";
export { CopyButton, RetryButton, SkipLink, Ticker } from "./buttons.jsx";
export { Bolt } from "./icons.jsx";
export { Languages } from "./languages.jsx";
export { LiveReply } from "./live.jsx";
export { Prose } from "./prose.jsx";
export { Feedback } from "./messages.jsx";
export { Go, Place, Watch } from "./place.jsx";
export { Connection } from "./shell.jsx";
export { Question } from "./question.jsx";
export { Conversations } from "./sidebar.jsx";
export { Summon } from "./summons.jsx";
export { Keys } from "./keys.jsx";
export { t } from "./texts.js";
export { Thread } from "./thread.jsx";
export { Arrival, Door, SignIn, SignOut } from "./visitor.jsx";
