"""Outside development the app refuses to start with a default or short secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import load_settings

GOOD = {
    "rasa_token": "r" * 32,
    "channel_secret": "c" * 32,
    "first_password": "f" * 32,
}


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell exports must not decide what these tests see."""
    for name in [name for name in os.environ if name.startswith("HANDRAIL_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_production_refuses_a_default_secret(tmp_path: Path, missing: str) -> None:
    secrets = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(ValidationError, match=missing.upper()):
        load_settings(var=tmp_path, environment="production", **secrets)


def test_production_refuses_a_short_secret(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="CHANNEL_SECRET"):
        load_settings(var=tmp_path, environment="production", **{**GOOD, "channel_secret": "short"})


@pytest.mark.parametrize(
    "place", [{"host": "192.0.2.7"}, {"host": "::"}, {"public_url": "https://help.example"}]
)
def test_a_forgotten_environment_does_not_open_the_default_door(
    tmp_path: Path, place: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match="every secret must be set"):
        load_settings(var=tmp_path, **place)
    assert load_settings(var=tmp_path, **place, **GOOD).environment == "development"
    assert load_settings(var=tmp_path).host == "127.0.0.1"


def test_secrets_are_read_from_the_installation_and_never_printed(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text(
        "".join(f"HANDRAIL_{name.upper()}={value}\n" for name, value in GOOD.items())
    )
    settings = load_settings(var=tmp_path, environment="production")
    assert settings.channel_secret.get_secret_value() == GOOD["channel_secret"]
    assert not any(value in repr(settings) for value in GOOD.values())


def test_the_apps_own_origin_is_always_allowed(tmp_path: Path) -> None:
    settings = load_settings(var=tmp_path, port=9000, widget_origins=["https://shop.example"])
    own = {"http://127.0.0.1:9000", "http://localhost:9000"}
    assert settings.origins == {"https://shop.example", *own}
    live = load_settings(
        var=tmp_path, environment="production", public_url="https://help.example/", **GOOD
    )
    assert live.origins == {"https://help.example"}


def test_a_house_names_its_own_business_system(tmp_path: Path) -> None:
    from business.demo import DemoShop
    from server.app import build_services
    from tests.business.fakes import FakeShop
    from tests.support import FakeClock

    class NoEncoder:
        checksum = "none"

        def encode(self, text: str) -> None:
            raise AssertionError(f"nothing is encoded yet: {text}")

    def shop_of(**more: str) -> object:
        settings = load_settings(var=tmp_path, **more)
        return build_services(settings, clock=FakeClock(), encoder=NoEncoder()).business  # type: ignore[arg-type]

    assert isinstance(shop_of(), DemoShop)
    assert isinstance(shop_of(business="tests.server.test_settings:own_shop"), FakeShop)


def own_shop(database: object, clock: object, hold: object) -> object:
    """What `HANDRAIL_BUSINESS` names in the test above."""
    from tests.business.fakes import FakeShop

    return FakeShop()
