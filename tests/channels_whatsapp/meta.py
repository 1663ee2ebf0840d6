"""Where Meta begins: a socket that answers, byte by byte, whatever a test wants."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

Script = Callable[[socket.socket], None]


@dataclass
class Seen:
    """One request that arrived."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body, parsed."""
        return json.loads(self.body)


def answer(status: int, body: bytes | dict[str, Any], *headers: str) -> Script:
    """Answer like a web server."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def run(sock: socket.socket) -> None:
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}", *headers, "", ""]
        sock.sendall("\r\n".join(head).encode() + raw)

    return run


def accepted(wamid: str = "wamid.OUT1") -> Script:
    """Take a message."""
    return answer(200, {"messaging_product": "whatsapp", "messages": [{"id": wamid}]})


def graph_error(code: int, status: int = 400, *headers: str) -> Script:
    """Refuse as Graph does."""
    error = {"message": f"(#{code}) x", "type": "OAuthException", "code": code, "error_data": {"details": "why"}}
    return answer(status, {"error": error}, *headers)


def hang(sock: socket.socket) -> None:
    """Say nothing for longer than anybody waits."""
    sock.settimeout(5)
    sock.recv(1)


def reset(sock: socket.socket) -> None:
    """Break the connection the hard way."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def drip(sock: socket.socket) -> None:
    """Send one byte now and then, each well within any timeout of a single read."""
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 200:
            sock.sendall(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return


@dataclass
class Meta:
    """A server on loopback; each request meets the next script, the last one stays."""

    scripts: list[Script] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def plan(self, *scripts: Script) -> None:
        """Answer the coming requests like this, in turn."""
        self.scripts[:] = scripts

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as reader:
            while line := reader.readline():
                headers = {}
                while header := reader.readline().strip():
                    key, _, content = header.decode("latin-1").partition(":")
                    headers[key.lower()] = content.strip()
                body = reader.read(int(headers.get("content-length", "0")))
                self.seen.append(Seen(line.decode("latin-1").strip(), headers, body))
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                try:
                    script(sock)
                except OSError:
                    return
                if script in {hang, reset, drip}:
                    return
