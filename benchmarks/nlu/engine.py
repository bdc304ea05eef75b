"""Rasa's graph with a clock on every component: train a pipeline, or let a trained one understand messages."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine.caching import LocalTrainingCache
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelStorage
from rasa.engine.training.graph_trainer import GraphTrainer
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message


class Clock(GraphNodeHook):
    """Adds up the seconds that each component takes, its learning and its reading of the phrases together.

    Other hooks do work of their own around a component. The clock may stand at both ends of their row: what it
    notes last before a component and first after it counts.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._begun: dict[str, float] = {}

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict:
        """Note when a component begins."""
        self._begun[node_name] = time.perf_counter()
        return {}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict,
    ) -> None:
        """Add what it took."""
        now, begun = time.perf_counter(), self._begun.pop(node_name, None)
        if begun is not None:
            self.seconds[execution_context.graph_schema.nodes[node_name].uses.__name__] += now - begun


def train(config: Path, data: Sequence[Path], target: Path, domain: Path | None = None) -> dict[str, Any]:
    """Train a pipeline into a model file, without any cache of Rasa's, and return what it took.

    Args:
        domain: where it is given, the policies are trained too and the model is a whole assistant.

    Returns:
        ``wall`` and ``cpu`` seconds from the files to the packed model, without imports;
        ``components``: wall seconds of each; ``model_bytes``.
    """
    importer = TrainingDataImporter.load_from_config(
        str(config), str(domain) if domain else None, [str(path) for path in data]
    )
    # Imports the components, so that this is over when the clock starts.
    planned = Recipe.recipe_for_name("default.v1").graph_config_for_recipe(
        importer.get_config(), {}, training_type=TrainingType.BOTH if domain else TrainingType.NLU
    )
    clock = Clock()
    with tempfile.TemporaryDirectory(dir=target.parent) as parts:
        trainer = GraphTrainer(LocalModelStorage(Path(parts)), LocalTrainingCache(), _timed(clock))
        wall, cpu = time.perf_counter(), time.process_time()
        trainer.train(planned, importer, target, force_retraining=True)
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "components": dict(clock.seconds),
        "model_bytes": target.stat().st_size,
    }


def _timed(clock: Clock) -> type[DaskGraphRunner]:
    class TimedRunner(DaskGraphRunner):
        """Rasa's runner with a clock at both ends of the hooks."""

        @classmethod
        def create(
            cls,
            graph_schema: GraphSchema,
            model_storage: ModelStorage,
            execution_context: ExecutionContext,
            hooks: list[GraphNodeHook] | None = None,
        ) -> DaskGraphRunner:
            """Return the runner."""
            return cls(graph_schema, model_storage, execution_context, [clock, *(hooks or []), clock])

    return TimedRunner


class Pipeline:
    """The understanding half of a trained model, in this process."""

    def __init__(self, model: Path, scratch: Path) -> None:
        """Load a model file, unpacked into a new scratch folder."""
        # Without the folder Rasa moves the first component into its place and loses it, without a word.
        scratch.mkdir()
        self.storage, self.metadata = LocalModelStorage.from_model_archive(scratch, model)
        schema, self._clock = self.metadata.predict_schema, Clock()
        context = ExecutionContext(graph_schema=schema, model_id=self.metadata.model_id)
        self._runner = DaskGraphRunner.create(schema, self.storage, context, [self._clock])

    def understand(self, text: str) -> tuple[Message, dict[str, float], float]:
        """Return the message as understood, the seconds of each component, and processor seconds of the whole."""
        self._clock.seconds.clear()
        target = self.metadata.nlu_target
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: None}
        begun = time.process_time()
        (message,) = self._runner.run(inputs=inputs, targets=[target])[target]
        return message, dict(self._clock.seconds), time.process_time() - begun

    def resource_of(self, component: str) -> Any:
        """Return where a component of the model keeps what it learnt."""
        nodes = self.metadata.predict_schema.nodes.values()
        return next(node.resource for node in nodes if node.uses.__name__ == component)
