// Ask, stream, and write in a stored conversation: npm start -- Who is Robin?
import { randomUUID } from "node:crypto";
import { createClient, NetworkError } from "graphql-sse";
import {
  AskDocument,
  CreateConversationDocument,
  FollowDocument,
  SendDocument,
  StreamDocument,
  type EventFragment,
  type TypedDocumentString,
} from "./gql/graphql.ts";

const url = process.env.SIDEKICK_URL ?? "http://localhost:8000/graphql";
const question = process.argv.slice(2).join(" ") || "Who is Robin?";
// No retries of its own: they would ask, and pay, again. We resume behind the last event.
const sse = createClient({ url, retryAttempts: 0 });

class SidekickError extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  constructor(error: { message: string; extensions?: Record<string, unknown> }) {
    super(error.message);
    this.code = String(error.extensions?.code);
    this.retryAfterMs = error.extensions?.retryAfterMs as number | undefined;
  }
}

async function request<Data, Variables>(
  query: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new SidekickError(errors[0]);
  return data;
}

async function* subscribe<Variables extends Record<string, unknown>>(
  query: TypedDocumentString<{ event: EventFragment }, Variables>,
  variables: Variables,
): AsyncGenerator<EventFragment> {
  const operation = { query: query.toString(), variables };
  for await (const result of sse.iterate<{ event: EventFragment }>(operation)) {
    if (result.errors?.[0]) throw new SidekickError(result.errors[0]);
    if (result.data) yield result.data.event;
  }
}

/** The events to the last one; a stream that breaks off is taken up behind it. */
async function* resuming(events: AsyncGenerator<EventFragment>, tries = 5) {
  let last: EventFragment | undefined;
  for (let failures = 0; failures < tries; failures++) {
    try {
      for await (last of events) {
        failures = 0;
        yield last;
      }
    } catch (error) {
      if (!(error instanceof NetworkError) || !last) throw error;
    }
    if (!last || last.__typename === "GenerationEnded") return;
    await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** failures));
    const { generationId, cursor } = last;
    events = subscribe(FollowDocument, { generationId, after: cursor });
  }
}

async function show(events: AsyncGenerator<EventFragment>) {
  for await (const event of resuming(events)) {
    switch (event.__typename) {
      case "GenerationDelta":
        process.stdout.write(event.delta);
        break;
      case "GenerationReset":
        process.stdout.write(`\n${event.text}`);
        break;
      case "GenerationEnded": {
        const { status, tokenUsage, cost, problem } = event;
        const price = cost ? `${cost.amount} ${cost.currency}` : "?";
        console.log(`\n[${status}, ${tokenUsage.totalTokens} tokens, ${price}]`);
        if (problem) console.log(`[${problem.code}: ${problem.message}]`);
      }
    }
  }
}

const history = [{ role: "USER" as const, content: question }];
try {
  const answer = await request(AskDocument, { history });
  console.log(answer.chat.message.content);

  await show(subscribe(StreamDocument, { history }));

  const made = await request(CreateConversationDocument, {});
  const sent = await request(SendDocument, {
    conversationId: made.createConversation.conversation.id,
    content: question,
    key: randomUUID(), // makes a retry safe: the same key is answered and billed once
  });
  const generationId = sent.sendMessage.generation.id;
  await show(subscribe(FollowDocument, { generationId }));
} catch (error) {
  if (!(error instanceof SidekickError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
