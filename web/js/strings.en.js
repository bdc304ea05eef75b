// Every word the page itself says. What the guide says comes from the assistant.

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

/** A length of time in words, as short as it can be said. */
function duration(seconds) {
  if (seconds < 60) return plural(seconds, "second", "seconds");
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return plural(minutes, "minute", "minutes") + (rest ? ` ${plural(rest, "second", "seconds")}` : "");
}

/** A length of time in whole minutes. */
const minutes = (seconds) => duration(Math.max(60, Math.round(seconds / 60) * 60));

/** A moment as people say it; anything that is no date stays as it is. */
function moment(when) {
  const date = /^\d{4}-\d\d-\d\d/.test(when) ? new Date(when) : null;
  if (!date || Number.isNaN(date.getTime())) return when;
  return date.toLocaleString("en", { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

export const strings = {
  title: "Acupressure guide",
  subtitle: "for back pain",
  skip: "Skip to the message box",
  conversation: "Conversation",
  replies: "Suggested replies",
  you: "You said:",
  guide: "Guide:",

  startOver: "Start over",
  startOverMessage: "Start over",
  forget: "Forget everything",
  body: "Points on the body",
  bodyShort: "Body",
  bodyText: "Choose a part of the body to see its points. On the left it is seen from the front, on the right from behind.",
  bodyFailed: "The picture could not be loaded. The names work without it.",
  region: (name) => name[0].toUpperCase() + name.slice(1),
  regions: ["head", "chest", "belly", "arm", "hand", "leg", "foot", "neck", "shoulder", "back", "buttock"],
  pointsOn: (name) => `Which points are on the ${name}?`,
  about: "About this guide",
  aboutShort: "About",
  close: "Close",

  messageLabel: "Your message",
  placeholder: "Ask, or say what hurts",
  send: "Send",
  disclaimer: "General information, not medical advice. In an emergency call your local emergency number.",

  welcomeTitle: "Where does it hurt?",
  welcomeText: "Tell me in your own words, ask for a point by name or code, or begin with one of these.",
  starters: [
    "Which points help an aching lower back?",
    "Where is BL40?",
    "Is acupressure safe for me?",
    "Does it really work?",
  ],

  noteTitle: "Before we begin",
  noteText:
    "This is general information, not medical advice, and no clinician has reviewed it. What you write is " +
    "kept on the machine that runs this guide, until you press “Forget everything”.",
  noteOk: "I understand",
  noteMore: "More",
  aboutTitle: "About this guide",
  notes: [
    "This is general information about a traditional practice. It is not medical advice and does not " +
      "replace a doctor.",
    "No clinician has reviewed it. If you are pregnant, ill or unsure, ask one before you press anything.",
    "What you write is kept on the machine that runs this guide, so that it can follow the conversation. " +
      "This page sends it nowhere else.",
    "A cookie tells the guide which conversation is yours. “Forget everything” deletes the conversation.",
  ],

  forgetTitle: "Forget everything?",
  forgetText:
    "This deletes the whole conversation and what the guide has noted about you. It cannot be undone.",
  forgetNow: "Forget everything",
  keep: "Keep it",
  forgotten: "Everything is deleted. This is a new conversation.",
  notForgotten:
    "This is a new conversation, but the old one could not be deleted where it is stored. " +
    "Please ask whoever runs this guide to delete it.",
  forgetFailed: "The conversation could not be deleted. Please try again.",

  offline: "The guide cannot be reached at the moment.",
  starting: "The guide is still starting.",
  failing: "The guide answers, but part of it is not working.",
  back: "The guide is back.",
  tryAgain: "Try again",
  notSent: "Not answered.",
  trouble: "Something went wrong. Please try again.",
  tooBig: "That message is too long. Please say it in a few sentences.",
  waiting: "This takes longer than usual. Still working on it.",
  cutOff: "The answer was cut off.",

  duration,
  hold: (seconds) => `Hold ${duration(seconds)}`,
  sides: { both: "Both sides", midline: "On the midline" },
  side: { left: "Left side", right: "Right side", both: "Both sides", midline: "On the midline" },
  sourcesTitle: "Where this comes from",
  tellMeAbout: (name) => `Tell me about ${name}`,
  pointButton: (name, code) => `${name} (${code})`,
  pointsTitle: "Points",

  stepOf: (index, of) => `Step ${index} of ${of}`,
  timeLeft: (seconds) => `About ${minutes(seconds)} left`,
  controlsLabel: "What to do with this step",
  controls: {
    back: { title: "Back", says: "Back" },
    pause: { title: "Pause", says: "Pause" },
    resume: { title: "Go on", says: "Go on" },
    next: { title: "Next", says: "Next" },
    repeat: { title: "Repeat", says: "Say that again" },
    skip: { title: "Skip", says: "Skip this one" },
    stop: { title: "Stop", says: "Stop the routine" },
  },
  autoAdvance: "Go to the next step by itself",
  timerLabel: "Time left: ",
  clock: (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`,
  cues: {
    hold: "Hold, and breathe slowly.",
    half: "Half-time.",
    last_ten: "Last ten seconds.",
    soon: "Time is up. On to the next step.",
    over: "Time is up. Press “Next” when you are ready.",
    draft: "Time is up. I wait while you write.",
    paused: "Paused. Press “Go on” when you are ready.",
  },
  routineState: {
    offered: "Routine",
    running: "Routine under way",
    paused: "Routine paused",
    stopped: "Routine stopped",
    finished: "Routine finished",
  },
  stepsTitle: "Steps",
  routineLength: (seconds) => `About ${minutes(seconds)}`,
  printable: "Print or save",
  printableFile: "acupressure-routine.txt",
  steps: (count) => plural(count, "step", "steps"),
  stepsLeft: (count) => `${plural(count, "step", "steps")} left`,

  urgentTitle: {
    emergency: "Get emergency help now",
    same_day: "See a doctor today",
    soon: "Have this looked at soon",
  },
  crisisTitle: "You do not have to face this alone",
  cautionTitle: "Left out for your safety",
  cautionWithheld: (codes) => `Not for you now: ${codes.join(", ")}`,
  cautionInstead: "Fine instead:",
  noted: "Noted",
  calendar: "Add to calendar",
  calendarFile: "acupressure-reminder.ics",
  painTitle: "Pain from 0 to 10",
  painPhase: { before: "Before", after: "After", now: "" },
  painWhen: moment,
  painLast: (shown, count) => `The last ${shown} of ${count} scores`,
  painLine: (values) =>
    `A line through ${values.length} scores: from ${values[0]} at first to ${values.at(-1)} at last, ` +
    `lowest ${Math.min(...values)}, highest ${Math.max(...values)}`,
  painChange(change) {
    if (change === 0) return "No change from before to after";
    const points = plural(Math.abs(change), "point", "points");
    return change < 0 ? `${points} less pain after than before` : `${points} more pain after than before`;
  },
  painTable: "Save as a table",
  painFile: "acupressure-pain.csv",
  painScale: "Pain from 0, none, to 10, the worst you can imagine",
};
