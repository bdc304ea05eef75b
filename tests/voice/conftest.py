"""The tests of this folder need the packages of the voice gateway; its fixtures stand in tests/conftest.py."""

import pytest

from tests.conftest import Speaker

pytest.importorskip("wyoming", reason="the packages of requirements-voice.lock are not installed")
pytest.importorskip("pocketsphinx", reason="the packages of requirements-voice.lock are not installed")

__all__ = ["Speaker"]
