"""What did a calibration find, in plain words?"""

from collections.abc import Sequence

import numpy as np

from sdmodels.calibration.calibrating import Calibration
from sdmodels.calibration.convergence import LEAST_EFFECTIVE, MOST_RHAT
from sdmodels.calibration.fit import Fit
from sdmodels.catalogue import Language
from sdmodels.figures.labels import choose
from sdmodels.report.phrases import joined, share
from sdmodels.report.table import readable

# Fewer starts than this at the best optimum make a surface rugged.
RUGGED = 0.3
# So many parameters are told that set optima apart.
APART = 3
# Measurements that lie outside of the middle 90 % of what the model expects.
OUTSIDE = 0.05


def calibration_sentences(calibration: Calibration, language: Language) -> list[str]:
    """Return what was found, the doubtful first."""
    return [
        *_misfits(calibration, language),
        *_alarms(calibration, language),
        _search(calibration, language),
        _sample(calibration, language),
        _learnt(calibration, language),
        *_profiles(calibration, language),
        *_growth(calibration, language),
    ]


def _misfits(calibration: Calibration, language: Language) -> list[str]:
    outside = [
        fit for fit in calibration.fits if not fit.is_peak and not OUTSIDE <= fit.share_below <= 1 - OUTSIDE
    ]
    rest = len(calibration.fits) - len(outside)
    if not outside:
        return [
            choose(
                language,
                en=f"All {rest} observations lie in the middle 90 % of what the model expects.",
                zh=f"全部{rest}个观测值均在模型预期的中间90%范围内。",
            )
        ]
    names = joined([_name(fit, language) for fit in outside], language)
    return [
        choose(
            language,
            en=f"The model does not fit, with parameters inside of their ranges: {names} "
            f"({len(outside)} of {len(calibration.fits)} observations lie outside of the middle 90 % of what it "
            "expects).",
            zh=f"在参数取值范围内，模型与以下观测不符：{names}（{len(calibration.fits)}个观测中有"
            f"{len(outside)}个在模型预期的中间90%范围之外）。",
        )
    ]


def _name(fit: Fit, language: Language) -> str:
    title = fit.observation.observable.title.in_language(language)
    measured, median = readable(fit.observation.level), readable(fit.median)
    return choose(
        language,
        en=f"{title} {fit.observation.when}: {measured} measured, {median} modelled",
        zh=f"{title}（{fit.observation.when}）观测{measured}、模型{median}",
    )


def _alarms(calibration: Calibration, language: Language) -> list[str]:
    case = calibration.case
    found = []
    for judgement in calibration.judgements:
        if judgement.verdict == "bound":
            upper = judgement.at_maximum > judgement.at_minimum
            name = case.title_of(case.parameter(judgement.id), language)
            part = share(max(judgement.at_minimum, judgement.at_maximum), language)
            found.append(
                choose(
                    language,
                    en=f"At its {'upper' if upper else 'lower'} bound: {name}; {part} of the posterior lie in the "
                    "outer twentieth of its range. The model may lack something that this parameter makes up for.",
                    zh=f"触及{'上' if upper else '下'}界：{name}；后验的{part}位于其取值范围最外侧的二十分之一。"
                    "模型可能缺少该参数所替代的机制。",
                )
            )
    return found


def _search(calibration: Calibration, language: Language) -> str:
    search = calibration.search
    starts = len(search.losses)
    best = share(search.share_of_best, language)
    if starts == 1:
        return choose(
            language,
            en=f"The global search ended at a loss of {search.losses[0]:.2f}.",
            zh=f"全局搜索的损失为{search.losses[0]:.2f}。",
        )
    if search.share_of_best >= RUGGED:
        return choose(
            language,
            en=f"{best} of {starts} starts found the best optimum.",
            zh=f"{starts}个起点中有{best}找到最优解。",
        )
    near = share(float((search.losses <= search.losses[0] + 1).mean()), language)
    more = len(search.optima) - 1
    apart = _optima(calibration, language)
    return choose(
        language,
        en=f"The surface is rugged: {best} of {starts} starts found the best optimum, the others ended at "
        f"{more} more; {near} ended within 1 of its loss, where the fit is as good to the eye. What differs most "
        f"between the optima, the best first: {apart}. Read the posterior, which knows all of them, and not the "
        "optimum.",
        zh=f"目标曲面崎岖：{starts}个起点中有{best}找到最优解，其余止于另外{more}个局部最优解；"
        f"{near}的损失与最优解相差不到1，拟合效果相近。各解之间差异最大的参数（最优解在前）：{apart}。"
        "应以涵盖各解的后验分布为准，而非最优解。",
    )


def _optima(calibration: Calibration, language: Language) -> str:
    """Name the parameters that set the optima apart, with their value at each."""
    case, optima = calibration.case, calibration.search.optima
    values = case.space.values_of(optima.T)
    found = []
    for place in np.argsort(-np.ptp(optima, axis=0), kind="stable")[:APART]:
        parameter = case.space.parameters[place]
        numbers = " | ".join(readable(float(f"{value:.2g}")) for value in values[place])
        found.append(f"{case.title_of(parameter, language)} {numbers} {case.unit_of(parameter)}".rstrip())
    return choose(language, en="; ", zh="；").join(found)


def _sample(calibration: Calibration, language: Language) -> str:
    convergence = calibration.sample.convergence
    populations, walkers, _ = calibration.sample.scores.shape
    rhat = float(convergence.rhat.max())
    least = int(min(convergence.bulk.min(), convergence.tail.min()))
    enough = convergence.suffices
    verdict_en = (
        "the sample suffices"
        if enough
        else (
            f"the sample does NOT suffice (R-hat below {MOST_RHAT} and {LEAST_EFFECTIVE:,.0f} are asked for): "
            "ask for more populations or walkers"
        )
    )
    verdict_zh = (
        "样本充分"
        if enough
        else (
            f"样本不充分（要求R-hat低于{MOST_RHAT}、有效样本不少于{LEAST_EFFECTIVE:,.0f}）：请增加种群数或个体数"
        )
    )
    return choose(
        language,
        en=f"{populations} populations of {walkers:,} draws: R-hat at most {rhat:.4f}, at least {least:,} "
        f"effective draws of each parameter; {verdict_en}.",
        zh=f"{populations}个种群、每个{walkers:,}次抽样：R-hat最大{rhat:.4f}，各参数有效样本至少{least:,}；{verdict_zh}。",
    )


def _learnt(calibration: Calibration, language: Language) -> str:
    count = dict.fromkeys(("identified", "informed", "prior", "bound"), 0)
    for judgement in calibration.judgements:
        count[judgement.verdict] += 1
    total = len(calibration.judgements)
    return choose(
        language,
        en=f"Of {total} parameters the data identify {count['identified']}, say something of {count['informed']}, "
        f"leave {count['prior']} to the prior, and push {count['bound']} to a bound.",
        zh=f"{total}个参数中，数据可识别{count['identified']}个、部分识别{count['informed']}个，"
        f"{count['prior']}个由先验决定，{count['bound']}个触及边界。",
    )


def _profiles(calibration: Calibration, language: Language) -> list[str]:
    if not calibration.profiles:
        return []
    case = calibration.case
    closed = [profile for profile in calibration.profiles if all(profile.closes)]
    names = joined([case.title_of(case.parameter(profile.id), language) for profile in closed], language)
    total = len(calibration.profiles)
    return [
        choose(
            language,
            en=f"The likelihood alone holds {len(closed)} of {total} profiled parameters on both sides inside of "
            f"their ranges{': ' + names if closed else ''}.",
            zh=f"仅凭似然，{total}个剖面参数中有{len(closed)}个在取值范围内两侧受限"
            f"{'：' + names if closed else ''}。",
        )
    ]


def _growth(calibration: Calibration, language: Language) -> list[str]:
    growth = calibration.growth
    if growth is None:
        return []
    low, median, high = (share(float(q), language) for q in np.quantile(growth.growth, (0.05, 0.5, 0.95)))
    parts = []
    for cause, shares in zip(growth.causes, growth.shares, strict=True):
        bottom, middle, top = (round(100 * float(q)) for q in np.quantile(shares, (0.05, 0.5, 0.95)))
        parts.append(
            choose(
                language,
                en=f"{cause.title.en} {middle} % ({bottom} to {top})",
                zh=f"{cause.title.zh}{middle}%（{bottom}至{top}）",
            )
        )
    # A number alone is a year only in a calendar.
    in_calendar = calibration.case.calendar.starts is not None
    window = f"{growth.table.window}{'年' if in_calendar and growth.table.window.isdecimal() else ''}"
    said = [
        choose(
            language,
            en=f"Growth in {growth.table.window}: {median} ({low} to {high}), of which "
            f"{joined(parts, language)}.",
            zh=f"{window}增长{median}（{low}至{high}），其中{joined(parts, language)}。",
        )
    ]
    said += _apart(calibration, language)
    return said


def _apart(calibration: Calibration, language: Language) -> list[str]:
    assert calibration.growth is not None
    pairs: Sequence[str] = [
        choose(
            language,
            en=f"{first.title.en} and {second.title.en} (correlation {correlation:.2f})",
            zh=f"{first.title.zh}与{second.title.zh}（相关系数{correlation:.2f}）",
        )
        for first, second, correlation in calibration.growth.inseparable
    ]
    if not pairs:
        return []
    return [
        choose(
            language,
            en=f"The data cannot tell apart {joined(pairs, language)}: more of the one with less of the other fits "
            "as well.",
            zh=f"数据无法区分{joined(pairs, language)}：此多彼少同样拟合。",
        )
    ]
