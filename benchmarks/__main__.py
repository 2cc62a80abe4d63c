"""How is a benchmark run? ``python -m benchmarks engine``, or ``loops``."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from benchmarks import loops
from benchmarks.engine import QUICK, Effort, measure
from benchmarks.ensembles import DisagreementError
from benchmarks.rows import Row, as_json, markdown

INTERRUPTED = 130
# Processes that wait for a core, over the last minute.
QUIET = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code: 0 also where a target is missed."""
    options = parser().parse_args(arguments)
    effort = QUICK if options.quick else Effort()
    if options.members is not None:
        effort = replace(effort, members=options.members)
    rows: list[Row] = []
    code = 0
    load = load_before()
    if load is not None and load > QUIET:
        print(f"This machine is busy (load {load:.1f}): the figures will be noisy.", file=sys.stderr)
    try:
        for row in _measured(options.what, effort, options.members):
            rows.append(row)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except DisagreementError as error:
        print(error, file=sys.stderr)
        return 1
    # With --json the output is for a program; the table still shows on the terminal.
    print(markdown(rows), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(as_json(rows, {**asdict(effort), "load_before": load, "interrupted": code == INTERRUPTED}))
    return code


def _measured(what: str, effort: Effort, members: int | None) -> Iterator[Row]:
    if what == "engine":
        yield from measure(effort, _progress)
    else:
        yield from loops.measure(tries=effort.tries, members=members or loops.MEMBERS, announce=_progress)


def load_before() -> float | None:
    """Return how many processes were running over the last minute, where the system tells."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's arguments."""
    command = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast is the library?")
    what = command.add_subparsers(dest="what", required=True)
    engine = what.add_parser("engine", help="the engine beside C, Simlin, PySD and itself")
    engine.add_argument("--json", action="store_true", help="print JSON; the table goes to standard error")
    engine.add_argument("--quick", action="store_true", help="few members and tries: a test, no figures")
    engine.add_argument("--members", type=_members, help="of the ensembles that are compared (4096)")
    scores = what.add_parser("loops", help="the feedback loops of the hotline model")
    scores.add_argument("--json", action="store_true", help="print JSON; the table goes to standard error")
    scores.add_argument("--quick", action="store_true", help="few tries: a test, no figures")
    scores.add_argument("--members", type=_members, help="of the posterior (1000)")
    return command


def _members(text: str) -> int:
    members = int(text)
    if members < 1:
        raise argparse.ArgumentTypeError(f"{members} is not 1 or more")
    return members


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
