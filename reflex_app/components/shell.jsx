// The page as a program of its own: kept for when there is no network, and saying so.

import { useEffect, useSyncExternalStore } from "react";
import { t } from "./texts.js";

const onlineChanges = (changed) => {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => (removeEventListener("online", changed), removeEventListener("offline", changed));
};

/** Whether the device has a network; a built page always has one. */
const useOnline = () =>
  useSyncExternalStore(
    onlineChanges,
    () => navigator.onLine,
    () => true,
  );

/** Installs the worker that keeps the shell, when the browser has nothing better to do. */
function useWorker() {
  useEffect(() => {
    // There is none over plain http, nor in some private windows; the page does without.
    const install = () => navigator.serviceWorker?.register("/sw.js").catch(() => {});
    if (globalThis.requestIdleCallback) requestIdleCallback(install);
    else setTimeout(install, 1000);
  }, []);
}

function sentence({ online, lost, met, unreachable }) {
  if (!online) return t("connection.none");
  if (lost) return met ? t("connection.lost") : t("connection.unreachable");
  return unreachable ? t("connection.offline") : "";
}

/** Says what the page waits for: the network, its own server, or the service behind it. */
export function Connection({ lost = false, met = false, unreachable = false }) {
  useWorker();
  const text = sentence({ online: useOnline(), lost, met, unreachable });
  return (
    <div role="status">
      {text && (
        <div className="pill" data-testid="connection">
          <span className="dot" />
          {text}
        </div>
      )}
    </div>
  );
}
