// The answer being written. Its tokens go from the API to this component only.

import { useEffect, useRef, useState } from "react";
import { follow } from "./follow.js";
import { Prose } from "./markdown.jsx";
import { Bolt } from "./icons.jsx";

const FLUSH_MS = 50;
const ASK_AGAIN_MS = [0, 1500, 4000, 9000];

/** Tells the page that the generation ended until it takes the answer over. */
function announce(signal, finished, lost) {
  const timers = ASK_AGAIN_MS.map((ms) => setTimeout(finished, ms));
  timers.push(setTimeout(lost, 18000));
  signal.addEventListener("abort", () => timers.forEach(clearTimeout), { once: true });
}

export function LiveReply({ busy, stopping, generation, query, name, onFinished, onLost }) {
  const [text, setText] = useState("");
  const [status, setStatus] = useState("Thinking");
  const latest = useRef({});
  latest.current = { stopping, onFinished, onLost };

  useEffect(() => {
    if (!generation) return;
    const controller = new AbortController();
    const { signal } = controller;
    let all = "";
    let timer = 0;
    const flush = () => {
      timer = 0;
      setText(all);
    };
    const show = (next) => {
      all = next;
      setStatus("");
      timer ||= setTimeout(flush, FLUSH_MS);
    };
    const lost = () => latest.current.onLost?.(generation, all);
    follow({
      query,
      generationId: generation,
      signal,
      hurry: () => latest.current.stopping,
      on: {
        started: () => setStatus(all ? "" : "Thinking"),
        delta: (delta) => show(all + delta),
        reset: show,
        dropped: () => setStatus("Reconnecting"),
        ended: (cursor) => {
          flush();
          setStatus("");
          announce(signal, () => latest.current.onFinished?.(generation, cursor), lost);
        },
        lost,
      },
    });
    return () => {
      controller.abort();
      clearTimeout(timer);
      setText("");
      setStatus("Thinking");
    };
  }, [generation, query]);

  if (!busy) return null;
  const shown = stopping ? "Stopping" : status;
  return (
    <article className="msg bot live-msg" aria-busy="true" data-testid="message-assistant">
      <Bolt />
      <div className="body">
        <h2 className="who">
          {name} <small role="status">{shown && `${shown}…`}</small>
        </h2>
        <Prose text={text} live />
      </div>
    </article>
  );
}
