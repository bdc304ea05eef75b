// Keeps the page itself, so that it opens and says so when the guide cannot be reached. Never what was said.

const SHELL = "acupressure-page";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  // Conversations are never kept here, nor are drawings: they would tell what somebody has looked at.
  if (method !== "GET" || /\/(api|maps)\//.test(url) || !url.startsWith(self.registration.scope)) return;
  event.respondWith(newest(event.request));
});

/** The newest file there is, or else the kept one. */
async function newest(request) {
  const shell = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await shell.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await shell.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
