"""Real images to learn from: scikit-learn's 1,797 handwritten digits of 8 by 8, as folders of PNG files.

    pip install scikit-learn==1.9.1
    python tests/data/digits.py FOLDER              # ten classes, 0 to 9
    python tests/data/digits.py FOLDER --two        # two classes, even and odd
    python tests/data/digits.py --text              # tests/data/digits.txt, which the tests unfold

The digits are the test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998, UCI Machine
Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0), as scikit-learn ships them. Elements go from 0 to 16.
"""

import pathlib
import struct
import sys
import zlib

from sklearn.datasets import load_digits

HEAD = """\
# 1,797 handwritten digits of 8 by 8: a line has the digit, and its 64 elements from the top left, 0 to g for 0 to 16.
# E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository,
# https://doi.org/10.24432/C50P49, CC BY 4.0; as scikit-learn 1.9.1 ships them, written by tests/data/digits.py.
"""


def png(rows):
    """A grey picture of 8 bits, by the PNG specification."""
    raw = b"".join(b"\0" + bytes(round(element * 255 / 16) for element in row) for row in rows)
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def main():
    digits = load_digits()
    images = [[[int(element) for element in row] for row in image] for image in digits.images]
    if sys.argv[1:] == ["--text"]:
        print(HEAD, end="")
        for image, digit in zip(images, digits.target):
            print(digit, "".join("0123456789abcdefg"[element] for row in image for element in row))
        return
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--two"]):
        sys.exit(__doc__)
    for at, (image, digit) in enumerate(zip(images, digits.target)):
        name = ["even", "odd"][digit % 2] if sys.argv[2:] else str(digit)
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at:04}.png").write_bytes(png(image))


main()
