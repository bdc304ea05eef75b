"""How well the guide is reached by voice: synthetic voices that speak unseen sentences, clean and in noise.

``python -m benchmarks.voice`` measures recognition alone; with ``--assistant ADDRESS`` of a running guide also whether
the right answer came, what off-topic speech led to, and how long it took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import yaml

from acupressure.catalog import load
from acupressure.wording import for_ear
from benchmarks.accuracy import judge
from scripts.settings import CACHE, ROOT
from voice import espeak
from voice.assistant import Answer, Assistant, NoAssistant
from voice.audio import RATE, Audio, read_wav, to_pcm
from voice.ear import Begun, Ear, Ended, Going, utterance_in
from voice.engines import Engines, as_events, moonshine_of
from voice.models import ensure
from voice.recognise import Recogniser
from voice.settings import Settings
from voice.vocabulary import code_names, words_of

COMMANDS = {
    "next": ("next", "next point", "next one please", "i am ready for the next one"),
    "pause": ("pause", "hold on a second", "wait a moment please"),
    "resume": ("go on", "carry on please", "continue"),
    "repeat": ("say that again", "repeat that", "what was that again"),
    "stop": ("stop", "finish the routine", "please stop the routine", "that is enough for today"),
    "back": ("go back", "back to the last one"),
    "skip": ("skip this one", "leave this one out"),
    "slower": ("slower please", "not so fast"),
    "left": ("how long left", "how much longer"),
}
"""Words of a routine, and what they are."""
DOMAIN = (
    "where is bladder forty", "where is the inner gate point", "how do i press large intestine four", "how long do i hold kidney three",
    "my lower back hurts", "what can i press for a stiff neck", "which points help with sciatica", "lead me through ten minutes for my lower back",
    "start the desk reset", "does acupressure really work", "is it safe in pregnancy", "i am pregnant", "i take blood thinners",
    "how hard should i press", "which routines are there", "my knee hurts when i walk", "what is acupressure", "forget me",
    "where is spirit gate", "how often can i press stomach thirty six", "i have numbness between my legs", "what can you do",
)  # fmt: skip
OFF_TOPIC = (
    "what is the weather in paris tomorrow", "turn the kitchen lights off", "who won the football match last night",
    "play some jazz in the living room", "how tall is the eiffel tower", "book a table for two at eight", "the dog wants to go outside",
    "did you remember to buy milk and eggs", "my sister is arriving on the evening train", "set the oven to two hundred degrees",
    "what is the capital of australia", "please send the report to the manager", "the traffic on the bridge was terrible",
    "can you translate this into spanish", "there is nothing good on television tonight", "how do i change a bicycle tyre",
    "we should paint the fence this summer", "i left my umbrella at the office", "tell me a joke about penguins", "what year did the war end",
)  # fmt: skip
VOICES = {
    "espeak en-us": ("espeak", "en-us"), "espeak en-gb": ("espeak", "en-gb"), "espeak en-us+f3": ("espeak", "en-us+f3"),
    "flite slt": ("flite", "slt"), "flite rms": ("flite", "rms"), "flite awb": ("flite", "awb"),
    "festival hts": ("festival", "cmu_us_slt_arctic_hts"), "festival ked": ("festival", "ked_diphone"), "festival kal": ("festival", "kal_diphone"),
}  # fmt: skip
NOISES = {"clean": None, "20 dB": 20.0}
_SPEED = 155


@dataclass
class Tally:
    """Counts of one kind of sentence in one kind of noise."""

    said: int = 0
    words: int = 0
    wrong: int = 0
    exact: int = 0
    right: int = 0
    confirmed: int = 0
    asked: int = 0
    judged: int = 0
    acted: int = 0
    agreement: list[float] = field(default_factory=list)


def speaks(engine: str, voice: str, text: str) -> Audio | None:
    """Return a sentence by one of the voices, None where this machine has not got it."""
    if engine == "espeak":
        return espeak.speak(text, voice, _SPEED) if espeak.has_voice() else None
    if not shutil.which({"flite": "flite", "festival": "text2wave"}[engine]):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        command = ["flite", "-voice", voice, "-t", text, "-o", str(file)]
        if engine == "festival":
            command = ["text2wave", "-eval", f"(voice_{voice})", "-o", str(file)]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        return read_wav(file.read_bytes()) if done.returncode == 0 and file.exists() else None


def in_noise(audio: Audio, snr: float | None, chance: np.random.Generator) -> Audio:
    """Return a recording with silence around it, and pink noise in all of it."""
    samples = audio.at(RATE).samples.astype(float)
    loud = np.mean(np.square(samples[samples != 0])) if samples.any() else 1.0
    sound = np.concatenate([np.zeros(RATE // 2), samples, np.zeros(RATE * 3 // 10)])
    if snr is not None:
        spectrum = np.fft.rfft(chance.normal(size=len(sound)))
        noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), len(sound))
        sound = sound + noise * np.sqrt(loud / 10 ** (snr / 10) / np.mean(np.square(noise)))
    return Audio(to_pcm(sound), RATE)


def distance(wanted: list[str], heard: list[str]) -> int:
    """Return how many words have to be changed to make one text of another."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def paraphrases(most: int) -> list[dict]:
    """Return held-out messages that can be said as they stand."""
    held = yaml.safe_load((ROOT / "tests/held_out/messages.yml").read_text(encoding="utf-8"))["messages"]
    fit = [
        m
        for m in held
        if m["persona"] == "plain" and m["kind"] != "out_of_scope" and len(m["text"].split()) <= 16
    ]
    random.Random(5).shuffle(fit)
    return fit[:most]


def points() -> Iterator[str]:
    """Yield questions for points by letters, and by the names of their lines."""
    for code in list(load().points)[::6]:
        for name in code_names(code)[:2]:
            yield f"where is {name}"


async def measure(options: argparse.Namespace) -> dict:
    """Speak everything with every voice and return the figures."""
    catalog = load()
    wanted = Settings(options.assistant or "")
    engines, assistant = Engines(wanted, catalog), Assistant(options.assistant) if options.assistant else None
    await engines.load()
    chance = np.random.default_rng(7)
    sets = {
        "domain": [{"text": t} for t in DOMAIN],
        "paraphrases": paraphrases(options.paraphrases),
        "commands": [{"text": t, "command": c} for c, said in COMMANDS.items() for t in said],
        "points": [{"text": t} for t in points()],
        "off-topic": [{"text": t} for t in OFF_TOPIC],
    }
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    by_voice: dict[str, Tally] = defaultdict(Tally)
    waits: list[float] = []
    used = Counter()
    truth: dict[str, Reply] = {}
    for voice, (engine, name) in VOICES.items():
        if options.voices and voice not in options.voices:
            continue
        for kind, items in sets.items():
            for noise, snr in NOISES.items():
                tally = tallies[kind, noise]
                for item in items[:: options.every]:
                    # Codes by their letters, as people say them: a voice makes a word of "LI4".
                    audio = speaks(engine, name, for_ear(item["text"]))
                    if audio is None:
                        continue
                    found = utterance_in(in_noise(audio, snr, chance))
                    used[voice] += 1
                    heard = await engines.hear(as_events(found[1]), found[0]) if found else None
                    wanted_words, words = words_of(item["text"]), heard.text.split() if heard else []
                    for t in (tally, *([by_voice[f"{voice} {noise}"]] if kind != "off-topic" else [])):
                        t.said += 1
                        t.words += len(wanted_words)
                        t.wrong += distance(wanted_words, words)
                        t.exact += wanted_words == words
                        t.agreement.append(heard.agreement if heard else 0.0)
                    if assistant and heard:
                        begun = time.perf_counter()
                        await answered(assistant, kind, item, heard, tally, truth)
                        waits.append(time.perf_counter() - begun)
        if used[voice]:
            print(f"after {voice}:")
            table(tallies)
    if assistant:
        await assistant.close()
    return {"sets": tallies, "voices": by_voice, "used": used, "waits": waits}


_numbers = iter(range(10**9))


async def answered(assistant: Assistant, kind: str, item: dict, heard, tally: Tally, truth: dict) -> None:
    """Ask the guide what was heard, and judge the answer beside the one to the true words."""
    tally.judged += 1
    try:
        if item["text"] not in truth:
            truth[item["text"]] = await replied(assistant, kind, item["text"], None)
        got = await replied(assistant, kind, heard.text, heard) if heard.text else Reply((), (), unsure=True)
    except NoAssistant:
        return
    tally.asked += got.unsure
    if kind == "off-topic":
        tally.acted += bool(set(shown_kinds(got.messages)) - {"out_of_scope"})
    elif is_right(item, got, truth[item["text"]]):
        tally.right += 1
        tally.confirmed += 1
    elif got.after_yes:
        tally.confirmed += is_right(item, got.after_yes, truth[item["text"]])


@dataclass(frozen=True)
class Reply:
    """The answer to one utterance."""

    shown: tuple
    """What can be compared of its cards."""
    messages: tuple
    unsure: bool = False
    """Nothing was taken."""
    after_yes: Reply | None = None
    """The answer to a yes, where it was asked back whether something was said."""


def is_right(item: dict, reply: Reply, wanted: Reply) -> bool:
    """Tell whether a reply is the one to the true words, or one that is right for the message."""
    return reply.shown == wanted.shown or (
        "expect" in item and bool(judge(item, list(reply.messages), "")[0])
    )


async def replied(assistant: Assistant, kind: str, text: str, heard) -> Reply:
    """Return the answer to one text, said by somebody new."""
    sender = f"bench-{time.time_ns()}-{next(_numbers)}"
    if kind == "commands":
        for first in ("lead me through the desk reset", "none of those", "next"):
            await assistant.say(sender, first)
    answer = await assistant.say(sender, text, heard)
    after_yes = None
    if answer.unsure and answer.ask:
        after_yes = reply_of(await assistant.say(sender, answer.text, heard, confirmed=True))
    return replace(reply_of(answer), after_yes=after_yes)


def reply_of(answer: Answer) -> Reply:
    """Return what counts of an answer."""
    shown = tuple(
        (c["card"], c.get("code"), c.get("state"), c.get("index"), c.get("topic"), c.get("for"))
        for c in answer.cards
    )
    if not answer.cards:
        shown = (answer.speech[:40],)
    return Reply(shown, answer.messages, answer.unsure)


def shown_kinds(messages) -> list[str]:
    """Return the kinds of the cards of an answer."""
    return [m["custom"]["card"] for m in messages if isinstance(m.get("custom"), dict)]


def real_time() -> dict[str, float]:
    """Return processor time for a second of speech: one recogniser, two, and the detector of speech."""
    catalog = load()
    models = ensure(catalog)
    audio = [in_noise(espeak.speak(t, "en-us", _SPEED), None, np.random.default_rng(1)) for t in DOMAIN[:12]]
    figures = {}
    moonshine = moonshine_of(models, catalog)
    kinds = {"pocketsphinx": (False, None), "pocketsphinx with witness": (True, None)}
    if moonshine:
        kinds["pocketsphinx with Moonshine"] = (False, moonshine)
    for name, (with_witness, beside) in kinds.items():
        recogniser = Recogniser(models, with_witness, beside)
        begun = time.process_time()
        for a in audio:
            utterance = recogniser.utterance()
            utterance.before(a.pcm[:RATE])
            for place in range(RATE, len(a.pcm), 2_048):
                utterance.feed(a.pcm[place : place + 2_048])
            utterance.end()
        figures[name] = (time.process_time() - begun) / sum(a.seconds for a in audio)
    begun = time.process_time()
    for a in audio:
        list(Ear().hear(a.pcm))
    figures["detector"] = (time.process_time() - begun) / sum(a.seconds for a in audio)
    begun, length = time.process_time(), 0.0
    for t in DOMAIN:
        length += espeak.speak(t).seconds
    figures["voice"] = (time.process_time() - begun) / length
    return figures


async def delays(address: str | None) -> dict[str, list[float]]:
    """Return seconds from the end of speech, as the microphone hears it, to the end-point and to the first sound."""
    catalog = load()
    engines = Engines(Settings(address or ""), catalog)
    assistant = Assistant(address) if address else None
    await engines.load()
    found: dict[str, list[float]] = {"end-point": [], "words": [], "sound": []}
    for number, text in enumerate(DOMAIN[:10]):
        audio = in_noise(espeak.speak(text, "en-us", _SPEED), 35, np.random.default_rng(number))
        sound = audio.pcm + bytes(2 * RATE)
        over = len(audio.pcm) / 2 / RATE - 0.3
        queue: asyncio.Queue = asyncio.Queue()

        async def events(queue=queue):
            while (event := await queue.get()) is not None:
                yield event

        hearing, ear, begun, ended = None, Ear(), time.perf_counter(), 0.0
        for place in range(0, len(sound), 1_024):
            # Paced like a microphone.
            await asyncio.sleep(max(0.0, begun + (place + 1_024) / 2 / RATE - time.perf_counter()))
            for heard in ear.hear(sound[place : place + 1_024]):
                if isinstance(heard, (Begun, Going)):
                    async for event in as_events(heard.speech):
                        queue.put_nowait(event)
                if isinstance(heard, Begun):
                    hearing = asyncio.ensure_future(engines.hear(events(), heard.before))
                if isinstance(heard, Ended):
                    ended = time.perf_counter()
                    queue.put_nowait(None)
            if ended:
                break
        if not hearing or not ended:
            continue
        result = await hearing
        found["end-point"].append(ended - begun - over)
        found["words"].append(time.perf_counter() - ended)
        words = text
        if assistant:
            words = (await assistant.say(f"delay-{time.time_ns()}", result.text, result)).speech or text
        await engines.speak(words.split(". ")[0])
        found["sound"].append(time.perf_counter() - ended)
    if assistant:
        await assistant.close()
    return found


def share(part: int, whole: int) -> str:
    """Return a part of a whole with two digits."""
    return f"{part / whole:.3f}" if whole else "-"


def table(sets: dict) -> dict[str, list]:
    """Print the figures so far and return them."""
    print(
        "| Said | Noise | Sentences | Words wrong | Exact | Right answer | After a yes | Asked back | Acted on |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    rows = {}
    for (kind, noise), t in sets.items():
        right = "-" if kind == "off-topic" else share(t.right, t.judged)
        acted = share(t.acted, t.judged) if kind == "off-topic" else "-"
        words = [t.said, share(t.wrong, t.words), share(t.exact, t.said)]
        confirmed = "-" if kind == "off-topic" else share(t.confirmed, t.judged)
        cells = [*words, right, confirmed, share(t.asked, t.judged), acted]
        rows[f"{kind}, {noise}"] = cells
        print(f"| {kind} | {noise} | {' | '.join(str(c) for c in cells)} |", flush=True)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assistant", help="address of a running guide, such as http://127.0.0.1:5005")
    parser.add_argument("--voices", nargs="*", default=[], choices=list(VOICES))
    parser.add_argument("--paraphrases", type=int, default=30)
    parser.add_argument("--no-times", action="store_true", help="leave out how long it takes")
    parser.add_argument("--every", type=int, default=1, help="only every so many sentences")
    options = parser.parse_args()
    figures = {} if options.no_times else real_time()
    print("Processor time for a second of speech:", {k: round(v, 3) for k, v in figures.items()}, flush=True)
    timed = {} if options.no_times else asyncio.run(delays(options.assistant))
    late = {k: [round(float(np.percentile(v, p)), 3) for p in (50, 95)] for k, v in timed.items() if v}
    print("Seconds, median and 95th percentile:", late, flush=True)
    result = asyncio.run(measure(options))
    rows = table(result["sets"])
    for voice, t in result["voices"].items():
        print(f"{voice}: words wrong {share(t.wrong, t.words)}")
    out = CACHE / "bench"
    out.mkdir(parents=True, exist_ok=True)
    (out / "voice.json").write_text(
        json.dumps({"real_time": figures, "delays": late, "rows": rows}, indent=1)
    )


if __name__ == "__main__":
    main()
