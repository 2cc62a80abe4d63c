"""For which processor is the code, and how many members does a vector hold there?"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import llvmlite.binding as llvm

# Equations a step up to which a vector takes four registers, or two: more work for each instruction to wait for.
# In larger models values no longer fit into the registers, and compiling wide vectors takes too long. Measured
# on chains of 20 to 2,000 equations, on hotline and on its derivatives, with AVX-512, AVX2 and SSE2.
SMALL: Final = 100
LARGE: Final = 400
# Equations and states beyond which compiling counts more than the last bit of speed, and than half of it: 4,500
# take 17, 9 and 1.7 seconds to compile from the most to the least thorough, and 47, 45 and 86 microseconds to run.
VAST: Final = 1000
ENORMOUS: Final = 3000


@dataclass(frozen=True, kw_only=True)
class Processor:
    """A kind of processor that code is made for.

    Attributes
    ----------
    name
        As LLVM calls it, such as ``x86-64-v3``.
    features
        What it can do beyond what the name says, as LLVM lists it.
    triple
        Machine and system, such as ``aarch64-unknown-linux-gnu``.
    register
        How many numbers one vector register holds: AVX-512 8, AVX 4, SSE2 and NEON 2.
    """

    name: str
    features: str
    triple: str
    register: int

    @property
    def has_permutes(self) -> bool:
        """Whether one instruction looks up entries of a table in registers for 8 members (AVX-512)."""
        return self.register == 8

    def lanes(self, equations: int, *, members: int | None = None) -> int:
        """Return how many members a vector best holds, for a model of so many equations a step.

        Of a few ``members`` no more than these need; but vectors of one are worse than wasteful: LLVM takes the
        square of the model's size to compile them.
        """
        lanes = self._most_lanes(equations)
        while members is not None and lanes > 2 and lanes >= 2 * members:
            lanes //= 2
        return lanes

    def _most_lanes(self, equations: int) -> int:
        if equations <= SMALL:
            return min(16, 4 * self.register)
        return min(8, 2 * self.register) if equations <= LARGE else self.register

    def target(self, equations: int) -> llvm.TargetMachine:
        """Return what makes code for this processor, for a Program of so many equations and states."""
        # In one long stretch of code LLVM's best order of instructions takes the square of its length.
        thorough = 2 if equations <= VAST else 1 if equations <= ENORMOUS else 0
        found = llvm.Target.from_triple(self.triple)
        return found.create_target_machine(cpu=self.name, features=self.features, opt=thorough)


@cache
def host() -> Processor:
    """Return the processor that this runs on. Asked once: asking takes a tenth of a single run."""
    features = llvm.get_host_cpu_features()
    narrow = 4 if features.get("avx", False) else 2
    return Processor(
        name=llvm.get_host_cpu_name(),
        features=features.flatten(),
        triple=llvm.get_process_triple(),
        register=8 if features.get("avx512f", False) else narrow,
    )
