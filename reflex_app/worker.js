// Keeps the shell of the page, so that it opens without a network and says so.
//
// Only the shell: the pages as the build made them and what they load at first. Nothing
// of a conversation is ever kept here, and nothing but reading passes through here.
// The build writes BUILD, FILES and MARK before this text, so every build is another
// worker with another cache; the one before goes when its last tab is closed.

const CACHE = `sidekick-${BUILD}`;
const PATIENCE_MS = 4000;
const DOWN = [502, 503, 504];
const CONVERSATION = "/c/shell";
const PAGES = ["/", "/usage", CONVERSATION];

/** The page that stands for an address; every conversation is the same one. */
const pageOf = (path) => (/^\/c\/[\w-]{1,80}\/?$/.test(path) ? CONVERSATION : PAGES.find((page) => page === path));

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await cache.addAll(PAGES.map((page) => new Request(page, { cache: "no-cache" })));
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("sidekick-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

const kept = async (path) => (await caches.open(CACHE)).match(path, { ignoreVary: true });

/** Keeps a page as it was just served, in another language for instance, if it fits FILES. */
async function renew(page, response) {
  if (response.ok && (await response.clone().text()).includes(MARK)) await (await caches.open(CACHE)).put(page, response);
}

/** The page of the server; the kept one when there is no server, or none in time. */
async function newest(event, page) {
  const asked = fetch(event.request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const response = await Promise.race([asked.catch(() => null), late]);
  if (response && !DOWN.includes(response.status)) {
    event.waitUntil(renew(page, response.clone()));
    return response;
  }
  return (await kept(page)) || asked;
}

self.addEventListener("install", (event) => {
  // Where browsers can, what is not kept does not even wake this worker.
  event.addRoutes?.({ condition: { not: { urlPattern: "/{,usage,c/*,assets/*}" } }, source: "network" });
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const page = request.mode === "navigate" && pageOf(url.pathname);
  if (page) event.respondWith(newest(event, page));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(url.pathname).then((file) => file || fetch(request)));
});
