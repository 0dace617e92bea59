"""Who a customer is to the site: a context that its backend signed, or that anybody may have claimed.

A verified identity tells agents whose chat this is. It opens no other chat: what a visitor may read hangs on
their own token alone, and agents see chats of the same customer linked.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import NoReturn

import jwt
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from conversations.models import IdentityUse, Visitor
from server.auth import hash_token
from server.clock import Clock
from server.errors import Conflict, HandrailError, Invalid
from server.settings import Settings

TOKEN_LIMIT = 8192
ATTRIBUTES_AT_MOST = 40
NAME_LIMIT, TEXT_LIMIT, ID_LIMIT = 40, 200, 120
# JSON numbers beyond this are not the same to every reader (RFC 8259, section 6).
WHOLE_LIMIT = 2**53
LONGEST = timedelta(hours=1)
# The site's clock may go a little wrong.
LEEWAY = timedelta(seconds=30)
Attribute = str | int | float | bool

log = structlog.get_logger(__name__)


class IdentityRefused(HandrailError):
    """What exactly was wrong stands in the log: whoever forges a token learns nothing from it."""

    code, status, message = "identity_refused", 403, "This identity can't be accepted."


class IdentityChanged(Conflict):
    """Another customer signed in on the same browser: their chat is another one."""

    code, message = "identity_changed", "This chat belongs to another customer of the site."


@dataclass(frozen=True)
class Identity:
    """What a good token says."""

    external_id: str
    nonce: str
    expires_at: datetime
    name: str | None = None
    email: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def verify(settings: Settings, now: datetime, token: str) -> Identity:
    """Read a token (JWT, HS256) that the site's backend has signed for us.

    It names ``aud`` (our public address), ``sub`` (the site's id of the customer), ``jti`` (used once) and
    ``exp`` (at most an hour ahead), and may have ``name``, ``email`` and ``attributes``.

    Raises:
        IdentityRefused: anything about it is not as it should be.
    """
    secret = settings.identity_secret.get_secret_value()
    if not secret:
        _refuse("no_secret")
    if len(token) > TOKEN_LIMIT:
        _refuse("too_long")
    try:
        # One algorithm only: neither "none" nor a public key taken for a secret gets through. The times are
        # checked below, by the injected clock.
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=settings.base_url,
            options={
                "require": ["exp", "aud", "sub", "jti"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "strict_aud": True,
            },
        )
    except jwt.PyJWTError as error:
        _refuse(_WHY.get(type(error), "malformed"), error)
    except (ValueError, TypeError, RecursionError) as error:
        # What a stranger put into a token may be no text, or too deep, for the library's own parsing.
        _refuse("malformed", error)
    expires_at = _moment(claims["exp"])
    # This one first: there is no moment after the last one of the calendar.
    if expires_at > now + LONGEST + LEEWAY:
        _refuse("lives_too_long")
    if now > expires_at + LEEWAY:
        _refuse("expired")
    if "nbf" in claims and _moment(claims["nbf"]) > now + LEEWAY:
        _refuse("not_yet")
    try:
        return Identity(
            external_id=_text(claims["sub"], ID_LIMIT),
            nonce=_text(claims["jti"], ID_LIMIT),
            expires_at=expires_at,
            name=_text(claims["name"], 80) if claims.get("name") else None,
            email=_text(claims["email"], 254) if claims.get("email") else None,
            attributes=attributes(claims.get("attributes") or {}),
        )
    except Invalid as error:
        _refuse("claims", error)


_WHY: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "bad_signature",
    jwt.InvalidAlgorithmError: "algorithm",
    jwt.InvalidAudienceError: "wrong_audience",
    jwt.MissingRequiredClaimError: "claim_missing",
}


def attributes(given: object) -> dict[str, Attribute]:
    """At most 40 named texts, numbers and booleans, cleaned.

    Raises:
        Invalid: too many, too long, or something else than that.
    """
    if not isinstance(given, Mapping) or len(given) > ATTRIBUTES_AT_MOST:
        raise Invalid(f"Attributes are an object of at most {ATTRIBUTES_AT_MOST} values.")
    return {_text(name, NAME_LIMIT): _scalar(value) for name, value in given.items()}


def _scalar(value: object) -> Attribute:
    match value:
        case bool():
            return value
        case int() if abs(value) <= WHOLE_LIMIT:
            return value
        case float() if isfinite(value):
            return value
        case str() if len(value) <= TEXT_LIMIT:
            return texts.clean(value)
    raise Invalid(
        f"An attribute is a text of at most {TEXT_LIMIT} characters, a number or a boolean."
    )


def _text(value: object, limit: int) -> str:
    if isinstance(value, str) and len(value) <= limit:
        cleaned = " ".join(texts.clean(value).split())
        if not texts.is_blank(cleaned):
            return cleaned
    raise Invalid(f"A text of 1 to {limit} characters was expected.")


def _moment(claim: object) -> datetime:
    if not isinstance(claim, (int, float)) or isinstance(claim, bool):
        _refuse("claims")
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError) as error:
        _refuse("claims", error)


def _refuse(why: str, cause: Exception | None = None) -> NoReturn:
    log.warning("identity_refused", why=why)
    raise IdentityRefused() from cause


async def accept(
    db: AsyncSession,
    clock: Clock,
    visitor_id: uuid.UUID,
    identity: Identity,
    *,
    by_link: bool = False,
) -> None:
    """Keep who the site says this visitor is. The same visitor may bring the same token again, as after a
    lost connection; for anybody else it is used up.

    ``by_link``: they came by the link of a mail, which anybody may have passed on: such a chat can be a
    stranger's, who still reads and writes there, and is not signed in by whoever opens the link.

    Raises:
        IdentityRefused: the token was used by another visitor.
        IdentityChanged: the site knows this visitor as somebody else, or not yet and they came by a link;
            nothing was changed, the token is not used.
    """
    now = clock.now()
    visitor = await db.get_one(Visitor, visitor_id, with_for_update=True, populate_existing=True)
    known = visitor.external_id
    if known != identity.external_id and (known is not None or by_link):
        log.info("identity_changed", visitor=str(visitor_id))
        raise IdentityChanged()
    await _use_up(db, now, visitor_id, identity)
    signed: dict[str, Attribute] = dict(identity.attributes)
    signed |= {"name": identity.name} if identity.name else {}
    signed |= {"email": identity.email} if identity.email else {}
    visitor.external_id, visitor.verified_at = identity.external_id, now
    visitor.attributes = signed
    # What the customer typed themselves stays: it is how they want to be called and reached.
    visitor.name = visitor.name or identity.name
    visitor.email = visitor.email or identity.email
    await db.flush()


async def _use_up(
    db: AsyncSession, now: datetime, visitor_id: uuid.UUID, identity: Identity
) -> None:
    await db.execute(delete(IdentityUse).where(IdentityUse.expires_at < now - LEEWAY))
    hashed = hash_token(identity.nonce)
    try:
        async with db.begin_nested():
            db.add(
                IdentityUse(
                    nonce_hash=hashed, visitor_id=visitor_id, expires_at=identity.expires_at
                )
            )
            await db.flush()
    except IntegrityError:
        used_by = await db.scalar(
            select(IdentityUse.visitor_id).where(IdentityUse.nonce_hash == hashed)
        )
        if used_by != visitor_id:
            _refuse("replayed")


async def claim(db: AsyncSession, visitor_id: uuid.UUID, given: object) -> None:
    """Keep attributes that the page gave without a signature, apart from those that are proven.

    Raises:
        Invalid: they are no attributes.
    """
    values = attributes(given)
    await db.execute(update(Visitor).where(Visitor.id == visitor_id).values(claimed=values))
