// The drawings of the body. They become part of the page, where they take its colours; an image would not.

import { button, el } from "./dom.js";
import { says, words } from "./words.js";

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
  // Looked at no further: a browser makes a page of its own out of what it cannot read, and complains of that.
  if (!response.ok || !/svg/.test(response.headers.get("content-type"))) throw new Error(`no drawing at ${path}`);
  // Parsed apart from the page, nothing in it runs.
  const parsed = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  if (parsed.localName !== "svg") throw new Error(`no drawing at ${path}`);
  return document.importNode(parsed, true);
}

/** Draw a picture; `done` settles when it is there. Nothing where there is none or it is not ours. */
export function picture(path) {
  if (!path || new URL(path, location.href).origin !== location.origin) return null;
  // It says where the point is, as the words beside it do: it is not read out when it comes.
  const figure = el("figure", { "aria-live": "off" });
  figure.done = drawing(path).then(
    (map) => figure.append(map),
    () => figure.remove(),
  );
  return figure;
}

/** Fill a box with the body and a real button on each region; without the drawing they stand in rows. */
export async function drawBody(box, choose) {
  if (box.hasChildNodes()) return;
  const buttons = Object.entries(words.regions).map(([region, name]) =>
    button(name, () => choose(says.region(region), name), { "data-of": region }),
  );
  box.append(...buttons);
  try {
    const map = await drawing("maps/body.svg");
    const { width, height } = map.viewBox.baseVal;
    for (const one of buttons) {
      const region = map.querySelector(`[data-region="${one.dataset.of}"]`);
      one.style.left = `${(100 * region.dataset.x) / width}%`;
      one.style.top = `${(100 * region.dataset.y) / height}%`;
      for (const [event, on] of Object.entries({ pointerenter: 1, focus: 1, pointerleave: 0, blur: 0 })) {
        one.addEventListener(event, () => region.classList.toggle("on", Boolean(on)));
      }
    }
    // The buttons say all there is to say.
    map.setAttribute("aria-hidden", "true");
    box.prepend(map);
    box.classList.add("drawn");
  } catch {
    box.before(el("p", { text: words.bodyFailed }));
  }
}
