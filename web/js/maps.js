// Fetches the drawings. They become part of the page, where they take its colours; an image of its own would not.

const loaded = new Map();

/** Return a drawing of ours, for the page to keep; it is fetched once. */
export async function drawing(path) {
  if (!loaded.has(path)) loaded.set(path, load(path));
  try {
    return (await loaded.get(path)).cloneNode(true);
  } catch (error) {
    loaded.delete(path);
    throw error;
  }
}

async function load(path) {
  const response = await fetch(path);
  // Parsed apart from the page, nothing in it runs.
  const parsed = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  if (!response.ok || parsed.localName !== "svg") throw new Error(`no drawing at ${path}`);
  return document.importNode(parsed, true);
}
