"""Start Rasa without what this assistant does not use: `python -m scripts.engine run ...` in place of `python -m rasa`.

Upstream fault: Rasa imports TensorFlow, and TensorFlow tries jax, whatever the pipeline holds: some 300 MB and most
of the start, for nothing. There is no setting for it. So, before Rasa is imported:

* TensorFlow and what belongs to it are answered by hollow modules, from which Rasa may derive its classes. Whoever
  tries to use one gets `NotLoaded`. ``ACU_LIGHT=off`` leaves TensorFlow in its place, and so does a pipeline with
  components or policies that need it.
* The library below numpy multiplies in one thread. With as many as there are cores they spent half of the processor
  time of a message waiting for each other, because what is multiplied here is small.
* What was made while starting is kept out of the garbage collector's rounds, which would look at it again and again.

Training does not come this way. tests/operations/test_engine.py compares the answers with and without.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import yaml

from scripts.settings import ROOT

HOLLOW = {"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "jax"}
"""Packages that are not loaded in the light mode."""
NEEDS_NO_TENSORFLOW = {"RulePolicy", "MemoizationPolicy", "AugmentedMemoizationPolicy"}
"""Parts of Rasa that may stand in config.yml beside ours."""


class NotLoaded(RuntimeError):
    """Something tried to use TensorFlow, which the light mode leaves out."""


class _Kind(type):
    """The kind of all hollow classes: every attribute is another one."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Kind(name, (Hollow,), {"__module__": cls.__module__})
        setattr(cls, name, made)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if Hollow not in cls.__bases__ and cls is not Hollow:
            # A class of Rasa's own that derives from a hollow one: a real use.
            raise NotLoaded(f"{cls.__name__} needs TensorFlow: set ACU_LIGHT=off.")
        # As a decorator, with or without arguments, it leaves what it decorates as it is.
        return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else _decorate

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __or__(cls, _: Any) -> Any:
        return cls

    __ror__ = __or__

    def __iter__(cls) -> Any:
        return iter(())


class Hollow(metaclass=_Kind):
    """Stands for everything that TensorFlow would be asked for while Rasa is imported."""


def _decorate(*args: Any, **_: Any) -> Any:
    return args[0] if args else None


class _Module(ModuleType):
    """A module in which everything is to be found, and hollow."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Kind(name, (Hollow,), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class HollowFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the hollow packages before the real ones are found."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return a spec for what is left out, and nothing for everything else."""
        first = name.partition(".")[0]
        if first not in HOLLOW:
            return None
        if first == "jax":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: Any) -> ModuleType:
        """Return the hollow module."""
        module = _Module(spec.name)
        module.__version__ = "0.0.0"  # type: ignore[attr-defined]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is to be done."""


def components(config: dict[str, Any]) -> list[str]:
    """Return the names of the parts that a configuration lists."""
    return [part["name"] for key in ("pipeline", "policies") for part in config.get(key) or []]


def is_light() -> bool:
    """Tell whether TensorFlow may be left out."""
    if os.environ.get("ACU_LIGHT", "").strip().lower() == "off":
        return False
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    return all(
        name in NEEDS_NO_TENSORFLOW or name.startswith(("nlu.", "policies.")) for name in components(config)
    )


def lighten() -> None:
    """Leave out what is not used; has to come before Rasa is imported."""
    if not any(isinstance(finder, HollowFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, HollowFinder())


def use_one_thread() -> None:
    """Let numpy multiply in one thread, unless the environment says otherwise; has to come before its import."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def main(arguments: Sequence[str]) -> None:
    """Run Rasa's command line."""
    gc.disable()
    use_one_thread()
    if is_light():
        lighten()
    import rasa.__main__

    # Imports inside functions are made before the collector wakes, too.
    import rasa.core.run

    gc.freeze()
    gc.enable()
    sys.argv = ["rasa", *arguments]
    rasa.__main__.main()


if __name__ == "__main__":
    main(sys.argv[1:])
