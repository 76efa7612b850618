"""A client over real sockets that a test can cut wherever it likes."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from tests.factories.phone import Phone


class Answer:
    """What came back, shaped as Flask's test client does."""

    def __init__(self, status: int, body: bytes, headers: Any) -> None:
        self.status_code, self._body, self.headers = status, body, headers

    def get_json(self) -> Any:
        """Parse the body."""
        return json.loads(self._body)

    def get_data(self, as_text: bool = False) -> Any:
        """Return the body."""
        return self._body.decode() if as_text else self._body


class WireClient:
    """One browser's cookie over plain HTTP; `post` as Flask's test client has it."""

    def __init__(self, url: str) -> None:
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 0
        self._cookie: str | None = None

    @property
    def cookie(self) -> str | None:
        """The session's cookie as sent."""
        return self._cookie

    def moved_to(self, url: str) -> "WireClient":
        """Return the same browser on another line to the same server."""
        other = WireClient(url)
        other._cookie = self._cookie
        return other

    def post(self, path: str, json: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send a request and read the whole answer."""
        return self._ask("POST", path, *self._message(json, headers))

    def get(self, path: str) -> Answer:
        """Ask for something and read the whole answer."""
        return self._ask("GET", path, None, {"Cookie": self._cookie} if self._cookie else {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            found = connection.getresponse()
            if found.length is None:  # cut within its head; the server always says how long an answer is
                raise http.client.IncompleteRead(found.read())
            answer = Answer(found.status, found.read(), found.headers)
        finally:
            connection.close()
        if cookie := answer.headers["Set-Cookie"]:
            self._cookie = cookie.split(";")[0]
        return answer

    def post_and_cut(self, path: str, body: Any, headers: dict[str, str], keep_bytes: int) -> None:
        """Send a request, read a few bytes of the answer – so it was committed – and hang up (S01)."""
        payload, found = self._message(body, headers)
        head = "".join(f"{name}: {value}\r\n" for name, value in found.items())
        with socket.create_connection((self._host, self._port), timeout=30) as line:
            line.sendall(
                f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{head}"
                f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
                + payload
            )
            line.recv(max(1, keep_bytes))

    def send_part(self, path: str, body: Any, headers: dict[str, str], part: float) -> None:
        """Send only part of a request and hang up, as when coverage ends (S12)."""
        payload, found = self._message(body, headers)
        head = "".join(f"{name}: {value}\r\n" for name, value in found.items())
        with socket.create_connection((self._host, self._port), timeout=30) as line:
            line.sendall(
                f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{head}"
                f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
                + payload[: int(len(payload) * part)]
            )

    def _message(self, body: Any, headers: dict[str, str] | None) -> tuple[bytes, dict[str, str]]:
        own = f"http://{self._host}:{self._port}"
        found = {"Content-Type": "application/json", **(headers or {}), "Origin": own}
        if self._cookie:
            found["Cookie"] = self._cookie
        return json.dumps(body).encode(), found


def wire_phone(url: str, who: str, device_id: str | None = None) -> Phone:
    """Sign a demo person in over the wire."""
    return Phone.signed_in(WireClient(url), who, device_id)
