"""HTTP with a deadline for the whole call, and the knowledge of whether anything was sent.

`requests` bounds each read, so a server that drips one byte a second holds a thread for hours; here every read gets
what is left of one deadline. And a connection remembers whether it began to write: a failure before that is proof
that nothing arrived, a failure after it proves nothing.
"""

import http.client
import io
import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# A connection that idled longer may be closed by the other side while we write to it.
MAX_IDLE = 10.0
CHUNK = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NothingSent(Exception):
    """The call failed before its first byte left."""


class NoAnswer(Exception):
    """The call was written, at least in part, and no complete answer came."""


class TooLarge(Exception):
    """The answer exceeds what the caller wants."""


class Sink(Protocol):
    """Where the body of an answer goes."""

    def write(self, chunk: bytes, /) -> int:
        """Take some bytes."""


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is empty when the caller gave a sink."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Call(threading.local):
    """The one call that this thread makes at the moment."""

    ends_at = 0.0
    wrote = False
    allow_private = False
    session: requests.Session | None = None
    used_at = 0.0


_call = _Call()


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet, also where IPv6 wraps an IPv4 address."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def _remaining() -> float:
    left = _call.ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline")
    return left


class _DeadlineReader(io.RawIOBase):
    """Read from a socket, each time with what is left of the deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Readable:
    """The one method of a socket that `http.client` needs to read an answer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._sock))


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(cast("socket.socket", _Readable(sock)), *args, **kwargs)


class _Connection(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        self.timeout = min(float(self.timeout or 0) or _remaining(), _remaining())
        sock = super()._new_conn()
        # Checked where it counts, on the connection itself: a name that resolves differently now changes nothing.
        if not _call.allow_private and not is_public(sock.getpeername()[0]):
            sock.close()
            raise urllib3.exceptions.NewConnectionError(self, "the address is not public")
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(_remaining())
        _call.wrote = True
        super().send(data)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def _session() -> requests.Session:
    """Return this thread's session, with fresh connections if they have idled."""
    now = time.monotonic()
    session = _call.session
    if session is None:
        session = requests.Session()
        # Neither proxies from the environment nor passwords from .netrc.
        session.trust_env = False
        session.headers.clear()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(pool_connections=4, pool_maxsize=1, max_retries=0))
        _call.session = session
    elif now - _call.used_at > MAX_IDLE:
        session.close()
    _call.used_at = now
    return session


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    seconds: float,
    connect_seconds: float,
    json: Any = None,
    sink: Sink | None = None,
    max_bytes: int = 1024 * 1024,
    allow_private: bool = False,
) -> Answer:
    """Make one call, without redirects; the answer's body goes to `sink` if one is given and the status is 200.

    Raises NothingSent, NoAnswer, TooLarge.
    """
    _call.ends_at = time.monotonic() + seconds
    _call.wrote = False
    _call.allow_private = allow_private
    body = io.BytesIO()
    try:
        response = _session().request(
            method,
            url,
            # Identity: what is counted is what arrives, so nothing can unfold to a thousand times its size.
            headers={"User-Agent": "helpdesk", "Accept": "*/*", "Accept-Encoding": "identity", **headers},
            json=json,
            timeout=(min(connect_seconds, seconds), seconds),
            allow_redirects=False,
            stream=True,
        )
        try:
            _copy(response.raw, sink if sink is not None and response.status_code == 200 else body, max_bytes)
        finally:
            # Of an answer that was not read to its end the connection is closed, too.
            response.close()
    except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        reason = type(error).__name__
        raise (NoAnswer(reason) if _call.wrote else NothingSent(reason)) from None
    return Answer(response.status_code, response.headers, body.getvalue())


def _copy(source: Any, target: Sink, max_bytes: int) -> None:
    total = 0
    for chunk in source.stream(CHUNK, decode_content=False):
        total += len(chunk)
        if total > max_bytes:
            raise TooLarge
        target.write(chunk)
