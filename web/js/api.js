// Talks to the assistant. Knows nothing of the page.

const SHORT = 10_000;
const LONG = 75_000;

/** A request that came to nothing; `status` is 0 where there was no answer at all. */
export class ApiError extends Error {
  constructor(status, partial = false) {
    super(`status ${status}`);
    /** `partial`: a part of the answer had arrived. */
    Object.assign(this, { status, partial });
  }
}

async function request(path, options = {}, timeout = SHORT) {
  let response;
  try {
    const signal = AbortSignal.timeout(timeout);
    response = await fetch(`api/${path}`, { cache: "no-store", signal, ...options });
  } catch {
    throw new ApiError(0);
  }
  if (!response.ok) throw new ApiError(response.status);
  return response;
}

function post(path, data, timeout) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(data) }, timeout);
}

/** Make sure that the browser has a session. */
export const openSession = () => post("session", {});

/** Return what was said before, oldest first. */
export async function fetchHistory() {
  return (await (await inSession(() => request("history"))).json()).messages;
}

/** Send a message and hand on each line of the answer as it comes. */
export async function sendMessage(message, onLine) {
  const response = await inSession(() => post("message", message, LONG));
  let partial = false;
  try {
    for await (const line of lines(response.body)) {
      if (line.done) return;
      onLine(line);
      partial = true;
    }
  } catch {
    // A broken connection and a broken line are the same to whoever waits.
  }
  throw new ApiError(0, partial);
}

/** Delete the conversation; tell whether the place where it is stored could. */
export async function forget() {
  return (await (await inSession(() => post("forget", {}, LONG))).json()).forgotten;
}

/** Tell whether the guide's own server can hear and speak. */
export async function hasVoice() {
  try {
    return (await (await request("voice")).json()).there;
  } catch {
    return false;
  }
}

/** Return what is said in a WAV file: `text`, and `agreement` of the recognisers from 0 to 1. */
export async function hear(body) {
  const how = { method: "POST", headers: { "Content-Type": body.type }, body };
  return (await inSession(() => request("hear", how, 2 * SHORT))).json();
}

/** Return a text as a WAV file. */
export const speech = async (text) => (await inSession(() => post("speak", { text }))).arrayBuffer();

/** Return "ok", or why a message would not be answered: "starting", "failing" or "offline". */
export async function health() {
  try {
    const response = await fetch("api/health", { cache: "no-store", signal: AbortSignal.timeout(SHORT) });
    return (await response.json()).status;
  } catch {
    return "offline";
  }
}

/** Run a request, with a new session where the old one has run out. */
async function inSession(run) {
  try {
    return await run();
  } catch (error) {
    if (error.status !== 401) throw error;
    await openSession();
    return run();
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
}
