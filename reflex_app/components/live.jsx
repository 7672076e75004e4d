// The answer being written. Its tokens go from the API to this component only.

import { useEffect, useRef, useState } from "react";
import { announce } from "./announcer.jsx";
import { follow } from "./follow.js";
import { Patience, useLongWait } from "./patience.jsx";
import { Prose } from "./prose.jsx";
import { Bolt } from "./icons.jsx";
import { t } from "./texts.js";

const FLUSH_MS = 50;
const ASK_AGAIN_MS = [0, 1500, 4000, 9000];

/** Tells the page that the generation ended until it takes the answer over. */
function handOver(signal, finished, lost) {
  const timers = ASK_AGAIN_MS.map((ms) => setTimeout(finished, ms));
  timers.push(setTimeout(lost, 18000));
  signal.addEventListener("abort", () => timers.forEach(clearTimeout), { once: true });
}

/** Says that an answer began, how it fares, and the whole of it once it is there. */
function useAnnounced({ busy, status, ended, name, article }) {
  useEffect(() => {
    if (busy && status) announce(status === "thinking" ? t("live.answering", { name }) : t(`live.${status}`));
  }, [busy, status, name]);
  useEffect(() => {
    if (ended) announce(t("live.answer", { name, text: article.current?.querySelector(".md")?.innerText || "" }));
  }, [ended, name, article]);
}

export function LiveReply({ busy, stopping, generation, query, name, onFinished, onLost }) {
  const [text, setText] = useState("");
  const [status, setStatus] = useState("thinking");
  const [ended, setEnded] = useState(false);
  const article = useRef(null);
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
        started: () => setStatus(all ? "" : "thinking"),
        delta: (delta) => show(all + delta),
        reset: show,
        dropped: () => setStatus("reconnecting"),
        ended: () => {
          flush();
          setStatus("");
          setEnded(true);
          handOver(signal, () => latest.current.onFinished?.(generation), lost);
        },
        lost,
      },
    });
    return () => {
      controller.abort();
      clearTimeout(timer);
      setText("");
      setStatus("thinking");
      setEnded(false);
    };
  }, [generation, query]);

  const waited = useLongWait(busy && status === "thinking");
  const shown = stopping && !ended ? "stopping" : waited ? "loading" : status;
  useAnnounced({ busy, status: shown, ended, name, article });
  if (!busy) return null;
  return (
    <article ref={article} className="msg bot live-msg" aria-busy="true" data-testid="message-assistant">
      <Bolt />
      <div className="body">
        <h2 className="who">
          {name} <small>{shown && t(`live.${shown}`)}</small>
        </h2>
        {shown === "loading" ? <Patience seconds={waited} /> : <Prose text={text} live />}
      </div>
    </article>
  );
}
