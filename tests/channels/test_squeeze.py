"""What is left out of the page's files when they are sent, and how much is sent then."""

import gzip
import re
from pathlib import Path

import pytest

from channels.squeeze import squeezed

WEB = Path(__file__).resolve().parents[2] / "web"
CODE = sorted(p for p in WEB.rglob("*") if p.suffix in {".html", ".css", ".js", ".webmanifest"})
KB = 1000
LATER = {"voice.js", "served.js", "microphone.js", "sheet.js"}
"""Loaded after the page, or when they are used."""


def test_comments_and_indents_are_left_out():
    script = b'// one\n/** two */\n/*\n * three\n */\nif (x) {\n  say("a // b");\n}\n'
    assert squeezed(script, ".js") == b'if(x){say("a // b");}'


def test_a_statement_that_goes_on_stays_whole():
    script = b"const a = b\n  .c()\n  ?.d;\nconst e = [\n  1,\n];\nlet f = 1\nlet g\n"
    assert squeezed(script, ".js") == b"const a=b.c()?.d;const e=[1,];let f=1\nlet g"


def test_texts_keep_their_spaces_and_signs_stay_apart():
    script = b'a = x ? ": " : ` ${b} = `;\nc += 1 - -d;\nreturn [a, + +e];\n'
    assert squeezed(script, ".js") == b'a=x?": ":` ${b} = `;c +=1 - -d;return[a,+ +e];'


def test_a_style_keeps_its_meaning():
    style = b"/* look */\n@media (min-width: 4rem) {\n  a:hover, b > c { margin: 0 -0.5rem; width: calc(1px + 0.5em); }\n}\n"
    lean = b"@media (min-width:4rem){a:hover,b > c{margin:0 -.5rem;width:calc(1px + .5em)}}"
    assert squeezed(style, ".css") == lean


def test_other_files_lose_their_indents_at_most():
    assert squeezed(b"<p>\n  // x\n</p>\n", ".html") == b"<p>\n// x\n</p>"
    assert squeezed(b'{\n  "a": 1\n}', ".json") == b'{\n  "a": 1\n}'


@pytest.mark.parametrize("path", [p for p in CODE if p.suffix == ".js"], ids=lambda p: p.name)
def test_no_text_of_a_script_is_taken_for_anything_else(path):
    """What looks like a comment, an indent or a space between signs must be one."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        plain = re.sub(r"\$\{[^}]*\}", "", line)
        assert plain.count("`") % 2 == 0, f"{path.name}:{number}"
        assert not re.search(r"[(=,]\s*/[^/*]*[ \"'`]", plain.split("//")[0]), (
            f"{path.name}:{number}: a pattern"
        )
        assert not re.search(r"[\w;,{})(\]]\s+//", plain), f"{path.name}:{number}: a comment behind code"


def weight(paths):
    sent = [squeezed(p.read_bytes(), p.suffix) for p in paths]
    return sum(map(len, sent)), len(gzip.compress(b"".join(sent)))


def test_the_page_is_light():
    raw, packed = weight(p for p in CODE if p.name not in LATER)
    assert raw <= 60 * KB
    assert packed <= 20 * KB


def test_what_comes_later_is_light_too_and_does_come_later():
    """Speech and paper are loaded when they are wanted: no file of the first load asks for theirs by itself."""
    later = [p for p in CODE if p.name in LATER]
    assert len(later) == len(LATER)
    raw, packed = weight(later)
    assert raw <= 12 * KB
    assert packed <= 5 * KB
    for path in CODE:
        if path.name not in LATER:
            wanted = re.findall(
                r"""(?:from |href=|src=|^import )"(?:\./)?(?:js/)?(\w+\.js)""", path.read_text(), re.M
            )
            assert not LATER.intersection(wanted), path.name
