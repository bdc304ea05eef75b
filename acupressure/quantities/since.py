"""Reads for how many days something has lasted."""

from __future__ import annotations

import re

from acupressure.quantities.figures import in_figures

_DAYS = {"day": 1, "night": 1, "week": 7, "wk": 7, "fortnight": 14, "weekend": 7, "month": 30, "mth": 30, "mnth": 30, "year": 365, "yr": 365}  # fmt: skip
_UNIT = r"(?P<unit>days?|nights?|weeks?|wks?|fortnights?|months?|mn?ths?|years?|yrs?)\b"
_MANY = {"a": 1, "an": 1, "couple": 2, "few": 3, "half a": 0.5}
_LENGTH = re.compile(
    rf"(?<![\w.])(?:(?P<number>\d{{1,3}}(?:\.\d)?) ?(?:(?:or|to|-|and) ?(?P<more>\d{{1,3}}) ?)?|(?P<word>half a|a couple(?: of)?|couple of|a few|few|an?) )"
    rf"(?:(?:full|whole|good|solid|long|odd) )?{_UNIT}"
)
_AGO = re.compile(
    r"\b(?:since|from|on) (?:(?:last|this|the|about|early|late) )?(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b|"
    r"\b(?:since|from) (?:(?:this|the|last|early|late) )?(?:yesterday|morning|afternoon|evening|night|noon|lunch\w*|today|weekend|week)\b|"
    r"\b(?:this|the|these|over the|for the|in the) (?:past|last) week\b|"
    r"\b(?:started|began|came on) (?:only |just )?(?:today|yesterday|last (?:night|week)|this (?:morning|week)|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_LAST_WEEK = 7
_LONG = re.compile(
    r"\b(?:months|years|ages|decades|weeks and weeks|for ever|forever|always|long time|so long|"
    r"since (?:\w+ ){0,2}?(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|spring|summer|autumn|winter|christmas|easter|new year|holidays?|childhood|birth))\b"
)
_NO_LENGTH = re.compile(r" (?:old|pregnant|gone|along)\b")
_LASTING = re.compile(
    r"\b(?:for|since|about|over|nearly|almost|only|just|been|started|began|lasting|least|now|already) $"
)
"""Stands before "a week" that is a length of time; "ten minutes a day" is none."""


def days(text: str) -> float | None:
    """Return the longest time in days that a text says something has lasted, None where it tells none or not which."""
    low = re.sub(r"\b(\d{1,2})/(7|52|12)\b", _of_clinicians, text.lower())
    low = in_figures(low)
    told = [
        _length(m)
        for m in _LENGTH.finditer(low)
        if not _NO_LENGTH.match(low, m.end())
        and (
            m["word"] not in {"a", "an"}
            or _LASTING.search(low[: m.start()])
            or low.startswith((" ago", " now", " already"), m.end())
        )
    ]
    if _AGO.search(low):
        told.append(_LAST_WEEK)
    if not told or max(told) < 30 and _LONG.search(low):
        return None
    return max(told)


def _of_clinicians(match: re.Match[str]) -> str:
    return f"{match[1]} {_CLINICAL[match[2]]}"


_CLINICAL = {"7": "days", "52": "weeks", "12": "months"}
"""How clinicians write them: "3/52" is three weeks."""


def _length(match: re.Match[str]) -> float:
    """Return the days of one length of time."""
    word = (match["word"] or "").removeprefix("a ").removesuffix(" of")
    many = float(match["more"] or match["number"]) if match["number"] else _MANY[word or "a"]
    return many * _DAYS[match["unit"].rstrip("s")]
