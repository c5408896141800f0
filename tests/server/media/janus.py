"""Janus for tests: plain processes in a namespace of their own, their configuration in a scratch
folder."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from server.media.janus.plane import JanusPlane
from tests.server.media.netns import Network, network

SECRET = "known-to-this-test-only"
STARTS_WITHIN = 60.0
EXAMPLE = Path(__file__).parents[3] / "deploy" / "janus"


class Janus:
    """One Janus that can be killed and started again."""

    def __init__(self, net: Network, folder: Path, port: int) -> None:
        self.url = f"ws://{net.inside}:{port}"
        self.admin_url = f"ws://{net.inside}:{port + 1}"
        self._net, self._folder, self._port = net, folder, port
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        _configure(folder, net.inside, port)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts it; it answers a moment later."""
        words = self._net.command("janus", f"--configs-folder={self._folder}", "--disable-colors")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self) -> None:
        """Waits until it answers."""
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                socket.create_connection((self._net.inside, self._port), timeout=1).close()
            except OSError:
                log = (self._folder / "log").read_text(errors="replace")[-2000:]
                assert self._process is not None
                assert self._process.poll() is None, f"Janus ended: {log}"
                assert time.monotonic() < end, f"Janus does not answer: {log}"
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Ends it the hard way."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def kill_and_start(self) -> None:
        """Ends it the hard way and starts it again, as systemd would."""
        self.kill()
        self.start()


def _configure(folder: Path, address: str, port: int) -> None:
    """The example that operators are given, with this node's values."""
    for example in EXAMPLE.glob("*.jcfg"):
        text = example.read_text(encoding="utf-8").replace("CHANGE-ME", SECRET)
        text = text.replace("10.0.0.5", address)
        text = text.replace("= 8188", f"= {port}").replace("= 8189", f"= {port + 1}")
        (folder / example.name).write_text(text, encoding="utf-8")


@contextmanager
def januses(folder: Path, nodes: int = 1) -> Iterator[tuple[Network, list[Janus]]]:
    """A network with so many running nodes in it."""
    with ExitStack() as stack:
        net = stack.enter_context(network())
        made = [Janus(net, folder / f"janus-{n}", 8188 + 10 * n) for n in range(nodes)]
        for node in made:
            stack.callback(node.kill)
            node.start()
        for node in made:
            node.wait()
        yield net, made


def plane_of(nodes: list[Janus]) -> JanusPlane:
    """A plane on these nodes."""
    return JanusPlane([node.url for node in nodes], SECRET)
