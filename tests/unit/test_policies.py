"""The shortened rules predict what Rasa's own policy predicts, after every message and every action."""

import json

import pytest
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from policies.one_step import OneStepRulePolicy


@pytest.fixture(scope="module")
def policy(assistant):
    nodes = assistant.agent.processor.graph_runner._instantiated_nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, OneStepRulePolicy))


@pytest.fixture
def talk(assistant):
    """Return a function that makes a conversation out of events, with some that went before."""

    def made(*events):
        before = [
            ActionExecuted(ACTION_LISTEN_NAME),
            UserUttered("hello", {"name": "greet", "confidence": 1.0}),
            ActionExecuted("action_answer_smalltalk"),
            SlotSet("memory", {"risks": ["pregnancy"]}),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        return DialogueStateTracker.from_events("somebody", [*before, *events], assistant.agent.domain.slots)

    return made


def said(intent):
    return UserUttered(
        "x", {"name": intent, "confidence": 0.8}, entities=[{"entity": "point", "value": "LI4"}]
    )


def both(policy, tracker, domain):
    """Return what ours and what Rasa's own predicts: probabilities, source of hiding, events."""
    own = policy.predict_action_probabilities(tracker, domain)
    rasas = RulePolicy.predict_action_probabilities(policy, tracker, domain)
    return [
        (p.probabilities, p.hide_rule_turn, p.is_end_to_end_prediction, p.events, p.policy_name)
        for p in (own, rasas)
    ]


@pytest.mark.model
def test_predicts_as_rasa_does_for_every_intent(assistant, policy, talk):
    domain = assistant.agent.domain
    for intent in [*domain.intents, "nlu_fallback", "never_heard_of", *DEFAULT_ACTION_MAPPINGS]:
        own, rasas = both(policy, talk(said(intent)), domain)
        assert own == rasas, intent


@pytest.mark.model
def test_predicts_as_rasa_does_after_every_action(assistant, policy, talk):
    domain = assistant.agent.domain
    answers = [name for name in domain.action_names_or_texts if name.startswith("action_")]
    for intent in ("ask_location", "routine_next", "nlu_fallback", "restart"):
        for action in answers:
            own, rasas = both(policy, talk(said(intent), ActionExecuted(action)), domain)
            assert own == rasas, (intent, action)


@pytest.mark.model
def test_leaves_loops_to_rasa(policy, talk):
    assert policy._follows(talk(said("ask_location"))) is not None
    assert policy._follows(talk(ActiveLoop("some_form"), said("ask_location"))) is None


@pytest.mark.model
def test_knows_every_rule(policy):
    """So that the comparisons above do not compare Rasa's own with itself."""
    assert len(policy._steps) == len(policy.lookup["rules"]) > 100


@pytest.mark.parametrize(
    "more", [{"slots": {"x": [1.0]}}, {"user": {"intent": "greet", "entities": ["point"]}}]
)
def test_leaves_all_to_rasa_where_a_rule_says_more(more):
    listens = {"prev_action": {"action_name": ACTION_LISTEN_NAME}, "user": {"intent": "greet"}}
    known = []
    for listed in ([listens], [listens, {**listens, **more}]):
        made = object.__new__(OneStepRulePolicy)
        made.lookup = {"rules": {json.dumps([state]): "action_answer_smalltalk" for state in listed}}
        known.append(len(made._steps))
    assert known == [1, 0]
