"""Messages over a socket: framed, limited in length before they are read, each with a deadline.

A frame is four letters, two lengths, the session's token, then header and blob of `wire`.  Token
and running number keep apart what the worker means to say and what else is written to the socket:
by a child that it left behind, or by code that writes to every open file.  They are no secret from
the code in the worker; what makes a pass is never a message, but values that the grader compares.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from bplib.grading.wire import BLOB_LIMIT, HEADER_LIMIT, WireError, decode, encode

TOKEN = 16
"""Bytes of a session's token."""

_HEAD = struct.Struct(">4sIQ16s")
_MAGIC = b"bpl1"


class Closed(Exception):
    """The other side is gone."""


class Late(Exception):
    """The deadline has passed."""


class Channel:
    """One side of the conversation.

    Arguments:
        connection: a connected socket.
        token: the same bytes on both sides.
    """

    def __init__(self, connection: socket.socket, token: bytes) -> None:
        self.socket = connection
        self.token = token
        self.sent = self.received = 0
        self.owner = os.getpid()
        connection.setblocking(False)

    def send(
        self,
        message: dict[str, Any],
        deadline: float,
        function_id: Callable[[Any], int] | None = None,
    ) -> None:
        """Sends one message; `Closed` or `Late` where that cannot be done."""
        if os.getpid() != self.owner:  # a child that the learner's code forked: not its business
            os._exit(0)
        header, blob = encode([self.sent, message], function_id)
        self.sent += 1
        self._write(_HEAD.pack(_MAGIC, len(header), len(blob), self.token) + header, deadline)
        if blob:
            self._write(blob, deadline)

    def receive(
        self,
        deadline: float,
        function_of: Callable[[int], Callable[..., Any]] | None = None,
        also: Callable[[], bool] | None = None,
    ) -> dict[str, Any]:
        """The next message; `Closed`, `Late` or `WireError` where there is none.

        `also` is asked now and then whether the other side has ended without closing.
        """
        head = self._read(_HEAD.size, deadline, also)
        magic, header_size, blob_size, token = _HEAD.unpack(head)
        if magic != _MAGIC or token != self.token:
            raise WireError("something else wrote where the results are read")
        if header_size > HEADER_LIMIT or blob_size > BLOB_LIMIT:
            raise WireError("a message longer than any result")
        header = self._read(header_size, deadline, also)
        found = decode(header, self._read(blob_size, deadline, also), function_of)
        match found:
            case [int(number), dict(message)] if number == self.received:
                self.received += 1
                return message
        raise WireError("a message out of turn")

    def _write(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.socket.send(view[: 2**20]) :]
            except (BlockingIOError, InterruptedError):
                _wait(self.socket, deadline, write=True)
            except OSError as error:
                raise Closed from error

    def _read(self, size: int, deadline: float, also: Callable[[], bool] | None) -> bytes:
        parts: list[bytes] = []
        while size:
            try:
                part = self.socket.recv(min(size, 2**20))
            except (BlockingIOError, InterruptedError):
                _wait(self.socket, deadline, also=also)
                continue
            except OSError as error:
                raise Closed from error
            if not part:
                raise Closed
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


_GLANCE = 0.25  # seconds between two looks at whether the other side still lives


def _wait(
    connection: socket.socket,
    deadline: float,
    *,
    write: bool = False,
    also: Callable[[], bool] | None = None,
) -> None:
    """Waits until the socket is ready, the deadline is past, or the other side has ended."""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late
        wanted = [connection]
        try:
            ready = select.select(
                [] if write else wanted, wanted if write else [], [], min(left, _GLANCE)
            )
        except (OSError, ValueError) as error:
            raise Closed from error
        if any(ready):
            return
        if also is not None and also() and not select.select(wanted, [], [], 0)[0]:
            raise Closed


def forever() -> float:
    """A deadline that never comes."""
    return time.monotonic() + 10**6
