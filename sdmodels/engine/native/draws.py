"""How does a vector of members draw random numbers? The same as :func:`sdmodels.engine.noise.even`."""

from sdmodels.engine.native.writer import Writer
from sdmodels.engine.noise import KEY_STEPS, MULTIPLIERS, ROUNDS, WORD

NAME = "draw"


def draw_function(lanes: int) -> str:
    """Return the text of the function: stream of each lane, step, site and seed in, a number from 0 to 1 out."""
    out = Writer(lanes)
    counter = [
        out.spread("%step", "i64"),
        out.spread("%site", "i64"),
        out.integer("and", "%streams", WORD),
        out.integer("lshr", "%streams", 32),
    ]
    low = out.emit(f"and i64 %seed, {WORD}")
    high = out.emit("lshr i64 %seed, 32")
    for number in range(ROUNDS):
        keys = []
        for word, step in zip((low, high), KEY_STEPS, strict=True):
            moved = out.emit(f"add i64 {word}, {number * step}")
            keys.append(out.spread(out.emit(f"and i64 {moved}, {WORD}"), "i64"))
        first = out.integer("mul", counter[0], MULTIPLIERS[0])
        second = out.integer("mul", counter[2], MULTIPLIERS[1])
        counter = [
            out.integer("xor", out.integer("xor", out.integer("lshr", second, 32), counter[1]), keys[0]),
            out.integer("and", second, WORD),
            out.integer("xor", out.integer("xor", out.integer("lshr", first, 32), counter[3]), keys[1]),
            out.integer("and", first, WORD),
        ]
    joined = out.integer("or", out.integer("shl", counter[0], 32), counter[1])
    whole = out.integer("lshr", joined, 12)
    # 52 bits are a number between 1 and 2 once they have its exponent.
    between = out.from_bits(out.integer("or", whole, 0x3FF0000000000000))
    number_ = out.join("fadd", out.join("fsub", between, out.splat(1.0)), out.splat(2.0**-53))
    head = (
        f"define internal {out.vector} @{NAME}({out.integers} %streams, i64 %step, i64 %site, i64 %seed) {{"
    )
    return "\n".join([head, *out.lines, f"  ret {out.vector} {number_}", "}"])


def draw(out: Writer, streams: str, step: str, site: int) -> str:
    """Return the vector of numbers that the members draw at ``step`` in ``site``."""
    return out.emit(f"call {out.vector} @{NAME}({out.integers} {streams}, i64 {step}, i64 {site}, i64 %seed)")
