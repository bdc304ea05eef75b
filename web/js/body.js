// The body to point at: a drawing of it, and a real button on each of its regions.

import { el } from "./cards.js";
import { drawing } from "./maps.js";
import { strings } from "./strings.en.js";

/** Fill a box with the body; without the drawing the buttons stand in rows. */
export async function drawBody(box, choose) {
  if (box.hasChildNodes()) return;
  const buttons = strings.regions.map((name) =>
    el(
      "button",
      { type: "button", onclick: () => choose(strings.pointsOn(name)) },
      el("span", { text: strings.region(name) }),
    ),
  );
  box.append(...buttons);
  try {
    const map = await drawing("maps/body.svg");
    const { width, height } = map.viewBox.baseVal;
    buttons.forEach((button, i) => {
      const region = map.querySelector(`[data-region="${strings.regions[i]}"]`);
      button.style.left = `${(100 * region.dataset.x) / width}%`;
      button.style.top = `${(100 * region.dataset.y) / height}%`;
      for (const [event, on] of Object.entries({ pointerenter: 1, focus: 1, pointerleave: 0, blur: 0 })) {
        button.addEventListener(event, () => region.classList.toggle("on", Boolean(on)));
      }
    });
    // The buttons say all there is to say.
    map.setAttribute("aria-hidden", "true");
    box.prepend(map);
    box.classList.add("drawn");
  } catch {
    box.before(el("p", { text: strings.bodyFailed }));
  }
}
