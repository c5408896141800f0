"""Which engine a site has."""

from ipaddress import ip_address

from server.config import Settings, listed
from server.errors import BadSettings
from server.media.plane import MediaPlane


def make_plane(settings: Settings) -> MediaPlane | None:
    """The engine of the settings; None when live media are off. Nothing runs yet.

    Raises BadSettings.
    """
    # Imported where they are used: a site has one of them, and both are heavy.
    match settings.media:
        case "local":
            from server.media.local.plane import LocalPlane

            return LocalPlane(_addresses(settings), settings.media_processes, settings.log_format)
        case "janus":
            from server.media.janus.plane import JanusPlane

            nodes = listed(settings.janus)
            if not nodes:
                raise BadSettings("media: janus needs the addresses of its nodes in YUNKAI_JANUS")
            return JanusPlane(nodes, settings.janus_secret.get_secret_value())
        case _:
            return None


def _addresses(settings: Settings) -> tuple[str, ...]:
    """The addresses to announce; empty for the machine's own."""
    given = listed(settings.media_addresses)
    if given or not _is_loopback(settings.host):
        return given
    from aioice.ice import get_host_addresses

    # Who opens the site on this machine may have no other network; others come through a proxy.
    own: list[str] = get_host_addresses(use_ipv4=True, use_ipv6=True)
    return (*own, "127.0.0.1")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
