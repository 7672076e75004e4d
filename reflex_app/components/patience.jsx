// What stands where an answer will, when its model takes long to begin.

import { useEffect, useState } from "react";
import { t } from "./texts.js";

const LONG_S = 6;

/** Seconds for which something is waited for; 0 as long as that is usual. */
export function useLongWait(waiting) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!waiting) return;
    const began = Date.now();
    const timer = setInterval(() => setSeconds(Math.round((Date.now() - began) / 1000)), 1000);
    return () => (clearInterval(timer), setSeconds(0));
  }, [waiting]);
  return seconds < LONG_S ? 0 : seconds;
}

/** Says that the model may still be loading, and for how long it has been waited for. */
export function Patience({ seconds }) {
  return (
    <div className="patience" data-testid="patience">
      <div className="track" />
      <p>
        {t("live.loading_why")} <span aria-hidden="true">{t("live.waited", { seconds })}</span>
      </p>
    </div>
  );
}
