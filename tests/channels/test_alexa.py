"""The Alexa skill: only what Alexa signed is answered, and what it asks is told to the guide."""

import base64
import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from acupressure.catalog import Catalog
from channels import proof
from channels.alexa import AlexaInput
from channels.skill import interaction_model, skill, told
from tests.channels.test_served import serving

SKILL = "amzn1.ask.skill.ours"
URL = f"https://{proof.CHAIN_HOST}/echo.api/echo-api-cert.pem"
HOOK = "/webhooks/alexa/webhook"
NOW = datetime.now(timezone.utc)


def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    name: str, own: rsa.RSAPrivateKey, by=None, sans=(), begun=-30, ends=30, is_root=False
) -> x509.Certificate:
    """Make a certificate, signed by another's key or its own."""
    issuer, signing = (by[0].subject, by[1]) if by else (None, own)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=begun)).not_valid_after(NOW + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )  # fmt: skip
    if sans:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(s) for s in sans]), critical=False
        )
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(signing, hashes.SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


ROOT_KEY, MIDDLE_KEY, LEAF_KEY, OTHER_KEY = key(), key(), key(), key()
ROOT = certificate("root", ROOT_KEY, is_root=True)
MIDDLE = certificate("middle", MIDDLE_KEY, (ROOT, ROOT_KEY), is_root=True)
LEAF = certificate("leaf", LEAF_KEY, (MIDDLE, MIDDLE_KEY), [proof.SIGNER])
STRANGER = certificate("stranger", OTHER_KEY, is_root=True)
CHAIN = pem(LEAF, MIDDLE)


def asked(kind="IntentRequest", intent=None, slots=None, user="somebody", app=SKILL, age=0, **more) -> dict:
    """Return a request of the documented shape."""
    moment = (datetime.now(timezone.utc) - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = {"type": kind, "requestId": "r", "timestamp": moment, "locale": "en-US", **more}
    if intent:
        given = {n: {"name": n, "value": v} for n, v in (slots or {}).items()}
        request["intent"] = {"name": intent, "confirmationStatus": "NONE", "slots": given}
    session = {"new": True, "sessionId": "s", "application": {"applicationId": app}, "user": {"userId": user}}
    system = {
        "application": {"applicationId": app},
        "user": {"userId": user},
        "apiEndpoint": "https://api.example",
    }
    return {"version": "1.0", "session": session, "context": {"System": system}, "request": request}


def signed(data: dict, by=LEAF_KEY, url=URL) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(data).encode()
    signature = base64.b64encode(by.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()
    return body, {
        "SignatureCertChainUrl": url,
        "Signature-256": signature,
        "Content-Type": "application/json",
    }


def channel(chain: bytes = CHAIN) -> AlexaInput:
    async def fetch(url: str) -> bytes:
        assert url == URL
        return chain

    return AlexaInput(SKILL, pem(ROOT), fetch)


async def answer(client, data: dict) -> dict:
    body, headers = signed(data)
    response = await client.post(HOOK, data=body, headers=headers)
    assert response.status == 200, await response.text()
    return await response.json()


@pytest.fixture
async def client():
    async with serving(channel()) as served:
        yield served


# -- forgeries -------------------------------------------------------------------------------------------------

BAD_URLS = [
    "", f"http://{proof.CHAIN_HOST}/echo.api/c.pem", "https://evil.example/echo.api/c.pem", f"https://{proof.CHAIN_HOST}.evil.example/echo.api/c.pem",
    f"https://evil.example@{proof.CHAIN_HOST}:444/echo.api/c.pem", f"https://{proof.CHAIN_HOST}@evil.example/echo.api/c.pem",
    f"https://{proof.CHAIN_HOST}/EcHo.aPi/c.pem", f"https://{proof.CHAIN_HOST}/echo.api/../bad/c.pem",
    f"https://{proof.CHAIN_HOST}/echo.api/%2e%2e/bad/c.pem", f"https://{proof.CHAIN_HOST}:563/echo.api/c.pem",
    f"https://{proof.CHAIN_HOST}/other/c.pem", f"https://{proof.CHAIN_HOST}:x/echo.api/c.pem",
]  # fmt: skip
GOOD_URLS = [URL, URL.replace(".com/", ".com:443/"), URL.replace("/echo.api/", "/echo.api/../echo.api/")]


@pytest.mark.parametrize("url", BAD_URLS)
def test_certificates_from_elsewhere_are_not_even_fetched(url):
    with pytest.raises(proof.Forged):
        proof.check_chain_url(url)


@pytest.mark.parametrize("url", GOOD_URLS)
def test_the_documented_addresses_of_certificates_are_taken(url):
    assert proof.check_chain_url(url) == URL


BAD_CHAINS = {
    "of an unknown authority": pem(
        certificate("leaf", LEAF_KEY, (STRANGER, OTHER_KEY), [proof.SIGNER]), STRANGER
    ),
    "without the one between": pem(LEAF),
    "expired": pem(
        certificate("leaf", LEAF_KEY, (MIDDLE, MIDDLE_KEY), [proof.SIGNER], begun=-30, ends=-1), MIDDLE
    ),
    "not valid yet": pem(
        certificate("leaf", LEAF_KEY, (MIDDLE, MIDDLE_KEY), [proof.SIGNER], begun=2), MIDDLE
    ),
    "for another name": pem(
        certificate("leaf", LEAF_KEY, (MIDDLE, MIDDLE_KEY), ["echo-api.example.com"]), MIDDLE
    ),
    "signed by itself": pem(certificate("leaf", LEAF_KEY, None, [proof.SIGNER])),
    "no certificate": b"hello",
    "empty": b"",
}


@pytest.mark.parametrize("name", BAD_CHAINS)
async def test_a_chain_that_proves_nothing_is_refused(name):
    body, headers = signed(asked(intent="AMAZON.HelpIntent"))
    with pytest.raises(proof.Forged):
        await channel(BAD_CHAINS[name]).proven({k.lower(): v for k, v in headers.items()}, body)


@pytest.mark.parametrize(
    "change",
    [
        lambda b, h: (b + b" ", h),
        lambda b, h: (b.replace(b"somebody", b"anybody_"), h),
        lambda b, h: (b, {**h, "Signature-256": ""}),
        lambda b, h: (b, {**h, "Signature-256": "not base64!"}),
        lambda b, h: (b, {k: v for k, v in h.items() if k != "Signature-256"}),
        lambda b, h: (b, {k: v for k, v in h.items() if k != "SignatureCertChainUrl"}),
        lambda b, h: signed(asked(intent="AMAZON.HelpIntent"), by=OTHER_KEY),
        lambda b, h: signed(asked(intent="AMAZON.HelpIntent", age=151)),
        lambda b, h: signed(asked(intent="AMAZON.HelpIntent", age=-160)),
        lambda b, h: signed(asked(intent="AMAZON.HelpIntent", app="amzn1.ask.skill.other")),
        lambda b, h: signed({"request": {"timestamp": "now"}}),
        lambda b, h: signed([]),
        lambda b, h: signed({"request": 5}),
    ],
)
async def test_a_forged_request_is_refused_and_reaches_nobody(client, change):
    body, headers = change(*signed(asked(intent="AMAZON.HelpIntent")))
    response = await client.post(HOOK, data=body, headers=headers)
    assert response.status == 400
    assert client.assistant.heard == []


def test_a_skill_without_an_id_is_no_skill():
    with pytest.raises(ValueError, match="skill_id"):
        AlexaInput.from_credentials({})


# -- answers ---------------------------------------------------------------------------------------------------


async def test_a_launch_is_greeted_and_listens(client):
    reply = (await answer(client, asked("LaunchRequest")))["response"]
    assert reply["shouldEndSession"] is False
    assert reply["reprompt"]["outputSpeech"]["type"] == "SSML"
    assert client.assistant.heard[0].text == "hello"


async def test_every_user_has_a_conversation_of_their_own(client):
    for user in ("one", "two", "one"):
        await answer(client, asked(intent="AMAZON.NextIntent", user=user))
    senders = [m.sender_id for m in client.assistant.heard]
    assert senders[0] == senders[2] != senders[1]
    assert "one" not in senders[0]


@pytest.mark.parametrize(
    ("intent", "slots", "text"),
    [
        ("AMAZON.NextIntent", {}, "next"),
        ("AMAZON.RepeatIntent", {}, "say that again"),
        ("WhereIntent", {"Point": "inner gate"}, "where is inner gate"),
        (
            "RoutineIntent",
            {"Minutes": "10", "Ache": "lower back pain"},
            "lead me through 10 minutes for lower back pain",
        ),
        ("RoutineIntent", {"Minutes": "10"}, "lead me through a 10 minute routine"),
        ("RoutineIntent", {}, "start a routine"),
        ("AskIntent", {"Question": "why it helps"}, "why it helps"),
        ("TakeIntent", {"Medicine": "blood thinners"}, "I take blood thinners"),
    ],
)
async def test_an_intent_is_told_in_words(client, intent, slots, text):
    await answer(client, asked(intent=intent, slots=slots))
    assert [m.text for m in client.assistant.heard] == [text]


def test_a_resolved_name_is_told_by_its_code():
    resolved = [
        {"status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"name": "inner gate", "id": "PC6"}}]}
    ]
    slot = {"value": "in a gate", "resolutions": {"resolutionsPerAuthority": resolved}}
    assert told({"intent": {"name": "WhereIntent", "slots": {"Point": slot}}}) == "where is PC6"


@pytest.mark.parametrize("intent", ["AMAZON.FallbackIntent", "UnknownIntent", "WhereIntent"])
async def test_what_is_not_understood_is_asked_again(client, intent):
    reply = (await answer(client, asked(intent=intent)))["response"]
    assert reply["shouldEndSession"] is False
    assert "Say next point" in reply["outputSpeech"]["ssml"]
    assert client.assistant.heard == []


@pytest.mark.parametrize("intent", ["AMAZON.StopIntent", "AMAZON.CancelIntent"])
async def test_stop_ends_the_session(client, intent):
    reply = (await answer(client, asked(intent=intent)))["response"]
    assert reply["shouldEndSession"] is True
    assert "reprompt" not in reply


@pytest.mark.parametrize(
    "kind", ["SessionEndedRequest", "System.ExceptionEncountered", "AudioPlayer.PlaybackStopped"]
)
async def test_an_ended_session_gets_no_words(client, kind):
    assert await answer(client, asked(kind)) == {"version": "1.0"}
    assert client.assistant.heard == []


async def test_what_is_said_is_sound_markup(client):
    reply = await answer(client, asked(intent="AskIntent", slots={"Question": "a < b & c"}))
    speech = reply["response"]["outputSpeech"]["ssml"]
    assert "<" not in speech.removeprefix("<speak>").removesuffix("</speak>")
    assert not re.search(r"&(?!amp;|lt;|gt;)", speech)


def test_a_hold_is_silence_of_its_length():
    from channels.alexa import _ssml

    assert _ssml("Hold it.", {"seconds": 25})["ssml"].count("<break") == 3
    assert '<break time="5s"/></speak>' in _ssml("Hold it.", {"seconds": 25})["ssml"]
    assert len(_ssml("Long words. " * 2_000, None)["ssml"]) < 8_000


# -- the interaction model -------------------------------------------------------------------------------------


def test_the_interaction_model_keeps_the_rules_of_the_service(known: Catalog):
    model = interaction_model(known)["interactionModel"]["languageModel"]
    assert re.fullmatch(r"[a-z]+ [a-z ]+", model["invocationName"])
    types = {t["name"]: t for t in model["types"]}
    names = [i["name"] for i in model["intents"]]
    assert len(names) == len(set(names))
    for intent in model["intents"]:
        assert re.fullmatch(r"(AMAZON\.)?[A-Za-z_]+", intent["name"])
        slots = {s["name"]: s["type"] for s in intent.get("slots", [])}
        for sample in intent["samples"]:
            assert set(re.findall(r"\{(\w+)\}", sample)) <= set(slots), sample
            if "AMAZON.SearchQuery" in slots.values():
                assert re.sub(r"\{\w+\}", "", sample).strip(), sample
        assert all(kind in types or kind.startswith("AMAZON.") for kind in slots.values())
    for kind in types.values():
        values = [v["name"]["value"] for v in kind["values"]]
        assert all(re.fullmatch(r"[A-Za-z' ]+", v) for v in values), kind["name"]
        assert len({v["id"] for v in kind["values"]}) == len(kind["values"])
    assert {v["id"] for v in types["POINT"]["values"]} >= set(known.points)
    assert len(types["POINT"]["values"]) >= 361
    assert {"AMAZON.StopIntent", "AMAZON.HelpIntent", "AMAZON.FallbackIntent"} <= set(names)
    assert set(skill()["ends"]) <= set(names)
