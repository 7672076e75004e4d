// From the message box to the page: texts are handed over one at a time, none is lost.

import { useEffect, useState } from "react";

const UNHEARD_MS = 8000;

/**
 * Hands texts over one at a time and sees that none is lost.
 *
 * The page answers a text with the next `turn`. One that gets no answer, because
 * the connection broke just then, is given back.
 */
export function useOutbox({ ready, busy, turn, onSend, taken, unheard }) {
  const [waiting, setWaiting] = useState(null);
  const [sent, setSent] = useState(null);
  useEffect(() => {
    if (waiting === null || sent !== null || !ready || busy) return;
    setSent({ text: waiting, turn });
    setWaiting(null);
    taken();
    onSend?.(waiting);
  }, [waiting, sent, ready, busy]);
  useEffect(() => {
    if (sent === null) return;
    if (sent.turn !== turn) {
      setSent(null);
      return;
    }
    const timer = setTimeout(() => (setSent(null), unheard(sent.text)), UNHEARD_MS);
    return () => clearTimeout(timer);
  }, [sent, turn]);
  return { waiting, setWaiting, pending: sent !== null };
}
