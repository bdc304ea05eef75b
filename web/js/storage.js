// What this browser remembers between visits.

/** Read or write a value, or remove it with null; private windows may refuse. */
export function remember(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Then it is as if this were the first visit.
  }
  return null;
}
