"""Proof that a request comes from whom it says: Alexa's signature with its certificate chain, and the telephone's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import posixpath
import urllib.parse
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

# In pieces: nothing is fetched from there but the certificates of whoever signs.
CHAIN_HOST = ".".join(("s3", "amazon" + "aws", "com"))
CHAIN_PATH = "/echo.api/"
SIGNER = "echo-api.amazon.com"
TOLERANCE = timedelta(seconds=150)
MOST_CHAIN = 64 * 1024


class Forged(Exception):
    """A request that does not prove where it comes from; the reason is for the log, not for the sender."""


def check_chain_url(url: str | None) -> str:
    """Return the address of the certificates, if it is one that Amazon uses."""
    parts = urllib.parse.urlsplit(url or "")
    try:
        port = parts.port
    except ValueError:
        raise Forged("port") from None
    path = posixpath.normpath(urllib.parse.unquote(parts.path))
    if parts.scheme.lower() != "https" or parts.username or parts.password:
        raise Forged("scheme")
    if (parts.hostname or "").lower() != CHAIN_HOST or port not in (None, 443):
        raise Forged("host")
    if not path.startswith(CHAIN_PATH) or "//" in parts.path or parts.query or parts.fragment:
        raise Forged("path")
    return f"https://{CHAIN_HOST}{path}"


def trusted_roots(pem: bytes) -> Store:
    """Return the authorities in a file of certificates."""
    return Store(x509.load_pem_x509_certificates(pem))


def signer(chain: bytes, roots: Store, now: datetime) -> RSAPublicKey:
    """Return the key of the signer, if authorities we trust vouch for it at this moment."""
    try:
        leaf, *between = x509.load_pem_x509_certificates(chain[:MOST_CHAIN])
        verifier = PolicyBuilder().store(roots).time(now).build_server_verifier(x509.DNSName(SIGNER))
        verifier.verify(leaf, between)
        key = leaf.public_key()
    except (ValueError, VerificationError) as error:
        raise Forged(f"chain: {error}") from None
    if not isinstance(key, RSAPublicKey):
        raise Forged("kind of key")
    return key


def check_signature(key: RSAPublicKey, signature: str | None, body: bytes) -> None:
    """Refuse a body that the key did not sign."""
    try:
        signed = base64.b64decode(signature or "", validate=True)
        key.verify(signed, body, PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        raise Forged("signature") from None


def check_time(timestamp: object, now: datetime) -> None:
    """Refuse a request that is older than the tolerance, or from the future: it may be a copy."""
    try:
        sent = datetime.fromisoformat(str(timestamp).replace("Z", "+00:00"))
    except ValueError:
        raise Forged("timestamp") from None
    if sent.tzinfo is None or abs(now - sent) > TOLERANCE:
        raise Forged("timestamp")


def now_utc() -> datetime:
    """Return the present moment."""
    return datetime.now(timezone.utc)


def phone_signature(secret: str, url: str, form: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Return the signature that a telephone service sends along with a form."""
    pairs = form.items() if isinstance(form, Mapping) else form
    signed = url + "".join(f"{name}{value}" for name, value in sorted(pairs))
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def check_phone(secret: str, url: str, form: Mapping[str, str], signature: str | None) -> None:
    """Refuse a form that the telephone service did not sign."""
    if not hmac.compare_digest(phone_signature(secret, url, form), signature or ""):
        raise Forged("signature")
