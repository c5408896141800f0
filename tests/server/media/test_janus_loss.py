"""Loss of 5 % each way, for the engine of one machine and for Janus in the same network at the same
time."""

from pathlib import Path

from tests.server.media.lossy import both_lose

PERCENT = 5
SECONDS = 12.0


async def test_with_loss_pictures_stand_still_no_longer_than_with_janus(tmp_path: Path) -> None:
    (local,), (janus,) = await both_lose(PERCENT, SECONDS, tmp_path)
    told = f"local: {local}; Janus: {janus}"
    assert local.frozen <= janus.frozen + 0.1 * SECONDS, told
    assert local.pictures >= 0.9 * janus.pictures, told
