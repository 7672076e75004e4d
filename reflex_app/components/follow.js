// Reads a GraphQL subscription as server-sent events and resumes it after a drop.

/** An answer of the API that no retry will change. */
export class Refused extends Error {
  constructor(error) {
    super(error?.message || "refused");
    this.code = error?.extensions?.code || "";
  }
}

const TRANSIENT = ["", "INTERNAL_SERVER_ERROR", "RATE_LIMITED", "MODEL_UNAVAILABLE", "TIMEOUT"];

function checked(body) {
  if (body.errors?.length) {
    const refused = new Refused(body.errors[0]);
    throw TRANSIENT.includes(refused.code) ? new Error(refused.message) : refused;
  }
  return Object.values(body.data)[0];
}

/** Yields the events of one connection; ends after `complete`, throws when it breaks. */
async function* events(query, variables, signal) {
  const response = await fetch("/graphql", {
    method: "POST",
    signal,
    credentials: "same-origin",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query, variables }),
  });
  if (!(response.headers.get("content-type") || "").startsWith("text/event-stream")) {
    yield checked(await response.json());
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let buffer = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the stream ended early");
    const frames = (buffer + value.replaceAll("\r", "")).split("\n\n");
    buffer = frames.pop();
    for (const frame of frames) {
      if (/^event: complete/m.test(frame)) return;
      const data = /^data: (.+)$/m.exec(frame)?.[1];
      if (data) yield checked(JSON.parse(data));
    }
  }
}

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

const LONGEST_PAUSE_MS = 5000;
const MOST_FAILURES = 30; // about two minutes without any event

/**
 * Follows a generation to its end.
 *
 * `on` gets `delta(text)`, `reset(text)`, `started()`, `dropped()` and lastly either
 * `ended()` or `lost()`. `hurry()` true means: do not wait for a broken connection.
 */
export async function follow({ query, generationId, signal, hurry, on }) {
  let cursor = null;
  for (let failures = 0; failures < MOST_FAILURES && !signal.aborted; failures++) {
    try {
      for await (const event of events(query, { generationId, after: cursor }, signal)) {
        if (event.status !== undefined) return on.ended();
        failures = 0;
        cursor = event.c;
        if (event.d !== undefined) on.delta(event.d);
        else if (event.reset !== undefined) on.reset(event.reset);
        else on.started();
      }
    } catch (error) {
      if (error instanceof Refused) break;
    }
    if (signal.aborted) return;
    if (hurry() && failures > 0) break;
    on.dropped();
    await pause(Math.min(250 * 2 ** failures, LONGEST_PAUSE_MS), signal);
  }
  if (!signal.aborted) on.lost();
}
