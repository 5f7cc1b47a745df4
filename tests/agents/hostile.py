"""Agent files as somebody hostile or a bad disk would make them, each tried once.

A program of its own, so that the limit on memory is a real one: `python hostile.py
FIRST LAST` tries the files of these seeds and prints what came of them as JSON.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

import robustkit as rk
from robustkit.agents import archive

SECONDS, MEGABYTES = 2.0, 500
QUICK = {
    "network": {"updates": 1, "levels": 2, "agents": 2, "pool": 4},
    "searcher": {"generations": 1, "levels": 2, "pool": 4},
    "memoriser": {"episodes": 1, "pool": 4},
}
LARGE = 41, 1e5, 10**5, 10**6, 10**9, 10**12, 10**30, 2**63, 1e300, 40_000, 1450, 2400
ODD = (
    None, True, False, -1, 0, 0.5, -0.0, float("nan"), float("inf"), 1e-300, "", "base",
    "x" * 999, "\ud800", "\0", [], {}, [[]], {"": None}, [1] * 99, {"a": {"b": [0]}},
)  # fmt: skip


def honest():
    """Return the files of one agent of each kind, in several worlds, as bytes."""
    files = []
    with tempfile.TemporaryDirectory() as folder:
        for name, options in (
            ("cheese", {"size": 5, "layouts": 4}), ("trees", {"size": 5, "trees": 2}),
            ("keys", {"size": 5, "layouts": 2, "maker": "open"}),
        ):  # fmt: skip
            world = rk.make(name, **options)
            levels = world.sample(2)
            agents = [rk.train(recipe, world, **q) for recipe, q in QUICK.items()]
            agents += [rk.plan(world, noise=0.1), rk.device("mirrored", world)]
            agents += [rk.agent(agents[0].policy(levels), world, levels=levels)]
            agents += rk.train("searcher", world, snapshots=[1], **QUICK["searcher"])
            files += [rk.save(a, f"{folder}/a.npz").read_bytes() for a in agents]
        large = rk.make("monsters", size=9, apples=3, shields=3, monsters=2)
        for agent in (rk.device("random", large), rk.plan(large)):
            files.append(rk.save(agent, f"{folder}/a.npz").read_bytes())
    return files


def unpack(file):
    with np.load(io.BytesIO(file)) as content:
        arrays = {name: content[name] for name in content.files}
    return json.loads(arrays.pop("header").tobytes()), arrays


def pack(header, arrays, extra=(), compressed=False):
    """Return a file with the right digest for whatever it holds.

    extra: pairs of a name and bytes, put in as they are.
    """
    header.pop("digest", None)
    plain = {n.removeprefix("array_"): a for n, a in arrays.items()}
    header["digest"] = archive.digest(header, plain)
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    file, how = io.BytesIO(), zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", how) as content:
        for name, array in {**arrays, "header": text}.items():
            if name not in dict(extra):
                part = io.BytesIO()
                np.lib.format.write_array(part, array)
                content.writestr(f"{name}.npy", part.getvalue())
        for name, part in extra:
            with content.open(f"{name}.npy", "w", force_zip64=True) as file_of_part:
                for piece in [part] if isinstance(part, bytes) else part:
                    file_of_part.write(piece)
    return file.getvalue()


# Kinds of harm: (header, arrays, numbers at random) → file


def flipped(header, arrays, rng):
    content = bytearray(pack(header, arrays))
    for place in rng.integers(len(content), size=rng.integers(1, 30)):
        content[place] = rng.integers(256)
    return bytes(content)


def cut(header, arrays, rng):
    content = pack(header, arrays)
    first, last = sorted(rng.integers(len(content), size=2))
    return content[:first] + content[last:] if rng.random() < 0.5 else content[:last]


def places(inside):
    """Return all (dict, key) of a header."""
    found = [(inside, key) for key in inside]
    for value in inside.values():
        if isinstance(value, dict):
            found += places(value)
    return found


def pick(some, rng):
    return some[rng.integers(len(some))]


def put(header, arrays, rng):
    for _ in range(rng.integers(1, 4)):
        inside, key = pick(places(header), rng)
        if rng.random() < 0.1:
            inside[f"more {key}"] = inside.pop(key)
        else:
            inside[key] = pick(ODD + LARGE, rng)
    return pack(header, arrays)


def products(header, arrays, rng):
    """Every number as large as one alone may be, all at once."""
    for inside in (header["settings"], header["world"]["options"]):
        for key, value in inside.items():
            if isinstance(value, (int, float)) and rng.random() < 0.6:
                inside[key] = pick((*LARGE, 21, 9, 5, 3), rng)
    if rng.random() < 0.3:
        header["world"]["name"] = str(pick(list(rk.list_worlds()), rng))
    return pack(header, arrays)


BORDERS = {
    "size": (5, 7, 9, 13, 21, 41), "layouts": (1, 64, 1450, 9000, 100_000, None),
    "discount": (0.5, 0.999), "maker": ("dense", "edge", "tree", "open"),
    "sweeps": (1, 100, 3000, 10_000), "temperature": (1e-6, 1e6),
    "iterations": (1, 100, 3000, 10_000), "solid": (True,), "trees": (2, 5, 10),
    "few": (1, 3), "apples": (1, 5), "monsters": (1, 5), "chase": (0, 1),
    "noise": (0, 1), "updates": (10**9,), "clip": (0, 1e6), "seed": (2**63 - 1,),
}  # fmt: skip


def bordering(header, arrays, rng):
    """Numbers that are just allowed, each by itself."""
    for inside in (header["settings"], header["world"]["options"]):
        for key in inside:
            if key in BORDERS and rng.random() < 0.3:
                inside[key] = pick(BORDERS[key], rng)
    return pack(header, arrays)


def grown(header, arrays, rng):
    """A header of many or of deep things."""
    many = int(10 ** rng.uniform(2, 5.5))
    part = pick(["{},", "[],", "0,", '"",', "[[0]],", "1e9,", "null,"], rng)
    deep = pick(["[" * many + "]" * many, '{"a":' * many + "0" + "}" * many], rng)
    text = pick([f"[{part * many}0]", deep, "9" * many, f'"{"x" * many}"'], rng)
    whole = json.dumps(header)[:-1] + f', "more": {text}}}'
    return pack(header, arrays, [("header", npy(f"({len(whole)},)", "|u1", whole))])


def npy(shape, kind, content):
    """Return an array with a head of its own."""
    data = content.encode() if isinstance(content, str) else content
    head = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}\n"
    return b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head.encode() + data


SHAPES = (
    "(10**9,)", "(1000000000,)", "(99999, 99999, 99999)", "(0, 1000000000)",
    "(1000000000, 0)", "(-1,)", "(2.5,)", "((3,),)", "()", "(1,)" , "(True,)", "'many'",
    "(1152921504606846976, 16)", "(" * 99 + ")" * 99, "(" + "1, " * 40 + ")",
)  # fmt: skip
KINDS = (
    "<f8", "<f4", "|O", "|S9", "<U1000000", "<c16", "<M8[s]", "|V0", "<i8", "|u1", "f2",
)  # fmt: skip


def headed(header, arrays, rng):
    """Arrays whose heads promise other things than there are."""
    name = pick([*arrays, "array_more", "header"], rng)
    data = rng.bytes(int(rng.integers(0, 200)))
    return pack(
        header, arrays, [(name, npy(pick(SHAPES, rng), pick(KINDS, rng), data))]
    )


def recast(header, arrays, rng):
    """Arrays of other shapes, types and numbers."""
    for name in list(arrays):
        array = arrays[name]
        do = rng.integers(8)
        if do == 0:
            array = array.astype(
                pick(["f2", "f8", "g", "c8", "?", "i8", "u1", ">f4"], rng)
            )
        elif do == 1 and array.size and array.dtype.kind == "f":
            array = array.copy()
            array.flat[rng.integers(array.size)] = pick([np.nan, np.inf, -1e38, 0], rng)
        elif do == 2:
            array = np.zeros((int(rng.integers(0, 10**6)), 0), array.dtype)
        elif do == 3:
            array = np.repeat(array, rng.integers(0, 3), 0)
        elif do == 4:
            array = array.T
        elif do == 5:
            array = np.zeros([int(rng.integers(1, 200)) for _ in range(3)], array.dtype)
        arrays[name] = array
    if rng.random() < 0.2:
        arrays.pop(pick([*arrays, "none"], rng), None)
    return pack(header, arrays, compressed=rng.random() < 0.3)


def packed(header, arrays, rng):
    """Archives that are full of things, hold them twice, or unpack to very much."""
    how = rng.integers(6)
    if how == 0:
        some = [(f"array_{k}", b"") for k in range(int(rng.integers(1, 3000)))]
        return pack(header, arrays, some)
    if how == 1:
        name = pick([*arrays, "header"], rng)
        twice = [(name, npy("(3,)", "|u1", b"abc"))] * 2
        return pack(header, arrays, twice)
    if how == 2:
        size = int(10 ** rng.uniform(6, 8.7))
        name = pick([*arrays, "header", "array_x"], rng)
        rest = [bytes(10**6)] * (size // 10**6)
        bomb = [npy(f"({size // 10**6 * 10**6},)", "|u1", b""), *rest]
        return pack(header, arrays, [(name, bomb)], compressed=True)
    content = bytearray(pack(header, arrays, compressed=rng.random() < 0.5))
    if how == 3:  # its list of contents says other sizes
        end = content.rindex(b"PK\1\2")
        content[end + 20 : end + 28] = rng.bytes(8)
    elif how == 4:  # its end says so
        end = content.rindex(b"PK\5\6")
        content[end + 8 : end + 22] = rng.bytes(14)
    else:
        name = pick([b"../../x.npy", b"C:\\\\x.npy\0", b"header.npy\0"], rng)
        content = content.replace(b"header.npy", name)
    return bytes(content)


HARM = (
    flipped, cut, put, products, bordering, bordering, grown, headed, recast, packed
)  # fmt: skip


def act(agent, options):
    """Let an agent act that was loaded.

    In a world that the file has enlarged, only what the agent itself makes of levels:
    what it costs to measure there, it costs everybody.
    """
    world = agent.world
    if world.options == options:
        rk.measure(agent, world.sample(2), episodes=None if world.listed else 2)
    elif agent.trained and world.states < 10_000:
        levels = world.sample(2)
        levels.__dict__["_tables"] = world.tabulate(levels, scaled=False)
        assert agent.policy(levels).shape[0] == 2
    repr(agent)


def peak():
    """Return the most memory so far in MB, and begin again where that is possible."""
    try:
        status = Path("/proc/self/status").read_text("utf-8")
        Path("/proc/self/clear_refs").write_text("5", "utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bound():
    """Let no more memory be had than there is now and a limit above it."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[0])
    most = pages * resource.getpagesize() + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def attempt(where, options):
    said = ""
    try:
        agent = rk.load(where)
    except ValueError as problem:
        said = str(problem)
    if said:
        assert len(said) < 700, "says too much"
        assert "allocate" not in said, "asks for too much memory"
        assert where.name in said, "does not say which file"
        return "refused"
    try:
        act(agent, options)
    except ValueError:
        return "loaded, refused to act"
    return "acted"


def main(first, last):
    warnings.simplefilter("ignore")  # names that are there twice, sums that overflow
    files, ends, wrong, slowest, largest = honest(), Counter(), [], 0.0, 0.0
    for file in files:  # what is done once only is no file's doing
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder, "warm.npz")
            where.write_bytes(file)
            act(rk.load(where), unpack(file)[0]["world"]["options"])
    if sys.platform == "linux":
        bound()
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder, "agent.npz")
        for seed in range(first, last):
            rng = np.random.default_rng([20, seed])
            harm, (header, arrays) = HARM[seed % len(HARM)], unpack(pick(files, rng))
            options = json.loads(json.dumps(header["world"]["options"]))
            where.write_bytes(harm(header, arrays, rng))
            before = peak() and peak()
            began = time.process_time()
            try:
                end = attempt(where, options)
            except BaseException as problem:
                end = "failed"
                wrong.append([seed, harm.__name__, repr(problem)[:300]])
            took, used = time.process_time() - began, peak() - before
            if took > SECONDS or used > MEGABYTES:
                wrong.append([seed, harm.__name__, f"{took:.1f} s, {used:.0f} MB"])
            ends[end] += 1
            slowest, largest = max(slowest, took), max(largest, used)
    print(json.dumps([ends, wrong, round(slowest, 2), round(largest)]))


if __name__ == "__main__":
    np.seterr(all="ignore")
    main(int(sys.argv[1]), int(sys.argv[2]))
