"""Cameras that can be told apart: each shows one colour, as Chromium's fake device plays it."""

from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FRAMES = 320, 240, 20


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour by its parts in YCbCr, as films have them."""

    name: str
    y: int
    cb: int
    cr: int


RED = Colour("red", 76, 85, 255)
GREEN = Colour("green", 150, 44, 21)
BLUE = Colour("blue", 40, 240, 110)
YELLOW = Colour("yellow", 210, 16, 146)


def film(colour: Colour, folder: Path) -> Path:
    """A film of this colour in which a bar moves, so that no picture equals the one before."""
    file = folder / f"{colour.name}.y4m"
    plane = WIDTH * HEIGHT // 4
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            bar = number * WIDTH // FRAMES
            row = bytearray([colour.y]) * WIDTH
            row[bar : bar + 8] = bytes([min(255, colour.y + 40)]) * 8
            out.write(b"FRAME\n" + bytes(row) * HEIGHT)
            out.write(bytes([colour.cb]) * plane + bytes([colour.cr]) * plane)
    return file
