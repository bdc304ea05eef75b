// Makes elements, and keeps what this browser remembers.

/** Make an element. `text` is set as text, never as markup; other properties are attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

/** Make an element of a drawing. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Make one of the page's line drawings. */
export const icon = (name) =>
  svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `icons.svg#${name}` }));

export const button = (text, onclick, properties = {}, ...children) =>
  el("button", { type: "button", ...properties, onclick }, text && el("span", { text }), ...children);

/** Make a box to tick; `change` is called with whether it is ticked. */
export function tick(label, on, change) {
  const box = el("input", { type: "checkbox", onchange: () => change(box.checked) });
  box.checked = on;
  return el("label", { class: "tick" }, box, el("span", { text: label }));
}

/** Make a link that saves a text as a file. */
export function download(text, file, type, label, drawing = "save") {
  const href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  return el("a", { class: "button quiet", href, download: file }, icon(drawing), el("span", { text: label }));
}

const OURS = "acupressure-";

/** Read or write a value, or remove it with null; private windows may refuse. */
export function remember(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(OURS + key);
    if (value === null) localStorage.removeItem(OURS + key);
    else localStorage.setItem(OURS + key, value);
  } catch {
    // Then it is as if this were the first visit.
  }
  return null;
}

/** Forget everything that this page has kept in the browser. */
export function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(OURS)) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
