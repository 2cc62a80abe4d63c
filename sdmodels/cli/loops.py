"""Which feedback loop of a model is in charge, and how surely?"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from sdmodels.calibration.accepted import posterior_settings
from sdmodels.calibration.case import cases
from sdmodels.catalogue import Entry, Language, Text, load
from sdmodels.cli.output import (
    parse_settings,
    progress,
    rows_of,
    show,
    show_json,
    show_line,
    show_written,
)
from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError, unknown
from sdmodels.report.loop_sentences import loop_sentences
from sdmodels.report.loop_study import LoopStudy, loop_study, write_loop_study
from sdmodels.report.loop_tables import loop_tables
from sdmodels.report.opinions import opinion_sentences

MEMBERS_OF_A_POSTERIOR = 200


def command(
    *,
    model: str,
    settings: Sequence[str],
    policies: Sequence[str],
    scenario: str,
    posterior: str | None,
    members: int | None,
    seed: int,
    at: float | None,
    loops: Sequence[str],
    with_cuts: bool,
    with_opinions: bool,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Score the loops under each policy, print them in order of importance, and write tables and figures."""
    entry = load(model)
    count = members or (1 if posterior is None else MEMBERS_OF_A_POSTERIOR)
    drawn = {**_drawn(entry, posterior, count, seed), **parse_settings(settings)}
    studies = []
    for policy in policies:
        with progress("loops", lang) as report:
            studies.append(
                loop_study(
                    entry,
                    drawn,
                    policy=policy,
                    scenario=scenario,
                    members=count,
                    seed=seed,
                    with_cuts=with_cuts,
                    with_opinions=with_opinions,
                    progress=report,
                )
            )
        _warn_of_failures(studies[-1])
    for id in loops:
        studies[0].scores.loop(id)
    _check_time(studies[0], at)
    with progress("drawing", lang):
        files = write_loop_study(
            studies, out or Path("out") / entry.id / "loops", at=at, loops=loops, language=lang
        )
    if as_json:
        show_json(
            {
                "model": entry.id,
                "policies": [_document(s, lang) for s in studies],
                "files": [*map(str, files)],
            }
        )
        return
    for study in studies:
        if len(studies) > 1:
            show_line(Text(en=f"Policy: {study.title.en}", zh=f"政策：{study.title.zh}"), lang)
        show(loop_tables(study.scores, study.cuts, lang), lang)
        for sentence in _sentences(study, lang):
            show_line(Text(en=sentence, zh=sentence), lang)
    show_written(list(files), lang, titles=files)


def _drawn(entry: Entry, case: str | None, members: int, seed: int) -> Mapping[str, float | Floats]:
    """Return what a posterior draws, one number a member; nothing without a case."""
    if case is None:
        return {}
    if case not in cases():
        raise unknown("case", case, cases())
    if members == 1:
        raise InputError(
            f"--posterior {case} draws members, and one is asked for.\n    --members 1\n"
            "Ask for more, or leave --posterior out: one run takes the model's own numbers."
        )
    return posterior_settings(entry, case, members=members, seed=seed)


def _check_time(study: LoopStudy, at: float | None) -> None:
    begin, end = (float(study.behaviour["time"].values[place]) for place in (0, -1))
    if at is not None and not begin <= at <= end:
        raise InputError(
            f"--at {at:g} is outside of the run.\n    it goes from {begin:g} to {end:g}\n"
            "Give a time in between; without --at the widths are means over time."
        )


def _warn_of_failures(study: LoopStudy) -> None:
    status = study.scores.scores["status"].values
    failed = int((status != "ok").sum())
    if failed:
        text = f"{failed} of {status.size} members failed and are left out; the first: {status[status != 'ok'][0]}."
        Console(stderr=True, soft_wrap=True).print(text, markup=False)


def _document(study: LoopStudy, language: Language) -> dict[str, object]:
    return {
        "policy": study.policy,
        "tables": {
            table.title.en: rows_of(table) for table in loop_tables(study.scores, study.cuts, language)
        },
        "findings": _sentences(study, language),
    }


def _sentences(study: LoopStudy, language: Language) -> list[str]:
    others = [] if study.opinions is None else opinion_sentences(study.opinions, language)
    return [*loop_sentences(study.scores, study.cuts, language), *others]
