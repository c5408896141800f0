"""A network of its own for a test: a namespace with one cable (a veth pair) to this machine.

Janus skips loopback, so its tests need another interface, and loss may only be made where nobody
else is hit. Namespaces are named after the process that made them; those of processes that were
killed are removed by the next.
"""

import ctypes
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

Way = Literal["input", "output"]
BOTH: tuple[Way, ...] = ("input", "output")
PREFIX = "yunkai"
CLONE_NEWNET = 0x40000000
_numbers = count(1)


class NoNetwork(Exception):
    """This machine, or this account on it, may not make network namespaces."""


class Network:
    """`outside` is this machine's address on the cable, `inside` the namespace's."""

    def __init__(self, name: str, outside: str, inside: str) -> None:
        self.name, self.outside, self.inside = name, outside, inside

    def command(self, *words: str) -> list[str]:
        """The command line that runs a program inside; its process is the program's own."""
        return ["ip", "netns", "exec", self.name, *words]

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Has processes that this thread starts meanwhile be inside."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def lose(self, percent: int, ways: Sequence[Way] = BOTH) -> None:
        """Drops so many of a hundred UDP packets that come into the namespace ("input"), or leave
        it ("output"); 0 ends that."""
        _run(*self.command("nft", "flush ruleset"))
        for way in ways if percent else ():
            rules = (
                f"table inet lossy {{\nchain {way} {{\ntype filter hook {way} priority 0\n"
                f"meta l4proto udp numgen random mod 100 < {percent} drop\n}}\n}}\n"
            )
            _run(*self.command("nft", rules))


@contextmanager
def network() -> Iterator[Network]:
    """Makes a namespace, and removes it with everything in it. Raises NoNetwork."""
    _sweep()
    name = f"{PREFIX}-{os.getpid()}-{next(_numbers)}"
    cable = f"yk{os.getpid()}x{next(_numbers)}"[-14:]
    used = _run("ip", "-o", "-4", "address")
    while (subnet := f"10.{random.randrange(64, 256)}.{random.randrange(256)}.") in used:
        pass
    made = Network(name, f"{subnet}1", f"{subnet}2")
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _run("ip", "address", "add", f"{made.outside}/30", "dev", cable)
        _run("ip", "link", "set", cable, "up")
        _run("ip", "-n", name, "address", "add", f"{made.inside}/30", "dev", "eth0")
        _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("ip", "-n", name, "link", "set", "eth0", "up")
        yield made
    finally:
        _run("ip", "link", "delete", cable, check=False)
        _run("ip", "netns", "delete", name, check=False)


def _sweep() -> None:
    """Removes what processes left that are no more."""
    for line in _run("ip", "netns", "list", check=False).splitlines():
        name = line.split()[0]
        words = name.split("-")
        if words[0] == PREFIX and len(words) == 3 and not Path("/proc", words[1]).exists():
            _run("ip", "netns", "delete", name, check=False)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise NoNetwork(f"setns: {os.strerror(ctypes.get_errno())}")


def _run(*words: str, check: bool = True) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        raise NoNetwork(f"{words[0]} is not installed: run scripts/setup-system.sh test") from None
    if check and done.returncode != 0:
        raise NoNetwork(
            "Tests with Janus make a network of their own: they need root, and a kernel with "
            f"network namespaces and nftables. `{' '.join(words)}` said: {done.stderr.strip()}"
        )
    return done.stdout
