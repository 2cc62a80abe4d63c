"""Show that the calibration of a case finds what is true.

    python docs/recovery.py [--case city_2019_2021] [--data-sets 50] [--walkers 1024] [--language en zh]

Data sets are drawn from the priors and the noise of the case, and each is calibrated: forty minutes for the city on
two cores. Results are kept in the store, so that the same command goes on after an interruption, or to more data
sets. It writes calibration/recovery.csv, a row a parameter, and figures/recovery_LANGUAGE.png.
"""

import argparse
import sys
from pathlib import Path

from sdmodels import save
from sdmodels.calibration.case import load_case
from sdmodels.calibration.recovered import Recovery
from sdmodels.calibration.recovery import recover
from sdmodels.catalogue import Language
from sdmodels.figures.recovery import recovery_figure
from sdmodels.whole import whole


def main() -> None:
    """Recover, write the table and the figures, and print what they say in a few lines."""
    options = _parser().parse_args()
    found = recover(
        load_case(options.case),
        data_sets=options.data_sets,
        populations=options.populations,
        walkers=options.walkers,
        seed=options.seed,
        store=options.store / f"{options.case}_{options.walkers}",
        progress=_progress,
    )
    path = options.out / "calibration" / "recovery.csv"
    with whole(path) as file:
        found.table().to_csv(file, index=False, float_format="%.4g", lineterminator="\n")
    print(path)
    languages: tuple[Language, ...] = tuple(options.language)
    for language in languages:
        print(save(recovery_figure(found, language), options.out / "figures" / f"recovery_{language}.png"))
    print(_summary(found))


def _summary(found: Recovery) -> str:
    sure, every = found.coverage(identified=True), found.coverage()
    return "\n".join(
        [
            f"data sets: {len(found.rank)}, drawn again: {found.again.sum()}",
            *(
                f"coverage, {what}: {each.share:.1%} of {each.count}, "
                f"95 % interval {each.low:.1%} to {each.high:.1%}"
                for what, each in (("identified", sure), ("all", every))
            ),
            f"uniform ranks of all parameters, Bonferroni: p = {found.p_all_uniform:.3g}",
            f"uniform ranks, pooled: p = {found.p_pooled():.3g}; "
            f"identified: p = {found.p_pooled(identified=True):.3g}",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--case", default="city_2019_2021")
    parser.add_argument("--data-sets", type=int, default=50)
    parser.add_argument("--populations", type=int, default=2)
    parser.add_argument("--walkers", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", nargs="+", choices=("en", "zh"), default=["en"])
    parser.add_argument("--store", type=Path, default=Path("out/recovery"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    return parser


def _progress(done: int, total: int) -> None:
    print(f"{done} of {total} data sets", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
