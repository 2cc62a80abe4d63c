"""Which policies are compared, alone or several at once, and in which groups?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sdmodels.catalogue import Entry, Policy, Text
from sdmodels.errors import InputError

PolicyLike = str | Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A policy, or several that hold at once, in the comparison.

    Attributes
    ----------
    policies
        Ids of the manifest, or values. Of several the changes come one after another; those that are the same
        word for word count once.
    id, title
        Of a combination; made from those of its policies if ``None``.
    group
        Such as ``"middle"``; empty for none.
    """

    policies: tuple[PolicyLike, ...]
    id: str | None = None
    title: Text | None = None
    group: str = ""


def policy_of(entry: Entry, candidate: Candidate) -> Policy:
    """Return the one policy that a candidate comes to.

    Raises
    ------
    UnknownNameError
        If the manifest has no such policy.
    InputError
        If the candidate has none.
    """
    parts = [part if isinstance(part, Policy) else entry.policy(part) for part in candidate.policies]
    if not parts:
        raise InputError(
            f"A candidate of the comparison has no policy.\n    {candidate}\n"
            'Name one or more, such as policies=("baseline",).'
        )
    own = {"en": " + ".join(part.title.en for part in parts), "zh": " + ".join(p.title.zh for p in parts)}
    meaning = {
        "en": "; ".join(part.meaning.en for part in parts),
        "zh": "；".join(p.meaning.zh for p in parts),
    }
    return Policy(
        id="_and_".join(part.id for part in parts) if candidate.id is None else candidate.id,
        title=Text(**own) if candidate.title is None else candidate.title,
        meaning=Text(**meaning),
        changes=tuple(dict.fromkeys(change for part in parts for change in part.changes)),
    )


def policies_of(entry: Entry, candidates: Sequence[Candidate], baseline: str) -> tuple[Policy, ...]:
    """Return the policies of the candidates, in their order.

    Raises
    ------
    UnknownNameError, InputError
        As :func:`policy_of` does; and if there are fewer than two, or none has the id of the baseline.
    """
    policies = tuple(policy_of(entry, candidate) for candidate in candidates)
    ids = [policy.id for policy in policies]
    if len(ids) < 2 or baseline not in ids:
        raise InputError(
            f"There are not two policies to rank with '{baseline}' among them.\n"
            f"    {', '.join(ids) or 'none'}\nAdd the baseline, or name another."
        )
    return policies
