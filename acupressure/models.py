"""The facts of the catalogue as frozen, strictly checked records."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConstrainedStr, Field, root_validator

from acupressure.text import joined, plain


class Sentence(ConstrainedStr):
    """Text that is shown and spoken: not empty, one line."""

    min_length = 3
    strip_whitespace = True


class Record(BaseModel):
    """Base of all facts: immutable, unknown fields are errors."""

    _at_least: ClassVar[dict[str, int]] = {}
    """Fewest entries of list fields (pydantic 1 does not check it on tuples)."""

    class Config:
        extra = "forbid"
        frozen = True

    @root_validator(skip_on_failure=True)
    def _long_enough(cls, values: dict) -> dict:
        for name, fewest in cls._at_least.items():
            if len(values[name]) < fewest:
                raise ValueError(f"{name} needs at least {fewest} entries")
        return values


Posture = Literal["desk", "sitting", "lying", "standing", "bed"]
Region = Literal[
    "head", "neck", "shoulder", "chest", "belly", "back", "buttock", "arm", "hand", "leg", "foot"
]
Flag = Literal[
    "bone",
    "spine",
    "leg",
    "calf",
    "belly",
    "artery",
    "nerve",
    "neck",
    "chest_device",
    "hip_joint",
    "kidney",
    "faint",
]


class Seconds(Record):
    """How long a point is held."""

    default: int = Field(ge=10, le=300)
    """Seconds of one hold when nothing else is known."""
    min: int = Field(ge=5, le=300)
    max: int = Field(ge=10, le=300)
    per: Literal["side", "both", "point"]
    """Whether the time counts for each side, for both sides pressed together, or for the one point."""

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict) -> dict:
        if not values["min"] <= values["default"] <= values["max"]:
            raise ValueError("min <= default <= max does not hold")
        return values


class Point(Record):
    """One acupressure point with everything the assistant says about it."""

    _at_least = {"places": 5, "postures": 1, "sources": 1, "chinese": 1}

    code: str
    """WHO code, or the common code of an extra point."""
    name: Sentence
    pinyin: str
    chinese: tuple[str, ...]
    english: tuple[str, ...] = ()
    gach: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    old_codes: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    """Words that decide for this point where a name fits several (``sleeping`` for the foot point)."""
    area: Sentence
    region: Region
    sides: Literal["both", "midline"]
    where: Sentence
    find: Sentence
    places: tuple[Sentence, ...]
    posture: Sentence
    postures: tuple[Posture, ...]
    reach: Literal["self", "ball", "partner"]
    press: Sentence
    strength: Literal["light", "medium", "firm", "rub"]
    seconds: Seconds
    often: Sentence
    used_for: Sentence
    tested: Sentence
    trials: tuple[str, ...] = ()
    caution: Sentence
    caution_more: Sentence
    pregnancy: Literal["avoid", "ask", "fine"]
    flags: tuple[Flag, ...] = ()
    doubts: Sentence | None = None
    sources: tuple[str, ...]

    @property
    def pinyin_plain(self) -> str:
        """Pinyin without tone marks."""
        return plain(self.pinyin).title() if self.pinyin.istitle() else plain(self.pinyin).capitalize()

    @property
    def names(self) -> tuple[str, ...]:
        """Every written name in plain words, the one used first in front, without repetition."""
        every = (self.name, *self.gach, *self.article, *self.english, *self.nicknames)
        return tuple({joined(name): name for name in reversed(every)}.values())[::-1]


class WhoPoint(Record):
    """One of the 361 WHO points: known by name even where the guide has no instructions."""

    code: str
    pinyin: str
    chinese: str
    sides: Literal["both", "midline"]
    region: str


class ComplaintPoint(Record):
    """A point offered for a complaint, with the reason."""

    code: str
    why: Sentence


class Complaint(Record):
    """What people complain of, and which points tradition or trials use for it."""

    _at_least = {"says": 1, "sources": 1}

    id: str
    name: Sentence
    says: tuple[str, ...]
    body: tuple[str, ...] = ()
    points: tuple[ComplaintPoint, ...] = ()
    evidence: Sentence
    note: Sentence | None = None
    sources: tuple[str, ...]


class RoutineStep(Record):
    """One point of a routine, with both its sides."""

    point: str
    seconds: int = Field(ge=10, le=300)
    """Seconds of one hold: on each side where ``sides`` is ``each``."""
    sides: Literal["each", "together", "midline"]
    how: Sentence | None = None
    """Said instead of the point's own ``press``."""
    tip: Sentence | None = None


class Routine(Record):
    """Points in a fixed order that a user is led through."""

    _at_least = {"says": 1, "steps": 1, "sources": 1}

    id: str
    name: Sentence
    says: tuple[str, ...]
    """How people name it, lower case."""
    fits: tuple[str, ...] = Field((), alias="for")
    """Complaints it is meant for."""
    posture: Posture
    kind: Literal["composed", "published"]
    """``composed`` by this project from single facts, or ``published`` elsewhere as a whole."""
    gentle: bool = False
    """True: also for people who may be pressed gently only."""
    partner: bool = False
    """True: another person presses."""
    note: Sentence | None = None
    """Said when it begins."""
    close: Sentence | None = None
    """Said at its end."""
    steps: tuple[RoutineStep, ...]
    sources: tuple[str, ...]


class Study(Record):
    """One study or guideline of the evidence table."""

    id: str
    who: str
    year: int
    where: str
    design: str
    size: str | None = None
    points: tuple[str, ...] = ()
    protocol: str | None = None
    result: str
    limits: str
    topic: Literal["back", "knee", "other"]
    source: str
    checked: Literal["abstract", "secondary", "general"]


class Source(Record):
    """Where facts were taken from."""

    id: str
    title: str
    kind: Literal[
        "standard",
        "textbook",
        "trial",
        "review",
        "guideline",
        "clinic",
        "book",
        "web",
        "tradition",
        "general",
    ]
    note: str


class Faq(Record):
    """A general question with a short and a longer answer."""

    _at_least = {"sources": 1}

    id: str
    question: Sentence
    short: Sentence
    more: Sentence
    sources: tuple[str, ...]
    evidence: tuple[str, ...] = ()
