"""Requests and answers as bytes: where one begins and ends, and how a connection is left. Decides nothing."""

import asyncio
import socket
import struct
from dataclasses import dataclass

MOST_HEAD_BYTES = 64 * 1024
PORTAL = "<!doctype html><title>Gratis wifi</title><p>Godkänn villkoren för att fortsätta.".encode()


@dataclass
class Request:
    """A request as it came, its connection set to close."""

    path: str
    message: bytes


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None when the client opened a line and thought better of it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    first, *lines = head[:-4].split(b"\r\n")
    headers = [line for line in lines if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    sizes = [int(line.split(b":")[1]) for line in headers if line.lower().startswith(b"content-length:")]
    body = await reader.readexactly(sizes[0]) if sizes else b""
    message = b"\r\n".join([first, *headers, b"Connection: close", b"", body])
    return Request(first.split(b" ")[1].decode("latin-1"), message)


def own_answer(status: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return an answer of our own."""
    found = {**headers, "Content-Length": str(len(body)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in found.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


async def send(writer: asyncio.StreamWriter, message: bytes) -> None:
    """Hand over bytes and wait until they are on their way."""
    writer.write(message)
    await writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of a goodbye."""
    line = writer.get_extra_info("socket")
    if line is not None and line.fileno() >= 0:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
