"""How words are pronounced that the recogniser's dictionary lacks: pinyin by table, the rest through espeak-ng."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

# Sounds in the letters of the recogniser's dictionary (ARPAbet).
_INITIALS = {
    "zh": "JH", "ch": "CH", "sh": "SH", "b": "B", "p": "P", "m": "M", "f": "F", "d": "D", "t": "T", "n": "N", "l": "L",
    "g": "G", "k": "K", "h": "HH", "j": "JH", "q": "CH", "x": "SH", "r": "R", "z": "Z", "c": "T S", "s": "S", "": "",
}  # fmt: skip
_FINALS = {
    "a": "AA", "o": "AO", "e": "AH", "ai": "AY", "ei": "EY", "ao": "AW", "ou": "OW", "an": "AA N", "en": "AH N",
    "ang": "AA NG", "eng": "AH NG", "ong": "UH NG", "er": "ER", "i": "IY", "ia": "Y AA", "ie": "Y EH", "iao": "Y AW",
    "iu": "Y OW", "ian": "Y EH N", "in": "IY N", "iang": "Y AA NG", "ing": "IH NG", "iong": "Y UH NG", "u": "UW",
    "ua": "W AA", "uo": "W AO", "uai": "W AY", "ui": "W EY", "uan": "W AA N", "un": "W AH N", "uang": "W AA NG",
    "ue": "W EH", "v": "UW", "ve": "W EH",
}  # fmt: skip
_ALONE = {
    "yi": "Y IY", "ya": "Y AA", "ye": "Y EH", "yao": "Y AW", "you": "Y OW", "yan": "Y EH N", "yin": "Y IY N",
    "yang": "Y AA NG", "ying": "Y IH NG", "yong": "Y UH NG", "yu": "Y UW", "yue": "Y W EH", "yuan": "Y W EH N",
    "yun": "Y UW N", "wu": "W UW", "wa": "W AA", "wo": "W AO", "wai": "W AY", "wei": "W EY", "wan": "W AA N",
    "wen": "W AH N", "wang": "W AA NG", "weng": "W AH NG",
    "zhi": "JH ER", "chi": "CH ER", "shi": "SH ER", "ri": "R ER", "zi": "Z AH", "ci": "T S AH", "si": "S AH",
}  # fmt: skip
# How somebody reads pinyin aloud who takes the letters for English ones.
_READ_INITIALS = {**_INITIALS, "zh": "ZH", "x": "Z", "q": "K W", "c": "K"}
_READ_FINALS = {
    "a": "AA", "o": "OW", "e": "EH", "ai": "AY", "ei": "EY", "ao": "AW", "ou": "UW", "an": "AE N", "en": "EH N",
    "ang": "AE NG", "eng": "EH NG", "ong": "AA NG", "er": "ER", "i": "IY", "ia": "IY AA", "ie": "IY", "iao": "IY AW",
    "iu": "IY UW", "ian": "IY AE N", "in": "IH N", "iang": "IY AE NG", "ing": "IH NG", "iong": "IY AA NG", "u": "UW",
    "ua": "W AA", "uo": "W OW", "uai": "W AY", "ui": "W IY", "uan": "W AE N", "un": "AH N", "uang": "W AE NG", "ue": "W EH",
    "v": "UW", "ve": "W EH",
}  # fmt: skip
_READ_ALONE = {
    "yi": "Y IY", "ya": "Y AA", "ye": "Y EH", "yao": "Y AW", "you": "Y UW", "yan": "Y AE N", "yin": "Y IH N",
    "yang": "Y AE NG", "ying": "Y IH NG", "yong": "Y AA NG", "yu": "Y UW", "yue": "Y UW", "yuan": "Y UW AE N",
    "yun": "Y AH N", "wu": "W UW", "wa": "W AA", "wo": "W OW", "wai": "W AY", "wei": "W EY", "wan": "W AE N",
    "wen": "W EH N", "wang": "W AE NG", "weng": "W EH NG",
}  # fmt: skip
MORE = {
    "qi": ("CH IY", "K IY", "K AY"),
    "cun": ("T S UH N", "K AH N", "K UW N", "CH UH N"),
    "sciatica": ("S AY AE T IH K AH", "SH AY AE T IH K AH", "SH IY AE T IH K AH"),
    "acupressure": ("AE K Y UW P R EH SH ER", "AE K Y AH P R EH SH ER", "AE K AH P R EH SH ER"),
}
"""Words of ours that are read in several ways, some of them by synthetic voices only."""
# What espeak-ng writes for American English, longest first where it is looked up.
_IPA = {
    "aɪɚ": "AY ER", "aɪə": "AY AH", "eɪ": "EY", "aɪ": "AY", "ɔɪ": "OY", "aʊ": "AW", "oʊ": "OW", "iː": "IY", "uː": "UW",
    "ɑːɹ": "AA R", "ɑː": "AA", "ɔːɹ": "AO R", "oːɹ": "AO R", "ɔː": "AO", "ɜː": "ER", "ɪɹ": "IH R", "ɛɹ": "EH R",
    "ʊɹ": "UH R", "tʃ": "CH", "dʒ": "JH", "ɐ": "AH", "ə": "AH", "ɚ": "ER", "ʌ": "AH", "æ": "AE", "ɛ": "EH", "ɪ": "IH",
    "ʊ": "UH", "i": "IY", "u": "UW", "ɑ": "AA", "ɔ": "AO", "o": "OW", "e": "EH", "a": "AA", "ᵻ": "IH", "əl": "AH L",
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "f": "F", "v": "V", "θ": "TH", "ð": "DH",
    "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R", "r": "R",
    "j": "Y", "w": "W", "ɾ": "D", "ʔ": "T", "x": "K",
}  # fmt: skip
_BY_LENGTH = sorted(_IPA, key=len, reverse=True)
_STRESS = re.compile(r"[ˈˌ͡‿̩\s]")


def syllables(word: str) -> list[str] | None:
    """Return the syllables of a pinyin word without tone marks, None where it is none."""
    if not word:
        return []
    for length in range(min(6, len(word)), 0, -1):
        if _syllable(word[:length]) is not None:
            rest = syllables(word[length:])
            if rest is not None:
                return [word[:length], *rest]
    return None


def _parts(syllable: str) -> tuple[str, str]:
    """Return the beginning of a syllable, and the rest."""
    heads = ("zh", "ch", "sh", syllable[:1], "")
    initial = next(i for i in heads if syllable.startswith(i) and i in _INITIALS)
    return initial, syllable[len(initial) :]


def _syllable(text: str) -> str | None:
    if text in _ALONE:
        return _ALONE[text]
    initial, final = _parts(text)
    if (
        final not in _FINALS
        or not initial
        and final not in {"a", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "er"}
    ):
        return None
    sound = _FINALS[final]
    if initial in {"j", "q", "x"} and final.startswith("u"):
        sound = {"u": "UW", "ue": "W EH", "uan": "W EH N", "un": "UW N"}.get(final, sound)
    return f"{_INITIALS[initial]} {sound}".strip()


def pinyin(word: str) -> str | None:
    """Return the sounds of a pinyin word, None where it is none."""
    parts = syllables(word)
    return " ".join(_syllable(p) or "" for p in parts) if parts else None


def read_aloud(word: str) -> str | None:
    """Return the sounds of a pinyin word as somebody reads it who takes its letters for English ones, None where it is none."""
    parts = syllables(word)
    return " ".join(map(_read, parts)) if parts else None


def _read(syllable: str) -> str:
    if syllable in _READ_ALONE:
        return _READ_ALONE[syllable]
    initial, final = _parts(syllable)
    return f"{_READ_INITIALS[initial]} {_READ_FINALS[final]}".strip()


def from_ipa(ipa: str) -> str | None:
    """Return the sounds of a word written in the phonetic alphabet, None where a sign is not known."""
    ipa, sounds = _STRESS.sub("", ipa), []
    while ipa:
        sign = next((s for s in _BY_LENGTH if ipa.startswith(s)), None)
        if sign is None:
            return None
        sounds.append(_IPA[sign])
        ipa = ipa[len(sign) :]
    return " ".join(sounds) or None


def english(word: str) -> str | None:
    """Return the sounds of an English word as espeak-ng reads it, None without it."""
    from voice.espeak import NoVoice, espeak

    try:
        return from_ipa(espeak().phonemes(word))
    except NoVoice:
        return None


@lru_cache(maxsize=1)
def dictionary() -> dict[str, list[str]]:
    """Return the dictionary that comes with the recogniser: word -> pronunciations."""
    import pocketsphinx

    found: dict[str, list[str]] = {}
    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, sounds = line.partition(" ")
        found.setdefault(re.sub(r"\(\d\)$", "", word), []).append(sounds.strip())
    return found
