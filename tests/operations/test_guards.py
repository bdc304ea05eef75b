"""Guards against faults that nobody sees until much later: a shadowed library, a channel that does not load."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from acupressure.catalog import read_yaml
from scripts.settings import ROOT, engine_env
from scripts.validate import held_out_messages, trained_messages

TOPICS = {"points", "complaints", "routine", "safety", "pain", "faq", "smalltalk", "privacy"}
LOCKS = sorted([*ROOT.glob("requirements*.lock"), *ROOT.glob("requirements*.in")])
THIS = Path(__file__).resolve()


def kept_files() -> list[Path]:
    """Return the files that are, or would be, kept in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Return a file's text, or nothing where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


# -- the folder named rasa -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [["-c"], ["-P", "-c"] if sys.version_info >= (3, 11) else ["-I", "-c"]], ids=" ".join
)
def test_the_library_is_not_hidden_by_our_folder(options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *options, "import rasa; print(rasa.__file__)"],
        cwd=ROOT, env=engine_env(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "site-packages" in Path(done.stdout.strip()).parts


def test_the_library_is_the_installed_one_in_tests_too() -> None:
    spec = importlib.util.find_spec("rasa")
    assert spec.origin, "rasa is a folder without a package"
    assert "site-packages" in Path(spec.origin).parts


def test_our_folder_is_no_package() -> None:
    assert not (ROOT / "rasa" / "__init__.py").exists()


def test_our_folder_holds_yaml_alone() -> None:
    """A test or a module in there would become a part of the library, or break it."""
    found = [p for p in (ROOT / "rasa").rglob("*") if p.is_file()]
    assert {p.suffix for p in found} == {".yml"}
    assert {"credentials.yml", "endpoints.yml"} <= {p.name for p in found}


# -- what Rasa loads by name -----------------------------------------------------------------------------------


def named_classes() -> list[str]:
    """Return the channel classes that credentials name."""
    return [
        n for path in sorted((ROOT / "rasa").glob("credentials*.yml")) for n in read_yaml(path) if "." in n
    ]


def class_of(name: str) -> type:
    """Return a class by its dotted name; a plain import shows errors that Rasa hides."""
    module, _, cls = name.rpartition(".")
    return getattr(importlib.import_module(module), cls)


def test_credentials_name_channels_of_ours() -> None:
    assert {n.split(".")[0] for n in named_classes()} == {"channels"}


@pytest.mark.parametrize("name", named_classes())
def test_every_channel_of_the_credentials_can_be_made(name: str) -> None:
    from rasa.core.channels.channel import InputChannel

    cls = class_of(name)
    assert issubclass(cls, InputChannel)
    options = next(
        read_yaml(p)[name] for p in sorted((ROOT / "rasa").glob("credentials*.yml")) if name in read_yaml(p)
    )
    channel = cls.from_credentials(options)
    assert channel.blueprint(None)
    assert channel.url_prefix() or channel.name()


def test_no_two_channels_share_an_address() -> None:
    addresses = [class_of(n).name() for n in set(named_classes())]
    assert len(set(addresses)) == len(addresses)


def test_every_variable_of_the_endpoints_is_set_by_the_commands() -> None:
    for path in sorted((ROOT / "rasa").glob("endpoints*.yml")):
        if path.name == "endpoints.yml":
            wanted = set(re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8")))
            assert wanted, "the endpoints name no variable"
            assert wanted <= set(engine_env()), path.name


def components() -> list[str]:
    """Return the components of the pipeline that are ours."""
    return [c["name"] for c in read_yaml(ROOT / "config.yml")["pipeline"] if "." in c["name"]]


@pytest.mark.parametrize("name", components())
def test_every_component_says_what_it_takes_and_gives(name: str) -> None:
    """Without annotations training stops, and no validator notices."""
    cls = class_of(name)
    for method in ("create", "load", "train", "process", "process_training_data"):
        function = cls.__dict__.get(method)
        if function is None:
            continue
        signature = inspect.signature(getattr(function, "__func__", function))
        assert signature.return_annotation is not inspect.Signature.empty, f"{name}.{method}"
        for parameter in list(signature.parameters.values())[1:]:
            assert parameter.annotation is not inspect.Parameter.empty, f"{name}.{method}({parameter.name})"


def test_a_screen_without_a_model_still_sees_signs_by_its_patterns() -> None:
    from rasa.shared.nlu.training_data.message import Message

    from acupressure.catalog import catalog
    from acupressure.understanding import KEY, Reading
    from nlu.catalog_reader import REPAIRED
    from nlu.safety_screen import SafetyScreen

    text = "there is no feeling between my legs"
    reading = Reading(text=text, intent="ask_location", signs=tuple(catalog().signs.find(text)))
    message = Message({KEY: reading.to_dict(), REPAIRED: text, "text": text})
    screen = SafetyScreen.create({**SafetyScreen.get_default_config(), "absurd": 0.0}, None, None, None)
    (screened,) = screen.process([message])
    assert screened.get("intent")["name"] == "report_warning_sign"
    assert Reading.from_dict(screened.get(KEY)).signs


@pytest.mark.parametrize(
    ("share", "sure", "alarms"),
    [(0.0, 0.8, False), (0.3, 0.8, True), (0.0, 0.9, True), (None, 0.8, True)],
)
def test_a_lone_alarm_needs_signs_among_its_neighbours_unless_it_is_very_sure(
    share: float | None, sure: float, alarms: bool
) -> None:
    from acupressure.understanding import Reading
    from nlu.safety_screen import SafetyScreen

    class Spots:
        def judge(self, text: str, found: list) -> tuple[str, float]:
            return "calf_clot", sure

    class Near:
        def share(self, text: str, ids: object, nearest: int) -> float | None:
            return share

    text = "that one on the left, all puffy it is since we came home"
    screen = SafetyScreen(SafetyScreen.get_default_config(), None, None, Spots(), None, Near())
    signs, _ = screen._signs(Reading(text=text, ranking=("ask_complaint",), chances=(0.95,)), text)
    assert bool(signs) is alarms


def test_neighbours_tell_what_the_examples_nearest_in_meaning_state(tmp_path: Path) -> None:
    from nlu.neighbours import Neighbours
    from nlu.sentence_encoder import encoder

    swollen = [f"{side} calf is {what} after the flight" for side in ("my left", "one", "her right")
               for what in ("swollen and hot", "red and thick", "puffy and sore")]  # fmt: skip
    music = [f"play some {kind} in the {room}" for kind in ("jazz", "rock", "folk")
             for room in ("kitchen", "garden", "car")]  # fmt: skip
    Neighbours.fit({**dict.fromkeys(swollen, "calf_clot"), **dict.fromkeys(music, "harmless")}).store(
        tmp_path
    )
    kept = Neighbours.restore(tmp_path)
    if encoder() is None:
        assert kept.share("the calf has swollen up", {"calf_clot"}, 5) is None
        return
    assert kept.share("the calf has swollen up", {"calf_clot"}, 5) == 1.0
    assert kept.share("put on a song upstairs", {"calf_clot"}, 5) == 0.0
    assert kept.share("the calf has swollen up", {"chest"}, 5) == 0.0


@pytest.mark.parametrize(
    ("errand", "sure", "alarms"),
    [("ask_complaint", 0.65, True), ("start_routine", 0.65, False), ("start_routine", 0.85, True)],
)
def test_a_lone_alarm_has_to_be_surer_where_the_words_speak_for_another_errand(
    errand: str, sure: float, alarms: bool
) -> None:
    from acupressure.understanding import Reading
    from nlu.safety_screen import SafetyScreen

    class Spots:
        def judge(self, text: str, found: list) -> tuple[str, float]:
            return "self_harm", sure

    text = "let us do together the one that is for people on their mats"
    screen = SafetyScreen(SafetyScreen.get_default_config(), None, None, Spots())
    signs, _ = screen._signs(Reading(text=text, ranking=(errand,), chances=(0.95,)), text)
    assert bool(signs) is alarms


def test_nothing_of_the_pipeline_is_filled_in_by_rasa() -> None:
    config = read_yaml(ROOT / "config.yml")
    assert config["pipeline"]
    assert config["policies"]
    assert re.fullmatch(r"[a-z][a-z-]+", config["assistant_id"])
    assert "placeholder" not in config["assistant_id"]


# -- actions ---------------------------------------------------------------------------------------------------


def test_every_action_that_is_registered_is_in_the_domain_and_the_reverse() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    declared = read_yaml(ROOT / "domain.yml")["actions"]
    assert sorted(executor.actions) == sorted(declared)
    assert len(set(declared)) == len(declared)


def test_an_action_that_fails_says_so_instead_of_nothing() -> None:
    """Rasa itself would send an empty answer."""
    import asyncio

    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from actions.points import AnswerActionPoints

    dispatcher = CollectingDispatcher()
    tracker = Tracker(
        "x", {}, {"text": "hi", "reading": {"points": [{"no": "such field"}]}}, [], False, None, {}, ""
    )
    events = asyncio.run(AnswerActionPoints().run(dispatcher, tracker, {}))
    assert events == []
    assert [m["response"] for m in dispatcher.messages] == ["utter_channel_problem"]


def test_the_action_server_loads_topics_only() -> None:
    """It imports every module of the folder: a channel or a script in there costs memory in every process."""
    names = {p.stem for p in (ROOT / "actions").rglob("*.py")}
    assert names == TOPICS | {"__init__", "base"}


@pytest.mark.parametrize("folder", ["actions", "acupressure/answers", "data/rules", "data/nlu"])
def test_a_topic_has_one_name_in_every_tree(folder: str) -> None:
    assert {p.stem for p in (ROOT / folder).iterdir() if p.is_file()} >= TOPICS


# -- hosts and machines ------------------------------------------------------------------------------------------

HOST = re.compile(r"https?:|git\+|\bssh:|index-url(?!`)|find-links|trusted-host|\bfile:|@ ")
DOWNLOADS = re.compile(
    r"pypi\.org|pythonhosted|huggingface|hf\.co|githubusercontent|github\.com/\S+/(?:releases|archive|raw)|googleapis|"
    r"amazonaws|cloudfront|jsdelivr|unpkg|cdnjs|cdn\.|npmjs\.org|download\.pytorch|artifactory|nexus|\bmirror\.\w|"
    r"\.internal\b|\.corp\b",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?<![\w.$}])/(?:home|Users|root|work|mnt|media|srv|opt|private|workspace)/[\w.-]+|(?<![A-Za-z])[A-Z]:\\\\?\w|\\\\Users\\\\"
)


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.name)
def test_a_lock_names_no_host(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        assert not HOST.search(line), f"{path.name}:{number}: {line}"


def offences(pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield every line of a kept file that a pattern finds."""
    for path in kept_files():
        if path.resolve() != THIS and path.suffix != ".lock":
            for number, line in enumerate(text_of(path).splitlines(), start=1):
                if found := pattern.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}: {found.group()}"


def test_no_file_names_a_download_host() -> None:
    """Everything comes through the installers that the person has set up."""
    assert list(offences(DOWNLOADS)) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert list(offences(MACHINE)) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://files.python" + "hosted.org/x",
        "https://huggingface.co/m",
        "https://cdn.example.com/a.js",
        "http://mirror.example/x",
    ],
)
def test_a_download_host_would_be_seen(text: str) -> None:
    assert DOWNLOADS.search(text)


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("cd /home/jane/guide", True),
        ("'/Users/jane/x'", True),
        ("/ro" + "ot/.cache", True),
        ("C:\\Users", True),
        ("/chat/maps/x.svg", False),
        ("../wo" + "rk/other", False),
        ("${HOME}/home/x", False),
    ],
)
def test_a_path_of_a_machine_would_be_seen(text: str, is_seen: bool) -> None:
    assert bool(MACHINE.search(text)) is is_seen


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for path in sorted((ROOT / "web").rglob("*")):
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            links = re.findall(
                r"(?:src|href|url|import|fetch)\s*[=(]?\s*[\"'(]?\s*(https?:)?//", text_of(path)
            )
            assert not links, path.name


def test_nothing_made_or_installed_is_kept() -> None:
    made = [
        p
        for p in kept_files()
        if p.suffix in {".pyc", ".db", ".gz", ".bin", ".npz", ".log"} or "node_modules" in p.parts
    ]
    assert made == []


# -- data --------------------------------------------------------------------------------------------------------


def plainly(said: str) -> str:
    """Return the words of a message without case and signs."""
    return re.sub(r"\W+", " ", said.lower()).strip()


def test_training_and_held_out_data_share_no_message() -> None:
    trained = {plainly(message) for message in trained_messages()}
    tested = list(held_out_messages())
    assert len(trained) > 1000
    assert len(tested) > 500
    # nobody can say "thank you" or "I'm pregnant" in a way that nobody else ever did
    shared = sorted(
        {f"{file}: {m!r} is trained on" for file, m in tested if len(m.split()) > 3 and plainly(m) in trained}
    )
    assert shared == []


def test_no_file_of_data_has_a_key_that_stands_twice() -> None:
    for folder in ("data", "tests/held_out", "tests/conversations", "rasa"):
        for path in sorted((ROOT / folder).rglob("*.yml")):
            assert isinstance(read_yaml(path), dict), path


def test_every_yaml_file_is_plain_data() -> None:
    for path in sorted((ROOT / "data").rglob("*.yml")):
        assert "!!python" not in path.read_text(encoding="utf-8"), path
        yaml.safe_load(path.read_text(encoding="utf-8"))
