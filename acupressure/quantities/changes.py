"""Reads whether the pain is better, the same or worse."""

from __future__ import annotations

import re
from typing import Literal

from acupressure.quantities.figures import in_figures

Change = Literal["better", "same", "worse"]
_MUCH = r"(?:any |much |really |a lot |all that |that |so |particularly |exactly |significantly |noticeably |feel |feeling |felt |got |gotten |getting |be |been |made it |make it |it |me |a bit |the slightest bit )*"
_DENIED = (
    r"(?:not|no|isnt|wasnt|hasnt|havent|didnt|doesnt|dont|arent|aint|never|neither|nor|hardly|barely|cant say its|"
    r"wouldnt say its|is not|has not|without)"
)
_BETTER = (
    r"(?:better|beter|bettre|bettter|betterish|eas(?:ed|ing|ier)(?: (?:off|up))?|improv(?:ed|ing|ement|es)|less (?:pain(?:ful)?|sore|stiff|tight|tense|achy|intense)|"
    r"hurts? (?:me )?(?:a (?:bit|lot|little) |much |far )?less|hurting less|milder|looser|lighter|softer|loosened|relieved|relief|helped|helping|soothed|"
    r"subsid(?:ed|ing)|fad(?:ed|ing)|lessen(?:ed|ing)|reduced|decreased|lower|(?:went|gone|going|came|come|coming|is|its|pains) (?:right |way )?down|(?:its|is|pains|feels|a bit|a lot|a little|much|slightly) (?:a (?:bit|lot|little) |much |slightly )?less(?= now|$|[.,!])|dropped|"
    r"worked|pain free|painless|no more pain(?! than)|no pain(?! relief|killers?)|(?:has|is|its|all|pain) gone(?! (?:up|worse|down))|went away|disappeared|"
    r"nicer|as bad|more relaxed|more comfortable|on the mend|help|improve|ease|work)"
)
_WORSE = (
    r"(?:worse|wors|worser|worst (?:now|than)|worsen(?:ed|ing)|more (?:pain(?:ful)?|sore|stiff|tight|tense|achy|intense)|sorer|stiffer|hurts? (?:me )?(?:even |a (?:bit|lot|little) |much |way )?more|"
    r"hurting (?:even |a lot |a bit )?more|stronger|increased|higher|(?:went|gone|going|is|its) (?:right |way )?up|aggravated|flar(?:ed|ing) up|flare up|deteriorated|"
    r"as good|as comfortable)"
)
_SAME = (
    r"(?:unchanged|no(?:t any| real| big| noticeable| great)? (?:change|changes|difference|effect)|same(?! (?:points?|thing|one|side|routine|again|time|place|"
    r"spot|way|question|step|exercise|area|day|please|session|hand|leg))|no different|not (?:much |really |very |any )*(?:changed?|different)|"
    r"(?:hasnt|didnt|doesnt|isnt|nothing|nothing has|nothings|never|hardly|barely|havent|has not) (?:really |much |at all |any )*(?:changed?|changing|different|happened|noticed? (?:any|much|a) (?:change|difference))|"
    r"(?:cant|dont|didnt|havent|hardly|barely|not) (?:really )?(?:feel|felt|tell|see|notice|noticed|noticing) (?:any|much|a|the|much of a)(?: big| real)? (?:difference|change)|"
    r"(?:just|still) as (?:bad|sore|painful|stiff|much)|as (?:bad|sore|painful|stiff) as (?:before|ever|it was)|like before|as before|did nothing|does nothing|neither nor|"
    r"hurts? (?:just |exactly )?as much|made no difference|makes no difference|didnt do (?:anything|much|a thing))"
)
_STATES = re.compile(
    rf"\b(?P<deny>{_DENIED} {_MUCH})?(?:(?P<same>{_SAME})|(?P<better>{_BETTER})|(?P<worse>{_WORSE}))"
    rf"(?P<past> (?:before|earlier|yesterday|this morning|at the start)(?! (?:but|now)\b))?(?![a-z])"
)
_FIXED: list[tuple[re.Pattern[str], str]] = [
    (re.compile(p), v)
    for p, v in (
        (r"\b(?:couldnt|could not|never) (?:be|been|felt|feel) better\b", " \u00b6better "),
        (r"\b(?:couldnt|could not|cant|never) (?:be|been|get|felt|feel) (?:any )?worse\b", " \u00b6worse "),
        (
            r"\b(?:neither|no|not|nor|not any|isnt) (?:any )?(?:better|worse)(?: and| or| nor|,)*(?: its)? (?:nor |or |no |not |any )*(?:better|worse)\b",
            "\u00b6pair",
        ),
        (
            r"\bless worse\b|\bless bad\b|\b(?:hurts?|hurting|ache[sd]?|not bother\w*)? ?(?:not|isnt|doesnt|does not|is not) (?:hurt|hurting|ache|aching|bother me)(?: me)? (?:as|so|that|quite as) much\b|"
            r"\b(?:doesnt|does not|isnt|not) (?:hurt|hurting) (?:at all|any ?more|now)\b|\bno longer hurts?\b|\bhurts? no more\b|"
            r"\b(?:not|isnt|is not|no longer|nowhere near|nothing like) (?:nearly |quite |half )?(?:as|so) (?:bad|sore|painful|stiff|tight|intense|strong|sharp)\b(?: as (?:before|it was))?",
            " \u00b6better ",
        ),
        (
            r"\b(?:doesnt|does not|isnt|not) (?:hurt|hurting)(?: me)? (?:any )?more\b|\bno more pain(?:ful)? than\b",
            " \u00b6same ",
        ),
        (r"\bno more (?:pain|aches?)\b", " \u00b6better "),
        (r"\b(?:not|isnt|is not) (?:nearly |quite )?(?:as|so) good\b", " \u00b6worse "),
        (r"\b(?:better|worse)[ ,]*(?:or|/) ?(?:is it |maybe )?(?:better|worse|the same)\b", " "),
        (
            r"\b(?:id|had|you|id be|wed|we had|you had|much|is it|its|be) better (?:go|not|stop|do|off|start|get|be|if|leave|rest|wait|call|see)\b",
            " ",
        ),
        (
            r"\bbetter (?:not|safe|point|points|one|idea|way|place|spot|option|routine|posture|picture|for|at|than nothing|luck|late)\b",
            " ",
        ),
    )
]
_NO_REPORT = re.compile(
    r"(?:(?<!\w)(?:will|would|could|can|should|if|unless|when|whenever|while|until|hope(?:fully)?|want(?:s)?|need|like|trying|try|how|what|whats|which|who|makes?|"
    r"does|is (?:there|it|that|this)|any|something|anything|might|may|wont|"
    r"(?:other|this|that|first|second|last) (?:one|point|spot)|\u00a7 (?:is|was)|is \u00a7)(?!\w)|^is (?:the|this|that|your)\b)[^.,;!?]*$"
)
_CONDITION = re.compile(
    r"^[^.,;!?]*\b(?:when|whenever|if|while|unless)\b(?! (?:we|i) (?:started|began|pressed|did))"
)


def change(text: str) -> Change | None:
    """Return how the pain has changed as the user says, None if the text does not tell.

    "Not better" and "no worse" are the same. Of two that disagree the later counts ("better at first but worse
    now"). Questions, wishes and "worse when I sit" tell no change.
    """
    said = in_figures(text)
    said = re.sub(r"(?<![\w])(?:a|the) (?=(?:bit|lot|little|tad|touch)\b)", "a ", said)
    for pattern, instead in _FIXED:
        said = pattern.sub(lambda m, i=instead: _pair(m) if i == "\u00b6pair" else i, said)
    told: list[Change] = []
    for match in re.finditer(rf"\u00b6(better|same|worse)|{_STATES.pattern}", said):
        kind = match[1] or _state(match)
        if match[1] is None and not _reports(said, match, bool(match["deny"])):
            continue
        told.append(kind)
    clear = [kind for kind in told if kind != "same"]
    return clear[-1] if clear else told[-1] if told else None


_ONLY_DENIED = {"as bad", "as good", "as comfortable", "help", "improve", "ease", "work"}
"""Said of a change only with a "not" in front: "didn't help", "not as good"."""


def _pair(match: re.Match) -> str:
    """Return the state of "no better no worse", or of a contrast such as "not better, worse"."""
    words = re.findall(r"[a-z]+", match[0])
    if words[-1] == next(w for w in words if w in ("better", "worse")):
        return match[0]
    denied_twice = (
        words[0] == "neither" or bool({"or", "nor"} & set(words)) or words[-2] in ("no", "not", "any")
    )
    return " \u00b6same " if denied_twice else f" \u00b6{words[-1]} "


def _state(match: re.Match) -> Change:
    if match["same"]:
        return "same"
    kind: Change = "better" if match["better"] else "worse"
    if match["deny"]:
        if (match["better"] or match["worse"]) in ("as bad", "as good"):
            return "better" if kind == "better" else "worse"
        return "same"
    if match["past"] and (match["better"] or match["worse"]) in (
        "better",
        "worse",
        "less painful",
        "more painful",
        "nicer",
    ):
        return "worse" if kind == "better" else "better"  # "it was better before"
    return kind


def _reports(said: str, match: re.Match, denied: bool) -> bool:
    """Tell whether the words are about how it is, not a question, a wish, a comparison of habits."""
    clause = re.split(r"[.,;!?]|\b(?:but|and now|so)\b", said[: match.start()])[-1]
    if (match["better"] or match["worse"]) in _ONLY_DENIED and not denied:
        return False
    if (match["better"] or "") in ("lower", "softer", "lighter") or (match["worse"] or "") in (
        "higher",
        "stronger",
    ):
        # The same words ask for another pressure or place: "press lighter", "a bit higher", "lower back".
        if re.match(r" ?(?:back|spine|leg|down|part|belly|abdomen|pressure)\b", said[match.end() :]):
            return False
        if not re.search(
            r"\b(?:its|is|pain|feels?|feeling|got|gets|getting|became|now)\b", clause
        ) or re.search(r"\b(?:press|push|go|hold|move|try|make)\b", clause):
            return False
    if re.match(
        r" (?:one|way|points?|spot|routine|version|posture|position|to (?:press|reach|find))\b",
        said[match.end() :],
    ):
        return False
    if _NO_REPORT.search(
        re.sub(
            r"\bif anything\b|\b(?:feels?|is|felt) like\b|\b(?:cant|can) (?:say|feel|tell)\b|\bi would say\b",
            "",
            clause,
        )
    ):
        return False
    return not (_CONDITION.match(said[match.end() :]) and not re.search(r"\bnow\b", said))
