// Every word of the page itself, in the language that the server chose for this browser (web/lang).

export const words = await (await fetch("words.json")).json();

const plural = new Intl.PluralRules(words.lang);

/** Fill in a text of the table; where it has several forms, `n` chooses. */
export function say(text, values = {}) {
  const form = typeof text === "string" ? text : (text?.[plural.select(values.n)] ?? text?.other ?? "");
  return form.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A length of time, as short as it can be said. */
export function duration(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes && say(words.minutes, { n: minutes }), (rest || !minutes) && say(words.seconds, { n: rest })]
    .filter(Boolean)
    .join(" ");
}

/** A length of time in whole minutes. */
export const minutes = (seconds) => duration(Math.max(1, Math.round(seconds / 60)) * 60);

/** A moment as people say it; anything that is no date stays as it is. */
export function moment(when) {
  const date = new Date(/^\d{4}-\d\d-\d\d|^\d+$/.test(when) ? when : NaN);
  const style = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };
  return Number.isNaN(date.getTime()) ? String(when ?? "") : date.toLocaleString(words.lang, style);
}

/** What the page says to the guide, who knows English: these are no words for the reader. */
export const says = {
  startOver: "Start over",
  point: (name) => `Tell me about ${name}`,
  region: (name) => `Which points are on the ${name}?`,
  back: "Back",
  pause: "Pause",
  resume: "Go on",
  next: "Next",
  repeat: "Say that again",
  skip: "Skip this one",
  stop: "Stop the routine",
};
