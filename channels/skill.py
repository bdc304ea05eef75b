"""What an Alexa skill understands. ``python -m channels.skill`` prints its interaction model, made of the catalogue."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from acupressure.catalog import Catalog, catalog, read_yaml
from acupressure.codes import spoken
from acupressure.text import plain
from acupressure.wording import for_ear

SKILL = Path(__file__).with_name("alexa.yml")
_PLAIN = re.compile(r"[^A-Za-z' ]+")


def at(data: Any, *path: str) -> Any:
    """Return what stands in nested data under some names, None where it does not."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def told(asked: Mapping[str, Any]) -> str:
    """Return what the guide is told for an intent with its slots; empty where there is nothing to tell."""
    name = at(asked, "intent", "name")
    if name in skill()["built_in"]:
        return skill()["built_in"][name]
    intent = skill()["intents"].get(name)
    if intent is None:
        return ""
    values = {slot: _value(at(asked, "intent", "slots", slot)) for slot in intent.get("slots", {})}
    missing = [slot for slot, value in values.items() if not value]
    if not missing:
        return intent["tells"].format(**values)
    without = intent.get("tells_without", {})
    if len(missing) == len(values):
        return without.get("all", "")
    return without[missing[0]].format(**values) if missing[0] in without else ""


def _value(slot: Any) -> str:
    """Return what was said for a slot; a name that Alexa resolved, in the words of the catalogue."""
    for authority in at(slot, "resolutions", "resolutionsPerAuthority") or []:
        if at(authority, "status", "code") == "ER_SUCCESS_MATCH":
            values = authority.get("values") or [{}]
            found = at(values[0], "value", "id") or at(values[0], "value", "name")
            if isinstance(found, str):
                return found.replace("_", " ")
    value = at(slot, "value")
    return value if isinstance(value, str) and value != "?" else ""


@lru_cache(maxsize=1)
def skill() -> dict[str, Any]:
    """Return what people say to the skill."""
    return read_yaml(SKILL)


def interaction_model(known: Catalog) -> dict[str, Any]:
    """Return the skill's interaction model, with the names of the catalogue as values."""
    intents = [{"name": name, "samples": []} for name in skill()["built_in"]]
    for name, intent in skill()["intents"].items():
        slots = [{"name": slot, "type": kind} for slot, kind in intent.get("slots", {}).items()]
        intents.append({"name": name, "slots": slots, "samples": intent["samples"]})
    types = [
        {"name": "POINT", "values": [*_points(known)]},
        {"name": "ACHE", "values": [_entry(c.id, c.name, c.says) for c in known.complaints.values()]},
        {"name": "ROUTINE", "values": [_entry(r.name, r.name, r.says) for r in known.routines.values()]},
    ]
    model = {"invocationName": skill()["invocation"], "intents": intents, "types": types}
    return {"interactionModel": {"languageModel": model}}


def _points(known: Catalog) -> Iterator[dict[str, Any]]:
    for code in dict.fromkeys([*known.points, *known.who]):
        point = known.points.get(code)
        if point is not None:
            yield _entry(code, point.name, [spoken(code), *point.names, point.pinyin_plain])
        else:
            yield _entry(code, spoken(code), [known.who[code].pinyin])


def _entry(id_: str, name: str, synonyms: Any) -> dict[str, Any]:
    """Return a value of a slot: plain letters only, which is all that Alexa takes."""
    plain = list(dict.fromkeys(p for s in synonyms if (p := _said_plainly(s))))
    own = _said_plainly(name)
    return {"id": id_, "name": {"value": own, "synonyms": [p for p in plain if p.lower() != own.lower()]}}


def _said_plainly(name: str) -> str:
    return " ".join(_PLAIN.sub(" ", plain(for_ear(name)) if not name.isascii() else for_ear(name)).split())


if __name__ == "__main__":
    json.dump(interaction_model(catalog()), sys.stdout, indent=2, ensure_ascii=False)
    print()
