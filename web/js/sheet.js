// A routine on one page of paper, with a picture of every point.

import { el } from "./dom.js";
import { picture } from "./maps.js";
import { howLong, pointName, routineName } from "./cards.js";
import { words } from "./words.js";

/** Print the steps of a routine's card. */
export async function print(card) {
  const holds = [];
  for (const step of card.steps) {
    const [last] = holds.slice(-1);
    // The other side of the point before stands with it.
    if (last?.code === step.code && last.seconds === step.seconds) last.sides.push(words.side[step.side]);
    else holds.push({ ...step, sides: [words.side[step.side]] });
  }
  const drawn = holds.map((hold) => {
    const figure = picture(`maps/${encodeURIComponent(hold.code)}.svg`);
    const how = [howLong(hold, hold.sides.join(", ")), hold.where, hold.how];
    const text = how.filter(Boolean).map((one) => el("p", { text: one }));
    return [figure, el("li", {}, figure, el("h2", { text: pointName(hold) }), ...text)];
  });
  const sheet = el(
    "section",
    { id: "sheet" },
    el("h1", { text: routineName(card) || words.title }),
    el("ol", { class: holds.length > 6 ? "many" : "" }, ...drawn.map(([, one]) => one)),
    el("p", { text: words.disclaimer }),
  );
  await Promise.all(drawn.map(([figure]) => figure.done));
  document.body.append(sheet);
  window.print();
  sheet.remove();
}
