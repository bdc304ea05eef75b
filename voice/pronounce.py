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


def _syllable(text: str) -> str | None:
    if text in _ALONE:
        return _ALONE[text]
    initial = next(i for i in ("zh", "ch", "sh", text[:1], "") if text.startswith(i) and i in _INITIALS)
    final = text[len(initial) :]
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
