// Which conversation the address names, and when to see whether it changed elsewhere.

import { useEffect, useLayoutEffect, useRef } from "react";
import { Link, useLocation, useNavigate } from "react-router";

const NOWHERE = "?"; // what the page shows before it was told

/** The conversation in the address; empty for a new one. */
export const usePlace = () =>
  useLocation()
    .pathname.replace(/^\/(c\/)?/, "")
    .replace(/\/$/, "");

export const addressOf = (place) => (place ? `/c/${place}` : "/");

/** A link inside the page. */
export function Go({ to, label, hook, closes, className, id, children }) {
  const close = () => closes && document.getElementById(closes)?.hidePopover?.();
  return (
    <Link to={to} id={id} className={className} aria-label={label} title={label} data-testid={hook} onClick={close}>
      {children}
    </Link>
  );
}

/**
 * Keeps the address and what is shown the same.
 *
 * The reader moves by links and the browser's buttons, and the page follows. The page
 * itself moves when a new conversation gets its identifier, and when one is deleted;
 * then the address follows, without a step in the history. It does so later: until then
 * `going` tells where it goes `to`, and which addresses it comes `through`.
 */
export function Place({ ready, shown, onPlace }) {
  const wanted = usePlace();
  const { key } = useLocation();
  const navigate = useNavigate();
  const last = useRef({ shown, wanted, key, going: null });
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute("data-conversation", wanted !== "");
  }, [wanted]);
  useEffect(() => {
    if (!ready) return;
    const before = last.current;
    const going = stillGoing(before.going, wanted);
    const address = going ? going.to : wanted;
    last.current = { shown, wanted, key, going };
    const again = wanted === "" && key !== before.key && wanted === before.wanted;
    if (shown === address && !again) return;
    const moved = shown !== NOWHERE && shown !== before.shown && before.shown === address;
    if (!moved) return void onPlace?.(wanted);
    last.current.going = { to: shown, through: [...(going?.through ?? []), address] };
    navigate(addressOf(shown), { replace: true });
  }, [ready, shown, wanted, key, navigate]);
  return null;
}

const stillGoing = (going, wanted) =>
  going && wanted !== going.to && going.through.includes(wanted) ? going : null;

const LOOK_MS = 3000;
const PATIENCE_MS = 600_000; // nobody is there any more

/** Looks now and then whether another tab or program changed the conversation. */
export function Watch({ active, signal, onLook, onWake }) {
  const latest = useRef({});
  latest.current = { active, onLook, onWake };
  const channel = useRef(null);
  useEffect(() => {
    let seen = Date.now();
    const visible = () => document.visibilityState === "visible";
    const look = () => latest.current.active && visible() && Date.now() - seen < PATIENCE_MS && latest.current.onLook?.();
    const stir = () => (seen = Date.now());
    const wake = () => {
      stir();
      if (!visible()) return;
      look();
      latest.current.onWake?.();
    };
    channel.current = new BroadcastChannel("sidekick");
    channel.current.onmessage = wake;
    const timer = setInterval(look, LOOK_MS);
    addEventListener("pointerdown", stir);
    addEventListener("keydown", stir);
    document.addEventListener("visibilitychange", wake);
    return () => {
      clearInterval(timer);
      channel.current.close();
      removeEventListener("pointerdown", stir);
      removeEventListener("keydown", stir);
      document.removeEventListener("visibilitychange", wake);
    };
  }, []);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else channel.current?.postMessage("changed");
  }, [signal]);
  return null;
}
