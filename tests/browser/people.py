"""Customers and staff of a running Handrail who do not need a window of their own: they use the REST interface."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

PASSWORD = "correct horse battery"


class Customer:
    """One visitor who writes and asks for a person."""

    def __init__(self, base_url: str, name: str = "", email: str = "") -> None:
        self._http = httpx.Client(base_url=base_url, headers={"Origin": base_url}, timeout=30)
        made = self._http.post("/api/chat/visitors", json={}).raise_for_status().json()
        self._http.headers["Authorization"] = f"Bearer {made['token']}"
        self.conversation: str = made["conversation"]
        if name:
            details = {"name": name, **({"email": email} if email else {})}
            self._http.post("/api/chat/details", json=details).raise_for_status()

    def says(self, text: str) -> None:
        body = {"client_id": secrets.token_hex(8), "text": text}
        self._http.post("/api/chat/messages", json=body).raise_for_status()

    def wants_a_person(self) -> None:
        self._http.post("/api/chat/person").raise_for_status()

    def asks_for_a_person(self, text: str) -> Customer:
        self.says(text)
        self.wants_a_person()
        return self

    def leave(self) -> None:
        """Close the connection; the chat stays as it is."""
        self._http.close()

    def log(self) -> list[dict[str, Any]]:
        answer = self._http.get("/api/chat/messages", params={"after": 0})
        messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return messages


class Colleague:
    """A signed-in member of staff."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers={"Origin": base_url, "X-Handrail": "1"}, timeout=30
        )
        form = {"login": login, "password": password, "next": "/staff"}
        answer = self._http.post("/staff/login", data=form)
        assert answer.status_code in (302, 303), answer.text

    def call(self, method: str, path: str, **body: Any) -> Any:
        answer = self._http.request(method, path, json=body or None)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def hires(self, login: str, name: str, *roles: str) -> str:
        """A new member of staff with `PASSWORD`; gives the id."""
        made = self.call(
            "POST", "/api/staff", login=login, name=name, password=PASSWORD, roles=list(roles)
        )
        hired: str = made["id"]
        return hired

    def leave(self) -> None:
        self._http.close()

    def cookies(self) -> list[dict[str, str]]:
        """For a browser window that is signed in as this person."""
        url = str(self._http.base_url)
        return [{"name": k, "value": v, "url": url} for k, v in self._http.cookies.items()]
