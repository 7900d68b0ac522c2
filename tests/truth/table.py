"""What the recorders share: reading the inputs out of a `.net` text, and writing the table."""

import datetime
import pathlib
import re

HEADER = ("net", "output", "params", "statistics", "macs", "note")
REFUSED = ("error", "-", "-", "-")


def input_shapes(net):
    """The shapes behind `input`, in order: "a: input 4x4x8 / input 10" gives [(4, 4, 8), (10,)]."""
    written = re.findall(r"(?:^| / )(?:\w+: )?input ([0-9x]+)", net)
    return [tuple(int(size) for size in shape.split("x")) for shape in written]


def by(sizes):
    """Sizes as `.net` writes them: (3, 5) gives "3x5", and 3 gives "3"."""
    return "x".join(map(str, sizes)) if isinstance(sizes, (tuple, list)) else str(sizes)


def write(path, framework, rows):
    """Writes the rows, one a line, below a line that says where they come from."""
    script = f"tests/truth/record_{path.stem}.py"
    nets = [row[0] for row in rows]
    assert len(set(nets)) == len(nets), sorted(net for net in nets if nets.count(net) > 1)
    with open(path, "w", encoding="utf-8", newline="\n") as table:
        print(f"# {framework}, recorded by {script} on {datetime.date.today()}", file=table)
        for row in [HEADER, *rows]:
            assert not any("\t" in str(cell) for cell in row), row
            print(*row, sep="\t", file=table)
    refused = sum(row[1] == "error" for row in rows)
    print(f"{path.name}: {len(rows)} cases, {refused} of them refused by {framework}")


def beside(script, name):
    """The path of a file in the folder of a script."""
    return pathlib.Path(script).with_name(name)
