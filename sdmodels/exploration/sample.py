"""Which members does an exploration run, under which values of a lever, and how many at a time?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from sdmodels.catalogue import Change, Entry, Policy, Text, Uncertainty
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError
from sdmodels.experiment.sampling import Sampling, draw
from sdmodels.experiment.settings import find_input
from sdmodels.structure.subscripts import find_scalar

MOST_RUNS: Final = 2**17
"""Runs that are evaluated at once: with some twenty inputs a run they take 0.2 GB."""


def sample_of(
    entry: Entry,
    *,
    members: int,
    seed: int,
    sampling: Sampling = "sobol",
    further: Sequence[Uncertainty] = (),
    lever: str | None = None,
) -> dict[str, Floats]:
    """Draw the uncertain constants of a manifest, and further ones, over their ranges.

    Parameters
    ----------
    members
        1 takes the model's own numbers: nothing is drawn.
    further
        Ranges of more constants, such as levers; one of a constant that the manifest draws takes its place.
    lever
        What is not drawn, because the exploration sets it.

    Returns
    -------
    dict
        By name, shape ``(members,)`` [unit of each].

    Raises
    ------
    UnknownNameError
        If a range is of no constant of the model.
    InputError
        If there are no members, or several and nothing to draw.
    """
    if members < 1:
        raise InputError(
            f"{members} members are asked for.\n    There must be 1 or more.\nGive a whole number."
        )
    ranges = {
        find_scalar(entry.model, each.name): each.model_copy(
            update={"name": find_scalar(entry.model, each.name)}
        )
        for each in (*entry.uncertainties, *further)
    }
    if lever is not None:
        ranges.pop(find_input(entry, lever), None)
    if members > 1 and not ranges:
        raise InputError(
            f"{members} members of '{entry.id}' would all be the same.\n    No range is stated.\n"
            "Write [[uncertainty]] tables in the manifest, give ranges, or ask for one member."
        )
    if members == 1:
        return {}
    return draw(tuple(ranges.values()), members=members, seed=seed, sampling=sampling)


def lever_policies(lever: str, values: Sequence[float], begins: float | None) -> tuple[Policy, ...]:
    """Return one policy for each value of a lever, which takes it at a time and keeps it.

    Parameters
    ----------
    values
        Rising; the first is the reference [unit of the lever].
    begins
        When the lever jumps; ``None`` for before the run [the model's unit of time].

    Raises
    ------
    InputError
        If there are fewer than two values, or they do not rise.
    """
    if len(values) < 2 or any(after <= before for before, after in pairwise(values)):
        raise InputError(
            f"The values of '{lever}' do not rise.\n    {', '.join(f'{value:g}' for value in values)}\n"
            "Give two or more, the lowest, which is the reference, first."
        )
    return tuple(
        Policy(
            id=f"value_{number}",
            title=Text(en=f"{lever} = {value:g}", zh=f"{lever} = {value:g}"),
            meaning=Text(en="One value of a grid", zh="取值网格中的一个值"),
            changes=(Change(name=lever, value=float(value), begins=begins),),
        )
        for number, value in enumerate(values)
    )


def portions(
    sample: Mapping[str, Floats], *, members: int, runs_each: int, most: int
) -> Iterator[tuple[slice, dict[str, Floats]]]:
    """Cut a sample into portions of about equal size.

    Parameters
    ----------
    runs_each
        Runs that a member takes.
    most
        Runs in a portion.

    Yields
    ------
    tuple
        Which members, and their inputs, shape ``(members of the portion,)`` each.
    """
    count = min(members, max(1, -(-members * runs_each // most)))
    for number in range(count):
        part = slice(members * number // count, members * (number + 1) // count)
        yield part, {name: values[part] for name, values in sample.items()}


def shifted(progress: Progress | None, *, done: int, total: int) -> Progress | None:
    """Return a progress that counts on from the runs of earlier portions."""
    if progress is None:
        return None
    report = progress
    return lambda runs, _: report(done + runs, total)
