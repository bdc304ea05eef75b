"""The rules of ``data/rules`` without a walk through the conversation.

Upstream fault: for every prediction `RulePolicy` works out the states of the whole conversation twice (for rules that
end in a text, then for those that end in an intent), although each of our rules is one intent and one action. That
took 14 % of the processor time of a message, and more with every event of the history.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OneStepRulePolicy(RulePolicy):
    """Predicts what `RulePolicy` predicts, by one look at the last intent and the last action.

    Whatever is not as simple as that is left to `RulePolicy`: loops, Rasa's own commands, intents without a rule,
    and everything as soon as one rule has a second step, a slot or an entity.
    """

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return the prediction; as `RulePolicy` does, only sooner."""
        found = self._follows(tracker)
        if found is None:
            return super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        rule, action = found
        return self._rule_prediction(self._prediction_result(action, tracker, domain), rule)

    def _follows(self, tracker: DialogueStateTracker) -> tuple[str, str] | None:
        """Return the rule that holds now and its action, None where `RulePolicy` has to find out."""
        message = tracker.latest_message
        if message is None or tracker.active_loop or message.use_text_for_featurization:
            return None
        intent = message.intent.get("name")
        if intent in DEFAULT_ACTION_MAPPINGS:
            return None
        return self._steps.get((intent, tracker.latest_action_name))

    @cached_property
    def _steps(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return (intent, last action) -> (rule, next action); nothing where the rules say more than that."""
        steps = {}
        for rule, action in self.lookup.get("rules", {}).items():
            states = json.loads(rule)
            intent, last = states[0].get("user", {}).get("intent"), ACTION_LISTEN_NAME
            expected = [{"prev_action": {"action_name": last}, "user": {"intent": intent}}]
            if len(states) > 1:
                last = states[-1].get("prev_action", {}).get("action_name")
                expected.append({"prev_action": {"action_name": last}, "user": {"intent": intent}})
            if states != expected:
                return {}
            steps[intent, last] = (rule, action)
        return steps
