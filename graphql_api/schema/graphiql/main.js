// Starts GraphiQL with what the page's options say.
"use strict";

const options = JSON.parse(document.getElementById("options").textContent);

function socketUrl() {
  const url = new URL(options.url, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

// Subscriptions as server-sent events, for where no sockets are passed on.
async function* subscribe(params, headers) {
  const accept = "text/event-stream";
  const response = await fetch(options.url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept },
    body: JSON.stringify(params),
  });
  if (!response.headers.get("content-type").startsWith(accept)) {
    yield await response.json();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let rest = "", read; !(read = await reader.read()).done; ) {
      const frames = (rest + read.value).split("\n\n");
      rest = frames.pop();
      for (const frame of frames) {
        const json = frame.match(/^event: next\ndata: (.+)$/)?.[1];
        if (json) yield JSON.parse(json);
      }
    }
  } finally {
    await reader.cancel();
  }
}

const ask = GraphiQL.createFetcher({
  url: options.url,
  subscriptionUrl: options.sockets ? socketUrl() : undefined,
});

// Right after a change of tabs GraphiQL still names the other tab's operation.
function current(params) {
  const documentAST = GraphiQL.GraphQL.parse(params.query);
  const operations = documentAST.definitions.filter(({ operation }) => operation);
  const [first] = operations;
  const chosen = operations.find(({ name }) => name?.value === params.operationName);
  const { operation, name } = chosen ?? first;
  return { documentAST, operation, operationName: name?.value };
}

function fetcher(params, opts) {
  const { documentAST, operation, operationName } = current(params);
  const asked = { ...params, operationName };
  return operation === "subscription" && !options.sockets
    ? subscribe(asked, opts?.headers)
    : ask(asked, { ...opts, documentAST });
}

// GraphiQL forgets the variables of the tab that is open at the start, unless told.
function openTab() {
  const kept = JSON.parse(localStorage.getItem("graphiql:tabState"));
  const { query, variables } = kept ? kept.tabs[kept.activeTabIndex] : options.tabs[0];
  return { query: query ?? undefined, variables: variables ?? undefined };
}

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    plugins: [GraphiQLPluginExplorer.explorerPlugin()],
    defaultTabs: options.tabs,
    ...openTab(),
    defaultEditorToolsVisibility: "variables",
    shouldPersistHeaders: false,
  }),
);
