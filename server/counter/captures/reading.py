"""The child that reads text in pictures: `reading MEMORY THREADS`, a path a line on its input, a
JSON object a line on its output.

It is given previews only, which this server made itself, and is kept between pictures because
loading the models takes a second.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from server.counter.captures.confined import confine

_WRITTEN = 16 * 1024**2
_FINEST = 1280
"""Pixels on the long side in which lines are looked for; they are read at full size."""


def main() -> None:
    """Reads until there is nothing more to read."""
    memory, threads = (int(each) for each in sys.argv[1:3])
    confine(None, memory, _WRITTEN)
    # Libraries print; what they say must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    read = _engine(threads)
    for line in sys.stdin:
        answers.write(json.dumps(read(line.rstrip("\n"))) + "\n")
        answers.flush()


def _engine(threads: int) -> Any:
    import numpy
    from PIL import Image
    from rapidocr import RapidOCR

    # Any: which of its four kinds of answer comes depends on how it is asked.
    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Det.limit_type": "max",
            "Det.limit_side_len": _FINEST,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def read(path: str) -> Mapping[str, Any]:
        with Image.open(path, formats=["WEBP"]) as picture:
            pixels = numpy.asarray(picture.convert("RGB"))[:, :, ::-1]
        found = engine(pixels)
        if found.boxes is None:
            return {"lines": []}
        return {
            "lines": [
                {
                    "text": text,
                    "score": round(float(score), 4),
                    "left": int(box[:, 0].min()),
                    "top": int(box[:, 1].min()),
                    "right": int(box[:, 0].max()),
                    "bottom": int(box[:, 1].max()),
                }
                for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            ]
        }

    return read


if __name__ == "__main__":
    main()
