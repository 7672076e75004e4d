// What the palette asks the API, and what of it is shown.

import { useEffect, useState } from "react";

const PAUSE_MS = 120;
const AGAIN_MS = 3000;
const MOST = { titles: 6, messages: 30 };
const NOTHING = { words: "", titles: [], messages: [], more: false };

async function find(query, words, signal) {
  const response = await fetch("/graphql", {
    method: "POST",
    signal,
    credentials: "same-origin",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables: { words, ...MOST } }),
  });
  const { data } = await response.json();
  return { words, titles: data.titles.nodes, messages: data.messages.nodes, more: data.messages.pageInfo.hasNextPage };
}

/**
 * What is found for the words, a moment after the last of them was typed.
 *
 * Until then the last answer stays; an answer to older words is dropped. While the API
 * cannot be reached it is asked again and again.
 */
export function useFound(query, text) {
  const words = text.trim().replace(/\s+/g, " ");
  const [found, setFound] = useState(NOTHING);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!words) return (setFound(NOTHING), setFailed(false));
    const controller = new AbortController();
    let timer = 0;
    const look = () =>
      find(query, words, controller.signal).then(
        (answer) => (setFound(answer), setFailed(false)),
        () => {
          if (controller.signal.aborted) return;
          setFailed(true);
          timer = setTimeout(look, AGAIN_MS);
        },
      );
    timer = setTimeout(look, PAUSE_MS);
    return () => (clearTimeout(timer), controller.abort());
  }, [query, words]);
  return { ...found, failed, pending: !failed && found.words !== words };
}
