"""Calls by telephone: the signature, what is said, keys, silence and hanging up."""

from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from channels import proof
from channels.phone import PhoneInput, caller, hints
from tests.channels.test_served import serving

SECRET, URL = "a secret", "https://guide.example/webhooks/phone/webhook"
HOOK = "/webhooks/phone/webhook"


@pytest.fixture
async def client():
    async with serving(PhoneInput(SECRET, URL)) as served:
        yield served


async def call(client, query="", signature=None, **form):
    form = {"CallSid": "CA1", "From": "+15550100123", "CallStatus": "in-progress", **form}
    signed = proof.phone_signature(SECRET, URL + query, form) if signature is None else signature
    headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
    return await client.post(HOOK + query, data=urlencode(form), headers=headers)


async def xml(client, query="", **form):
    response = await call(client, query, **form)
    assert response.status == 200
    return ElementTree.fromstring(await response.text())


def test_the_signature_is_that_of_the_documentation():
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    made = proof.phone_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
    assert made == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


async def test_a_call_without_the_signature_is_refused(client):
    for signature in ("", "wrong", proof.phone_signature("another", URL, {})):
        assert (await call(client, signature=signature, SpeechResult="hello")).status == 403
    assert client.assistant.heard == []


async def test_a_call_is_greeted(client):
    answer = await xml(client, CallStatus="ringing")
    gather = answer.find("Gather")
    assert gather.get("language") == "en-US"
    assert "bladder" in gather.get("hints") or "b l" in gather.get("hints")
    assert client.assistant.heard[0].text == "hello"


async def test_speech_is_answered_and_confidence_is_kept(client):
    answer = await xml(client, SpeechResult="where is it", Confidence="0.91")
    assert answer.find("Gather/Say").text == "where is it"
    assert client.assistant.heard[0].metadata == {"heard": {"confidence": 0.91, "engine": "phone"}}


@pytest.mark.parametrize(("key", "text"), [("1", "next"), ("2", "say that again"), ("0", "stop the routine")])
async def test_keys_stand_for_words(client, key, text):
    await xml(client, Digits=key)
    assert client.assistant.heard[0].text == text


async def test_silence_is_asked_about_and_ends_the_call_at_last(client):
    first = await xml(client)
    action = first.find("Gather").get("action")
    assert action.endswith("silences=1")
    second = await xml(client, "?silences=1")
    assert second.find("Gather").get("action").endswith("silences=2")
    third = await xml(client, "?silences=2")
    assert third.find("Hangup") is not None
    assert client.assistant.heard == []


@pytest.mark.parametrize("text", ["silence", "raise", "forget me", "a < b & c"])
async def test_an_answer_without_words_does_not_drop_the_call(client, text):
    answer = await xml(client, SpeechResult=text)
    assert answer.find("Gather/Say").text


def test_a_withheld_number_has_no_lasting_conversation():
    assert caller({"From": "anonymous", "CallSid": "A"}) != caller({"From": "anonymous", "CallSid": "B"})
    assert caller({"From": "+15550100123", "CallSid": "A"}) == caller(
        {"From": "+15550100123", "CallSid": "B"}
    )
    assert "555" not in caller({"From": "+15550100123"})


def test_hints_hold_names_of_the_catalogue():
    assert len(hints()) <= 4_000
    assert {"next", "inner gate"} <= set(hints().split(","))


def test_a_line_without_a_secret_is_no_line():
    with pytest.raises(ValueError, match="auth_token"):
        PhoneInput.from_credentials({"url": URL})
