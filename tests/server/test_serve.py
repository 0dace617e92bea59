"""Whose word the app takes for where a request comes from."""

from __future__ import annotations

from typing import Any

import pytest

import server.serve


@pytest.mark.parametrize("proxy", [None, "10.0.0.2"])
def test_forwarded_addresses_are_believed_only_behind_a_named_proxy(
    monkeypatch: pytest.MonkeyPatch, proxy: str | None
) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if proxy:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", proxy)
    monkeypatch.setattr(server.serve, "create_app", lambda settings: None)
    monkeypatch.setattr("uvicorn.Config", lambda app, **options: seen.update(options))
    monkeypatch.setattr(server.serve._Server, "__init__", lambda self, config: None)
    monkeypatch.setattr(server.serve._Server, "run", lambda self: None)
    server.serve.main()
    # Without a name uvicorn would believe everybody on this machine.
    assert seen["proxy_headers"] is (proxy is not None)
