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
DISABLED = {
    "plugins": "audiobridge echotest nosip recordplay sip streaming textroom videocall voicemail "
    "lua duktape",
    "transports": "http pfunix mqtt nanomsg rabbitmq",
}


class Janus:
    """One Janus that can be killed and started again."""

    def __init__(self, net: Network, folder: Path, port: int) -> None:
        self.url = f"ws://{net.inside}:{port}"
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

    def stop(self) -> None:
        """Ends it."""
        self.kill()


def _configure(folder: Path, address: str, port: int) -> None:
    disabled = {
        kind: ",".join(f"libjanus_{name}.so" for name in names.split())
        for kind, names in DISABLED.items()
    }
    (folder / "janus.jcfg").write_text(f"""
general: {{
    configs_folder = "{folder}"
    debug_level = 4
    api_secret = "{SECRET}"
    admin_secret = "{SECRET}"
    event_loops = 2
    protected_folders = ["/usr"]
}}
media: {{ ipv6 = false }}
nat: {{ consent_freshness = true }}
plugins: {{ disable = "{disabled["plugins"]}" }}
transports: {{ disable = "{disabled["transports"]}" }}
""")
    (folder / "janus.transport.websockets.jcfg").write_text(f"""
general: {{ json = "compact" ws = true ws_port = {port} ws_ip = "{address}" wss = false }}
admin: {{ admin_ws = true admin_ws_port = {port + 1} admin_ws_ip = "{address}" }}
""")
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")


@contextmanager
def januses(folder: Path, nodes: int = 1) -> Iterator[tuple[Network, list[Janus]]]:
    """A network with so many running nodes in it."""
    with ExitStack() as stack:
        net = stack.enter_context(network())
        made = [Janus(net, folder / f"janus-{n}", 8188 + 10 * n) for n in range(nodes)]
        for node in made:
            stack.callback(node.stop)
            node.start()
        for node in made:
            node.wait()
        yield net, made


def plane_of(nodes: list[Janus]) -> JanusPlane:
    """A plane on these nodes."""
    return JanusPlane([node.url for node in nodes], SECRET)
