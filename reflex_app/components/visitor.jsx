// Who is signed in: the ways in and out, and what other tabs must know of it.

import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { forgetDrafts, keepDraftsOf, putBack } from "./drafts.js";
import { Stroke } from "./icons.jsx";
import { t } from "./texts.js";

const SESSION = "/auth/session";
const PROBLEM = "signIn";
const PROBLEMS = ["denied", "failed", "unavailable"];
const TRIED = "sidekick-door-tried";
const PAUSE_MS = 10_000;

const notices = new EventTarget();
const notify = (text) => notices.dispatchEvent(new CustomEvent("notice", { detail: text }));
const tabs = () => (tabs.channel ??= new BroadcastChannel("sidekick-visitor"));

function wayIn({ pathname, search }) {
  const query = new URLSearchParams(search);
  query.delete(PROBLEM);
  return `/auth/login?return_to=${encodeURIComponent(query.size ? `${pathname}?${query}` : pathname)}`;
}

/** Goes to the provider, and comes back to where the reader was. */
export const signIn = () => location.assign(wayIn(location));

/** Ends the session, here and at the provider, and leaves nothing of it in the browser. */
export async function signOut() {
  try {
    const response = await fetch("/auth/logout", { method: "POST", credentials: "same-origin" });
    if (!response.ok) throw new Error(response.status);
    const { continueAt } = await response.json();
    forgetDrafts();
    tabs().postMessage("");
    location.assign(continueAt ?? "/");
  } catch {
    notify(t("visitor.not_signed_out"));
  }
}

/** A link to the provider; it takes the focus where nothing else can be done. */
export function SignIn({ focused, className, hook, children }) {
  const here = useLocation();
  const link = useRef(null);
  useEffect(() => {
    if (focused) link.current.focus();
  }, [focused]);
  return (
    <a ref={link} href={wayIn(here)} className={className} data-testid={hook}>
      {children}
    </a>
  );
}

export function SignOut({ className, children }) {
  return (
    <button type="button" className={className} data-testid="sign-out" onClick={signOut}>
      {children}
    </button>
  );
}

/** Says once how a sign-in failed, and takes that out of the address. */
function useProblem(tell) {
  useEffect(() => {
    const address = new URL(location);
    const problem = address.searchParams.get(PROBLEM);
    if (problem === null) return;
    address.searchParams.delete(PROBLEM);
    history.replaceState(history.state, "", address);
    if (PROBLEMS.includes(problem)) tell(t(`visitor.${problem}`));
  }, []);
}

/** When another tab is somebody's else, this one is too: what it shows is from before. */
function useTabs(owner, refused) {
  const mine = useRef({});
  mine.current = { owner, known: refused || owner !== "" };
  useEffect(() => {
    const hear = ({ data }) => mine.current.known && data !== mine.current.owner && location.reload();
    const restored = ({ persisted }) => persisted && location.reload();
    tabs().addEventListener("message", hear);
    addEventListener("pageshow", restored);
    return () => (tabs().removeEventListener("message", hear), removeEventListener("pageshow", restored));
  }, []);
}

/** Keeps the browser's part with who is signed in; shows what is to be said about that. */
export function Arrival({ owner, guest, closed, refused }) {
  const [text, setText] = useState("");
  useProblem(setText);
  useTabs(owner, refused);
  useEffect(() => {
    const show = ({ detail }) => setText(detail);
    notices.addEventListener("notice", show);
    return () => notices.removeEventListener("notice", show);
  }, []);
  useEffect(() => {
    if (owner || closed) keepDraftsOf(owner, guest);
    if (owner) tabs().postMessage(owner);
  }, [owner, guest, closed]);
  return (
    <div role="alert" className="notices">
      {text && (
        <div className="notice" data-testid="sign-in-problem">
          <p>{text}</p>
          <button type="button" className="icon-btn" aria-label={t("visitor.dismiss")} title={t("visitor.dismiss")} onClick={() => setText("")}>
            <Stroke size={16}>
              <path d="M6 6l12 12M18 6L6 18" />
            </Stroke>
          </button>
        </div>
      )}
    </div>
  );
}

/** Whether the browser may come in by now: another tab signed in, or it became a guest. */
async function mayComeIn() {
  const response = await fetch(SESSION, { credentials: "same-origin" });
  const session = response.ok ? await response.json() : {};
  return session.signedIn || session.guest;
}

/** Begins anew with the cookies that the browser has; once, should they be no good. */
async function tryAgain() {
  const last = Number(sessionStorage.getItem(TRIED));
  if (Date.now() - last < PAUSE_MS || !(await mayComeIn().catch(() => false))) return;
  sessionStorage.setItem(TRIED, Date.now());
  location.reload();
}

/** Before a closed door: keeps what could not be sent, and sees whether it opens. */
export function Door({ hydrated, kind, unsent, place, onArrive }) {
  useEffect(() => {
    if (hydrated) onArrive?.();
  }, [hydrated]);
  useEffect(() => putBack(place, unsent), [place, unsent]);
  useEffect(() => {
    if (kind === "needed" || kind === "ended") tryAgain();
  }, [kind]);
  return null;
}
