"""What is kept of a conversation between two messages: small, explicit, ready for Rasa slots."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from acupressure.persons import SELF

_SLOTS = {
    "focus": "points__focus",
    "earlier": "points__earlier",
    "offered": "points__offered",
    "aspects": "points__aspects",
    "complaint": "complaints__current",
    "asked": "conversation__asked",
    "topic": "faq__topic",
    "risks": "safety__risks",
    "person": "safety__person",
    "signs": "safety__signs",
    "places": "safety__places",
    "screened": "safety__screened",
    "request": "routine__request",
    "progress": "routine__progress",
    "pain": "pain__log",
}
MAX_EARLIER = 10


@dataclass(frozen=True)
class Memory:
    """The state of one conversation."""

    focus: tuple[str, ...] = ()
    """Codes of the point or points talked about."""
    earlier: tuple[tuple[str, ...], ...] = ()
    """Focuses before this one, latest last."""
    offered: tuple[str, ...] = ()
    """Codes of the list shown last, in its order."""
    aspects: tuple[str, ...] = ()
    """What was asked last about a point."""
    complaint: str = ""
    asked: str = ""
    """What the assistant asked last and waits for; empty if nothing."""
    topic: str = ""
    """The general question answered last."""
    risks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Known risks by person."""
    person: str = SELF
    """Whose body is talked about."""
    signs: tuple[str, ...] = ()
    """Warning signs that stand: while one is there, points stay closed as its level says."""
    places: tuple[str, ...] = ()
    """Places with broken or irritated skin: areas named by the user."""
    screened: str = ""
    """How the questions before the first routine went: ``clear``, ``answered``, ``refused``, or not asked yet."""
    request: Mapping[str, Any] = field(default_factory=dict)
    """A routine that was asked for and waits for an answer: ``routine.Request`` as data."""
    progress: Mapping[str, Any] = field(default_factory=dict)
    """The routine that is offered, runs or ended last: ``routine.Progress`` as data."""
    pain: tuple[Mapping[str, Any], ...] = ()
    """Pain scores: ``pain.PainLog`` as data."""

    def with_focus(self, codes: tuple[str, ...], aspects: tuple[str, ...] = ()) -> Memory:
        """Return the memory with new codes in focus and the old ones kept as earlier."""
        earlier = self.earlier
        if self.focus and self.focus != codes:
            earlier = (*self.earlier, self.focus)[-MAX_EARLIER:]
        return replace(self, focus=codes, earlier=earlier, aspects=aspects or self.aspects, asked="")

    def own_risks(self) -> tuple[str, ...]:
        """Return the known risks of the person talked about."""
        return tuple(self.risks.get(self.person, ()))

    def with_risk(self, person: str, risk: str, holds: bool) -> Memory:
        """Return the memory with a risk of a person added or taken away."""
        known = [r for r in self.risks.get(person, ()) if r != risk]
        listed = {**self.risks, person: tuple([*known, risk] if holds else known)}
        return replace(self, risks={p: r for p, r in listed.items() if r})

    def to_slots(self) -> dict[str, Any]:
        """Return the values of the Rasa slots; empty ones are None so that slots read as unset."""
        values = {}
        for name, slot in _SLOTS.items():
            value = getattr(self, name)
            if isinstance(value, tuple):
                value = [list(v) if isinstance(v, tuple) else v for v in value]
            elif name == "risks":
                value = {k: list(v) for k, v in value.items()}
            values[slot] = value or None
        return values

    def known_to(
        self,
        points: Container[str],
        complaints: Container[str],
        cautions: Container[str],
        signs: Container[str],
        faq: Container[str],
    ) -> Memory:
        """Return the memory without ids that the catalogue no longer has."""
        fits = {p: tuple(r for r in risks if r in cautions) for p, risks in self.risks.items()}
        return replace(
            self,
            focus=tuple(c for c in self.focus if c in points),
            earlier=tuple(e for e in self.earlier if all(c in points for c in e)),
            offered=tuple(c for c in self.offered if c in points),
            complaint=self.complaint if self.complaint in complaints else "",
            risks={p: r for p, r in fits.items() if r},
            signs=tuple(s for s in self.signs if s in signs),
            topic=self.topic if self.topic in faq else "",
        )

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Memory:
        """Return the memory from slot values; anything unreadable counts as unset."""
        values = {f.name: _read(f.name, slots.get(_SLOTS[f.name])) for f in fields(cls)}
        return cls(**{name: value for name, value in values.items() if value})


def _read(name: str, value: Any) -> Any:
    """Return a slot's value in the form of its field, None where it cannot be that."""
    if name == "risks":
        listed = value.items() if isinstance(value, Mapping) else ()
        return {str(person): _strings(risks) for person, risks in listed if _strings(risks)}
    if name == "earlier":
        return (
            tuple(_strings(group) for group in value if _strings(group))
            if isinstance(value, (list, tuple))
            else None
        )
    if name in {"request", "progress"}:
        return dict(value) if isinstance(value, Mapping) else None
    if name == "pain":
        return tuple(v for v in value if isinstance(v, Mapping)) if isinstance(value, (list, tuple)) else None
    if isinstance(Memory.__dataclass_fields__[name].default, tuple):
        return _strings(value)
    return value if isinstance(value, str) else None


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, (list, tuple)) else ()
