"""The 12345 hotline of B City, one street: written by hand from its documentation page alone.

The page gives every equation, unit, table and number; nothing here was made by parsing it.  Weeks are the
unit of time.  Names of variables are those of the page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

Values = dict[str, float]
Change = tuple[str, float, float | None]

INITIAL_TIME = 0.0
HELD = (
    "Reference Closed Share",
    "Reference Routine Problems",
    "Reference New Orders",
    "Reference Rookie Share",
    "Reference Order Hours",
    "Routine Hours Needed",
)
SMALL = 1e-6  # a divisor smaller than this in size counts as 0

CONSTANTS: dict[str, float] = {
    "Application Intensity": 0.1,
    "Reference Application Intensity": 0.1,
    "Relative Resource Input": 1.0,
    "Relative Assessment": 1.0,
    "Adaptive Gain": 0.0,
    "Leadership Ambition": 0.0,
    "Access Driver": 1.0,
    "Demand Multiplier": 1.0,
    "Epidemic Problems": 0.0,
    "Consultations": 130.0,
    "Epidemic Consultations": 0.0,
    "Base Problem Generation": 600.0,
    "Cross Boundary Share": 0.15,
    "Switch Busier But Ineffective": 1.0,
    "First Order Solving Time": 5.0,
    "First Order Margin": 1.0,
    "Switch Left Undone": 1.0,
    "Expiry Time": 40.0,
    "Report Time": 4.0,
    "Regular Hotline Share": 0.015,
    "Regular Silent Share": 0.4,
    "Regular Spill Over Share": 0.12,
    "Basic Access": 0.33,
    "Choice Sharpness": 1.5,
    "Switch It Works So Call": 1.0,
    "First Order Promotion": 0.0,
    "Switch Shifting The Burden": 1.0,
    "Switch Give Up": 1.0,
    "Regular Unreasonable Demands": 7.0,
    "Intake Filter": 0.0,
    "Switch Filter": 1.0,
    "Switch Ask And You Shall Get": 1.0,
    "Deadline": 1.5,
    "Minimum Closing Time": 0.5,
    "Switch Solved Problems Do Not Call": 1.0,
    "Return Time": 6.0,
    "Repeat Share": 0.55,
    "Switch Lower The Bar": 1.0,
    "Systemic Fixing Share": 0.0,
    "Proactive Share": 0.0,
    "Protected Routine Share": 0.4,
    "Priority Per Intensity": 6.0,
    "Switch All Hands": 1.0,
    "Attention Adjustment Time": 3.0,
    "Highest Pressure": 6.0,
    "Standard Time Per Order": 11.0,
    "Minimum Time Per Order": 1.0,
    "Switch Cut Corners": 1.0,
    "Switch Standards Slide": 1.0,
    "Anchor On Outside Standard": 0.6,
    "Fast Drift Time": 40.0,
    "Slow Drift Time": 120.0,
    "Spare Hours Share": 0.12,
    "Time To Erode Routine Work": 39.0,
    "Time To Build Routine Work": 104.0,
    "Establishment": 300.0,
    "Reference Establishment": 300.0,
    "Quit Fraction": 0.003,
    "Assimilation Time": 52.0,
    "Hiring Time": 40.0,
    "Switch Burn Out": 1.0,
    "Temporary Posts": 0.0,
    "Temporary Response": 0.1,
    "Switch Staff Up": 1.0,
    "Rookie Productivity": 0.45,
    "Switch Green Hands": 1.0,
    "Hours Per Person": 40.0,
    "Switch Work Harder": 1.0,
    "Burnout Time": 30.0,
    "Switch Passive Governance": 1.0,
    "Weight Of Resolution": 0.4,
    "Weight Of Satisfaction": 0.4,
    "Scored By Repeats": 0.0,
    "Exclusion Quota": 0.13,
    "Exclusion By Unreasonableness": 0.0,
    "Soothed Share": 0.3,
    "Target Stretch": 0.2,
    "Switch Ranking Ratchet": 1.0,
    "Practice Adjustment Time": 20.0,
    "Appeasement Per Pressure": 5.0,
    "Regular Resolution": 0.55,
    "Full Authority": 0.92,
    "Intensity At Half Authority": 0.3,
    "Switch Haste Makes Calls": 1.0,
    "Switch Disappointment": 1.0,
    "Expectation Time": 78.0,
    "Switch Rising Expectations": 1.0,
    "Time To Lose Trust": 13.0,
    "Time To Gain Trust": 26.0,
    "Information Dilution": 0.8,
    "Switch Paper Success": 1.0,
    "Switch Proactive Governance": 1.0,
    "Fixing Productivity": 3e-06,
    "Cause Regeneration Time": 156.0,
}

TABLES: dict[str, tuple[tuple[float, float], ...]] = {
    "Table For Problems From Decay": ((0.0, 2.2), (0.25, 1.9), (0.5, 1.5), (0.75, 1.2), (1.0, 1.0)),
    "Table For Mobilisation": (
        (0.0, 0.92),
        (0.05, 0.97),
        (0.1, 1.0),
        (0.2, 1.03),
        (0.4, 1.06),
        (0.8, 1.08),
        (1.5, 1.08),
    ),
    "Table For Time From Pressure": (
        (0.0, 1.12),
        (0.5, 1.08),
        (0.75, 1.04),
        (1.0, 1.0),
        (1.25, 0.9),
        (1.5, 0.82),
        (2.0, 0.68),
        (3.0, 0.52),
        (6.0, 0.35),
    ),
    "Table For Routine Condition": ((0.0, 0.0), (0.25, 0.35), (0.5, 0.62), (0.75, 0.83), (1.0, 1.0)),
    "Table For Overtime": ((0.0, 1.0), (1.0, 1.0), (1.25, 1.12), (1.5, 1.22), (2.0, 1.3), (3.0, 1.3)),
    "Table For Effort From Burnout": (
        (0.8, 1.0),
        (1.0, 1.0),
        (1.1, 0.95),
        (1.2, 0.88),
        (1.4, 0.78),
        (1.7, 0.7),
        (2.0, 0.65),
    ),
    "Table For Gaming": ((0.0, 0.0), (0.02, 0.05), (0.05, 0.2), (0.1, 0.45), (0.2, 0.75), (0.4, 0.95)),
    "Table For Resolution From Time": (
        (0.0, 0.0),
        (0.15, 0.03),
        (0.3, 0.15),
        (0.5, 0.42),
        (0.7, 0.7),
        (0.85, 0.87),
        (1.0, 1.0),
        (1.2, 1.05),
    ),
    "Table For Experience From Speed": (
        (0.0, 0.3),
        (0.25, 0.35),
        (0.4, 0.6),
        (0.67, 0.85),
        (1.0, 1.0),
        (2.0, 1.01),
        (3.0, 1.02),
        (6.0, 1.02),
    ),
    "Table For Experience From Expectation": ((0.0, 0.5), (0.5, 0.85), (1.0, 1.0), (1.5, 1.08), (2.0, 1.12)),
}


def zidz(a: float, b: float) -> float:
    """Return a / b, and 0 where b is 0."""
    return xidz(a, b, 0.0)


def xidz(a: float, b: float, otherwise: float) -> float:
    """Return a / b, and `otherwise` where b is 0."""
    return otherwise if abs(b) < SMALL else a / b


def look_up(table: str, x: float) -> float:
    """Return the value of a table: straight lines between its points, level beyond its ends."""
    points = TABLES[table]
    if x <= points[0][0]:
        return points[0][1]
    if x >= points[-1][0]:
        return points[-1][1]
    k = bisect_right(points, x, key=lambda point: point[0])
    (x0, y0), (x1, y1) = points[k - 1], points[k]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _add_references(v: Values, held: Values | None) -> None:
    """Add what holds in balance; the INITIAL() values come from `held` once they are known."""
    v["Reference Closed Share"] = closed = (
        v["Expiry Time"] / (v["Expiry Time"] + v["Deadline"])
        if held is None
        else held["Reference Closed Share"]
    )
    v["Reference Orders Per Report"] = per_report = 1 / (
        1 - v["Repeat Share"] * (1 - v["Regular Resolution"]) * closed
    )
    left_by_order = (1 - (1 - v["Regular Resolution"]) * closed) * per_report
    v["Reference Leaving Rate"] = leaving = (
        1 / v["Expiry Time"] + v["Regular Hotline Share"] / v["Report Time"] * left_by_order
    )
    generation = (1 - v["Cross Boundary Share"]) * v["Base Problem Generation"]
    v["First Order Capacity"] = capacity = generation * v["First Order Margin"]
    v["Reference Routine Problems"] = max(
        generation / (1 / v["First Order Solving Time"] + leaving),
        (generation - capacity) / leaving,
    )
    v["Reference Spill Over Problems"] = (
        v["Cross Boundary Share"]
        * v["Base Problem Generation"]
        / (1 / v["Expiry Time"] + v["Regular Spill Over Share"] / v["Report Time"] * left_by_order)
    )
    v["Reference New Orders"] = (
        (
            v["Reference Routine Problems"] * v["Regular Hotline Share"]
            + v["Reference Spill Over Problems"] * v["Regular Spill Over Share"]
        )
        / v["Report Time"]
        * per_report
    )
    turnover = v["Quit Fraction"] * v["Assimilation Time"]
    v["Reference Rookie Share"] = turnover / (1 + turnover)
    v.update(_initial_values(v) if held is None else held)


def _initial_values(v: Values) -> Values:
    """Return the INITIAL() values, from the references at the initial time."""
    order_hours = (
        (v["Reference New Orders"] + v["Regular Unreasonable Demands"])
        * v["Reference Closed Share"]
        * v["Standard Time Per Order"]
    )
    normal_hours = (1 - v["Spare Hours Share"]) * v["Reference Establishment"] * v["Hours Per Person"]
    return {
        "Reference Order Hours": order_hours,
        "Routine Hours Needed": max(0.0, normal_hours - order_hours),
    }


def _add_intensity(v: Values) -> None:
    """Add how strongly the hotline is applied."""
    intensity = max(0.0, v["Application Intensity"] + v["Intensity Adjustment"])
    v["Resource Input"] = intensity * v["Relative Resource Input"]
    v["Assessment Intensity"] = intensity * v["Relative Assessment"]


def _add_choice(v: Values) -> None:
    """Add the choice of a channel by residents."""
    access = v["Basic Access"] + (1 - v["Basic Access"]) * (
        v["Resource Input"] / v["Reference Application Intensity"]
    )
    trust = 1 + v["Switch It Works So Call"] * (v["Trust In Hotline"] / v["Regular Resolution"] - 1)
    v["Hotline Appeal"] = access * v["Access Driver"] * trust ** v["Choice Sharpness"]
    street = 1 + v["Switch Shifting The Burden"] * (v["Trust In First Order"] - 1)
    v["First Order Appeal"] = (1 + v["First Order Promotion"]) * street ** v["Choice Sharpness"]

    give_up = v["Switch Give Up"]
    silent = v["Regular Silent Share"]
    by_hotline = v["Regular Hotline Share"] * v["Hotline Appeal"]
    by_street = (1 - v["Regular Hotline Share"] - silent) * v["First Order Appeal"]
    v["Hotline Share Of Routine"] = give_up * by_hotline / (by_hotline + by_street + silent) + (
        1 - give_up
    ) * (1 - silent) * zidz(by_hotline, by_hotline + by_street)
    regular = v["Regular Spill Over Share"]
    appeal = v["Hotline Appeal"]
    v["Hotline Share Of Spill Over"] = regular * (
        1 - give_up + give_up * appeal / (1 + regular * (appeal - 1))
    )


def _add_problems(v: Values) -> None:
    """Add how problems arise, expire and are reported."""
    v["Routine Generation"] = (
        (1 - v["Cross Boundary Share"])
        * v["Base Problem Generation"]
        * v["Demand Multiplier"]
        * v["Systemic Causes"]
        * look_up(
            "Table For Problems From Decay",
            1 + v["Switch Busier But Ineffective"] * (v["Routine Work Condition"] - 1),
        )
    )
    v["Spill Over Generation"] = (
        v["Cross Boundary Share"] / (1 - v["Cross Boundary Share"]) * v["Routine Generation"]
        + v["Epidemic Problems"]
    )
    v["Routine Expiry"] = v["Routine Problems"] / v["Expiry Time"]
    v["Spill Over Expiry"] = v["Spill Over Problems"] / v["Expiry Time"]
    v["Routine Reporting"] = v["Routine Problems"] / v["Report Time"] * v["Hotline Share Of Routine"]
    v["Spill Over Reporting"] = v["Spill Over Problems"] / v["Report Time"] * v["Hotline Share Of Spill Over"]


def _add_orders(v: Values) -> None:
    """Add orders that come in, and paper closings that come back."""
    returning = v["Superficially Closed Orders"] / v["Return Time"]
    lapse = returning * (1 - v["Repeat Share"])
    v["Repeat Calls"] = returning * v["Repeat Share"]
    v["Spill Over Lapse"] = lapse * zidz(
        v["Spill Over Reporting"], v["Routine Reporting"] + v["Spill Over Reporting"]
    )
    v["Routine Lapse"] = lapse - v["Spill Over Lapse"]
    regular_open = v["Regular Unreasonable Demands"] * v["Reference Closed Share"] * v["Deadline"]
    crowding = zidz(v["Unreasonable Orders"], v["Unreasonable Orders"] + regular_open)
    v["Unreasonable Demands"] = (
        v["Regular Unreasonable Demands"]
        * v["Unreasonable Habit"]
        * v["Hotline Share Of Spill Over"]
        / v["Regular Spill Over Share"]
        * (1 - v["Intake Filter"] * (0.5 + v["Switch Filter"] * (crowding - 0.5)))
    )
    v["New Orders"] = (
        v["Routine Reporting"] + v["Spill Over Reporting"] + v["Repeat Calls"] + v["Unreasonable Demands"]
    )
    v["Contacts"] = v["New Orders"] + v["Consultations"] * v["Access Driver"] + v["Epidemic Consultations"]
    v["Repeat Share Of Orders"] = zidz(v["Repeat Calls"], v["New Orders"])


def _add_exclusion(v: Values) -> None:
    """Add what share of orders is unreasonable, and how much of that is excluded."""
    v["Unreasonable Share"] = zidz(v["Unreasonable Orders"], v["Unreasonable Orders"] + v["Order Backlog"])
    v["Excluded Share Of Unreasonable"] = v["Exclusion By Unreasonableness"] * min(
        1.0,
        xidz(v["Exclusion Quota"] * min(1.0, v["Assessment Intensity"]), v["Unreasonable Share"], 1.0),
    )


def _add_staff(v: Values) -> None:
    """Add people, what they can do, and the hours that they deliver."""
    v["Staff"] = v["Experienced Staff"] + v["Rookies"] + v["Temporary Staff"]
    green = xidz(v["Rookies"] + v["Temporary Staff"], v["Staff"], v["Reference Rookie Share"])
    v["Skill"] = 1 + v["Switch Green Hands"] * (1 - v["Rookie Productivity"]) * (
        v["Reference Rookie Share"] - green
    )
    excluded = v["Excluded Share Of Unreasonable"]
    planned_time = v["Standard Time Per Order"] + v["Switch Lower The Bar"] * (
        v["Working Standard"] - v["Standard Time Per Order"]
    )
    v["Required Order Hours"] = (
        (v["Order Backlog"] + (1 - excluded) * v["Unreasonable Orders"]) * planned_time
        + excluded * v["Unreasonable Orders"] * v["Minimum Time Per Order"]
    ) / v["Deadline"]
    normal_hours = v["Staff"] * v["Skill"] * v["Hours Per Person"]
    v["Workload"] = min(
        v["Highest Pressure"],
        xidz(
            v["Required Order Hours"] + v["Routine Hours Needed"],
            normal_hours * (1 - v["Systemic Fixing Share"] - v["Proactive Share"]),
            v["Highest Pressure"],
        ),
    )
    v["Overtime"] = 1 + v["Switch Work Harder"] * (look_up("Table For Overtime", v["Workload"]) - 1)
    effort = 1 + v["Switch Passive Governance"] * (look_up("Table For Effort From Burnout", v["Burnout"]) - 1)
    v["Weekly Hours"] = normal_hours * v["Overtime"] * effort
    v["Hiring"] = max(
        0.0,
        v["Establishment"] * (1 - v["Reference Rookie Share"]) * v["Quit Fraction"]
        + (v["Establishment"] - v["Experienced Staff"] - v["Rookies"]) / v["Hiring Time"],
    )
    v["Assimilation"] = v["Rookies"] / v["Assimilation Time"]
    v["Quits"] = (
        v["Experienced Staff"]
        * v["Quit Fraction"]
        * (1 + v["Switch Burn Out"] * (v["Burnout"] * v["Burnout"] - 1))
    )


def _add_hours(v: Values) -> None:
    """Add how hours are divided, and the time that an order gets."""
    v["Available Hours"] = v["Weekly Hours"] * (1 - v["Systemic Fixing Share"] - v["Proactive Share"])
    v["Hours On Orders"] = min(
        v["Attention To Orders"], (1 - v["Protected Routine Share"]) * v["Available Hours"]
    )
    v["Routine Hours"] = v["Available Hours"] - v["Hours On Orders"]
    v["Order Pressure"] = min(
        v["Highest Pressure"],
        xidz(v["Required Order Hours"], v["Hours On Orders"], v["Highest Pressure"]),
    )
    usual_time = v["Standard Time Per Order"] + v["Switch Standards Slide"] * (
        v["Working Standard"] - v["Standard Time Per Order"]
    )
    cut = look_up("Table For Time From Pressure", v["Order Pressure"])
    v["Time Per Order"] = max(
        v["Minimum Time Per Order"], usual_time * (1 + v["Switch Cut Corners"] * (cut - 1))
    )
    v["Routine Effort"] = min(1.0, xidz(v["Routine Hours"], v["Routine Hours Needed"], 1.0))
    v["Order Share Of Hours"] = zidz(v["Hours On Orders"], v["Weekly Hours"])
    v["Slack"] = xidz(v["Available Hours"] - v["Routine Hours Needed"], v["Routine Hours Needed"], 0.0)
    v["Load"] = zidz(v["Required Order Hours"], v["Routine Hours Needed"])


def _add_closing(v: Values) -> None:
    """Add how orders are closed, really and on paper."""
    fastest = 1 / v["Minimum Closing Time"]
    time = v["Time Per Order"]
    unreasonable_time = time - v["Excluded Share Of Unreasonable"] * (time - v["Minimum Time Per Order"])
    all_hours = v["Order Backlog"] * time + v["Unreasonable Orders"] * unreasonable_time
    v["Closing Fraction"] = min(fastest, xidz(v["Hours On Orders"], all_hours, fastest))

    half = v["Intensity At Half Authority"]
    visibility = 1 + v["Hotline Share Of Routine"] - v["Regular Hotline Share"]
    v["Solving Authority"] = max(
        0.0,
        v["Full Authority"]
        - (v["Full Authority"] - v["Regular Resolution"])
        * (half + v["Reference Application Intensity"])
        / (half + (v["Assessment Intensity"] + v["Resource Input"]) / 2 * visibility),
    )
    haste = 1 + v["Switch Haste Makes Calls"] * (xidz(time, v["Standard Time Per Order"], 1.0) - 1)
    v["Real Resolution Share"] = min(
        1.0,
        v["Solving Authority"] * v["Skill"] * look_up("Table For Resolution From Time", haste),
    )
    closing = v["Order Backlog"] * v["Closing Fraction"]
    v["Real Closing"] = v["Switch Solved Problems Do Not Call"] * closing * v["Real Resolution Share"]
    v["Superficial Closing"] = closing - v["Real Closing"]
    v["Unreasonable Closing"] = v["Unreasonable Orders"] * (v["Closing Fraction"] + 1 / v["Expiry Time"])
    v["Withdrawal"] = v["Order Backlog"] / v["Expiry Time"]
    v["True Resolution"] = zidz(
        v["Real Closing"], (v["Order Backlog"] + v["Unreasonable Orders"]) * v["Closing Fraction"]
    )


def _add_solving(v: Values) -> None:
    """Add what the street solves by itself, and what that leaves."""
    at_most = v["Routine Problems"] / v["First Order Solving Time"]
    effort = 1 + v["Switch Left Undone"] * (v["Routine Effort"] - 1)
    condition = 1 + v["Switch Busier But Ineffective"] * (v["Routine Work Condition"] - 1)
    v["First Order Solving"] = look_up("Table For Mobilisation", v["Assessment Intensity"]) * min(
        at_most, v["First Order Capacity"] * effort * condition
    )
    v["Proactive Solving"] = min(
        at_most,
        zidz(v["First Order Capacity"], v["Routine Hours Needed"])
        * v["Proactive Share"]
        * v["Weekly Hours"]
        * v["Cause Knowledge"]
        * min(1.0, (1 - v["Hotline Share Of Routine"]) / (1 - v["Regular Hotline Share"])),
    )
    v["Unresolved Burden"] = (
        v["Routine Problems"]
        + v["Spill Over Problems"]
        + v["Order Backlog"]
        + v["Superficially Closed Orders"]
    )


def _add_experience(v: Values) -> None:
    """Add what residents meet and what they make of it."""
    felt = v["Switch Disappointment"]
    authority = v["Solving Authority"]
    speed = 1 + felt * (v["Closing Fraction"] * v["Deadline"] - 1)
    v["Perceived Performance"] = min(
        1.0,
        (authority + felt * (v["Real Resolution Share"] - authority))
        * look_up("Table For Experience From Speed", speed),
    )
    v["Hotline Experience"] = min(1.0, v["Perceived Performance"] * _surprise(v))


def _surprise(v: Values) -> float:
    """Return how expectation colours what residents meet."""
    return look_up(
        "Table For Experience From Expectation", xidz(v["Perceived Performance"], v["Expectation"], 1.0)
    )


def _add_assessment(v: Values) -> None:
    """Add what is reported, the score and the pressure that it makes."""
    by_unreasonableness = v["Exclusion By Unreasonableness"]
    unreasonable = v["Unreasonable Share"]
    v["Unsolved Share"] = (
        1 - v["Real Resolution Share"] * (1 - unreasonable) - v["Appeasement"] * unreasonable
    )
    v["Excluded Share"] = v["Excluded Share Of Unreasonable"] * unreasonable + (
        1 - by_unreasonableness
    ) * min(v["Exclusion Quota"] * min(1.0, v["Assessment Intensity"]), v["Unsolved Share"])
    v["Reported Resolution"] = 1 - max(0.0, v["Unsolved Share"] - v["Excluded Share"]) * (1 - v["Gaming"]) / (
        1 - v["Excluded Share"]
    )
    soothed = v["Reported Resolution"] + (1 - v["Reported Resolution"]) * v["Soothed Share"]
    v["Reported Satisfaction"] = min(1.0, soothed * _surprise(v))
    by_repeats = v["Scored By Repeats"]
    v["Assessment Score"] = (
        1
        - (1 - by_repeats)
        * (
            v["Weight Of Resolution"] * (1 - v["Reported Resolution"])
            + v["Weight Of Satisfaction"] * (1 - v["Reported Satisfaction"])
        )
        - by_repeats * (v["Weight Of Resolution"] + v["Weight Of Satisfaction"]) * v["Repeat Share Of Orders"]
    )
    v["Assessment Pressure"] = max(
        0.0, v["Assessment Intensity"] - v["Reference Application Intensity"]
    ) * max(0.0, v["Target"] - v["Assessment Score"])


def _add_attention(v: Values) -> None:
    """Add the hours that orders would get."""
    required = v["Required Order Hours"]
    needed = v["Routine Hours Needed"]
    available = v["Available Hours"]
    priority = 1 + v["Priority Per Intensity"] * v["Assessment Intensity"] * (1 + v["Assessment Pressure"])
    wanted = v["Reference Order Hours"] + v["Switch All Hands"] * (required - v["Reference Order Hours"])
    indicated = min(
        (1 - v["Protected Routine Share"]) * available,
        wanted,
        max(available - needed, available * zidz(required, required + needed / priority)),
    )
    v["Change In Attention"] = (indicated - v["Attention To Orders"]) / v["Attention Adjustment Time"]


def _add_changes(v: Values) -> None:
    """Add how norms, condition, trust and causes change."""
    anchor = v["Anchor On Outside Standard"]
    gap = anchor * v["Standard Time Per Order"] + (1 - anchor) * v["Time Per Order"] - v["Working Standard"]
    v["Change In Standard"] = min(gap / v["Fast Drift Time"], gap / v["Slow Drift Time"])
    gap = look_up("Table For Routine Condition", v["Routine Effort"]) - v["Routine Work Condition"]
    v["Change In Routine Condition"] = min(
        gap / v["Time To Erode Routine Work"], gap / v["Time To Build Routine Work"]
    )
    gap = _asked_score(v) - v["Target"]
    v["Change In Target"] = v["Switch Ranking Ratchet"] * max(
        gap / v["Fast Drift Time"], gap / v["Slow Drift Time"]
    )
    gap = v["Hotline Experience"] - v["Trust In Hotline"]
    v["Change In Trust"] = min(gap / v["Time To Lose Trust"], gap / v["Time To Gain Trust"])
    v["Change In Causes"] = (1 - v["Systemic Causes"]) / v["Cause Regeneration Time"] - (
        v["Fixing Productivity"]
        * v["Systemic Fixing Share"]
        * v["Weekly Hours"]
        * v["Cause Knowledge"]
        * v["Systemic Causes"]
    )


def _asked_score(v: Values) -> float:
    """Return the score that ranking asks for, given the score reached."""
    return v["Assessment Score"] + v["Target Stretch"] * (1 - v["Assessment Score"])


SECTORS: tuple[Callable[[Values], None], ...] = (
    _add_intensity,
    _add_choice,
    _add_problems,
    _add_orders,
    _add_exclusion,
    _add_staff,
    _add_hours,
    _add_closing,
    _add_solving,
    _add_experience,
    _add_assessment,
    _add_attention,
    _add_changes,
)


def evaluate(state: Values, c: Values, held: Values | None) -> Values:
    """Return every variable at one time, constants and stocks among them; `held` has the INITIAL() values."""
    values = {**c, **state}
    _add_references(values, held)
    for add in SECTORS:
        add(values)
    return values


def initial_held(c: Values) -> Values:
    """Return the INITIAL() values that belong to these constants."""
    values = dict(c)
    _add_references(values, None)
    return {name: values[name] for name in HELD}


def initial_state(c: Values) -> Values:
    """Return the start of every stock; that of the target comes last, from the score that the others give."""
    r = dict(c)
    _add_references(r, None)
    orders = r["Reference New Orders"] * r["Reference Closed Share"]
    state = {
        "Routine Problems": r["Reference Routine Problems"],
        "Spill Over Problems": r["Reference Spill Over Problems"],
        "Order Backlog": orders * r["Deadline"],
        "Unreasonable Orders": (
            r["Regular Unreasonable Demands"] * r["Reference Closed Share"] * r["Deadline"]
        ),
        "Superficially Closed Orders": orders * (1 - r["Regular Resolution"]) * r["Return Time"],
        "Attention To Orders": r["Reference Order Hours"],
        "Working Standard": r["Standard Time Per Order"],
        "Routine Work Condition": 1.0,
        "Rookies": r["Establishment"] * r["Reference Rookie Share"],
        "Experienced Staff": r["Establishment"] * (1 - r["Reference Rookie Share"]),
        "Target": 1.0,  # stands in until the score is known; the score does not depend on it
        "Trust In Hotline": r["Regular Resolution"],
        "Systemic Causes": 1.0,
        "Intensity Adjustment": 0.0,
        "Unreasonable Habit": 1.0,
        "Temporary Staff": r["Temporary Posts"],
        "Burnout": 1.0,
        "Gaming": 0.0,
        "Appeasement": 0.0,
        "Expectation": r["Regular Resolution"],
        "Trust In First Order": 1.0,
        "Cause Knowledge": 1.0,
    }
    state["Target"] = _asked_score(evaluate(state, c, None))
    return state


def _smoothing(v: Values) -> dict[str, tuple[float, float]]:
    """Return input and time of every variable that is smoothed."""
    practice = v["Practice Adjustment Time"]
    overload = min(1.0, max(0.0, v["Workload"] - 1))
    concession = min(
        1.0,
        v["Appeasement Per Pressure"]
        * v["Assessment Pressure"]
        * (1 - v["Scored By Repeats"])
        * v["Weight Of Satisfaction"],
    )
    solved_share = xidz(v["First Order Solving"], v["Routine Problems"], 1 / v["First Order Solving Time"])
    usual_time = max(
        v["First Order Solving Time"], v["Reference Routine Problems"] / v["First Order Capacity"]
    )
    reasonable = v["New Orders"] - v["Unreasonable Demands"]
    news = 2 * xidz(reasonable, reasonable + v["Reference New Orders"], 0.5) - 1
    return {
        "Intensity Adjustment": (
            v["Adaptive Gain"] * (1 - v["Workload"])
            + v["Leadership Ambition"] * max(0.0, v["Reported Resolution"] - v["Regular Resolution"]),
            practice,
        ),
        "Unreasonable Habit": (
            1 + v["Switch Ask And You Shall Get"] * v["Appeasement"],
            v["Expectation Time"],
        ),
        "Temporary Staff": (
            v["Temporary Posts"]
            + v["Switch Staff Up"] * v["Establishment"] * v["Temporary Response"] * overload,
            practice,
        ),
        "Burnout": (v["Overtime"] + v["Assessment Pressure"], v["Burnout Time"]),
        "Gaming": (
            (1 - v["Scored By Repeats"]) * look_up("Table For Gaming", v["Assessment Pressure"]),
            practice,
        ),
        "Appeasement": ((1 - v["Excluded Share Of Unreasonable"]) * concession, practice),
        "Expectation": (
            v["Regular Resolution"]
            + v["Switch Rising Expectations"] * (v["Perceived Performance"] - v["Regular Resolution"]),
            v["Expectation Time"],
        ),
        "Trust In First Order": (
            v["Routine Work Condition"] * solved_share * usual_time,
            v["Time To Gain Trust"],
        ),
        "Cause Knowledge": (
            (1 - v["Switch Paper Success"] * v["Information Dilution"] * v["Gaming"])
            * (1 + v["Switch Proactive Governance"] * news),
            practice,
        ),
    }


def rates(values: Values, c: Values) -> Values:
    """Return the weekly change of every stock."""
    v = {**values, **c}
    changes = {
        "Routine Problems": (
            v["Routine Generation"]
            + v["Routine Lapse"]
            - v["First Order Solving"]
            - v["Proactive Solving"]
            - v["Routine Expiry"]
            - v["Routine Reporting"]
        ),
        "Spill Over Problems": (
            v["Spill Over Generation"]
            + v["Spill Over Lapse"]
            - v["Spill Over Expiry"]
            - v["Spill Over Reporting"]
        ),
        "Order Backlog": (
            v["Routine Reporting"]
            + v["Spill Over Reporting"]
            + v["Repeat Calls"]
            - v["Real Closing"]
            - v["Superficial Closing"]
            - v["Withdrawal"]
        ),
        "Unreasonable Orders": v["Unreasonable Demands"] - v["Unreasonable Closing"],
        "Superficially Closed Orders": (
            v["Superficial Closing"] - v["Repeat Calls"] - v["Routine Lapse"] - v["Spill Over Lapse"]
        ),
        "Attention To Orders": v["Change In Attention"],
        "Working Standard": v["Change In Standard"],
        "Routine Work Condition": v["Change In Routine Condition"],
        "Rookies": v["Hiring"] - v["Assimilation"],
        "Experienced Staff": v["Assimilation"] - v["Quits"],
        "Target": v["Change In Target"],
        "Trust In Hotline": v["Change In Trust"],
        "Systemic Causes": v["Change In Causes"],
    }
    for name, (signal, time) in _smoothing(v).items():
        changes[name] = (signal - v[name]) / time
    return changes


def _constants_at(changes: Sequence[Change], time: float | None) -> Values:
    """Return the constants that hold at a time; time None is before the start."""
    c = dict(CONSTANTS)
    timed = [change for change in changes if change[2] is not None]
    for name, value, begins in [*(change for change in changes if change[2] is None), *_by_time(timed)]:
        if name not in CONSTANTS:
            raise KeyError(name)
        if begins is None or (time is not None and time >= begins - 1e-9):
            c[name] = float(value)
    return c


def _by_time(changes: Sequence[Change]) -> list[Change]:
    """Return timed changes in the order of their times, so that a later one prevails."""
    return sorted(changes, key=lambda change: INITIAL_TIME if change[2] is None else change[2])


def run_euler(
    changes: Sequence[Change], final_time: float, time_step: float = 0.125, save_period: float = 1.0
) -> dict[str, np.ndarray]:
    """Run by Euler's method; save every variable at 0, `save_period` and so on to `final_time`."""
    start = _constants_at(changes, None)
    held = initial_held(start)
    state = initial_state(start)
    steps = round((final_time - INITIAL_TIME) / time_step)
    every = round(save_period / time_step)
    saved: list[Values] = []
    for k in range(steps + 1):
        c = _constants_at(changes, INITIAL_TIME + k * time_step)
        values = evaluate(state, c, held)
        if k % every == 0:
            saved.append(values)
        change = rates(values, c)
        state = {name: level + time_step * change[name] for name, level in state.items()}
    return {name: np.array([values[name] for values in saved]) for name in saved[0]}


def run_scipy(
    changes: Sequence[Change], final_time: float, save_period: float = 1.0
) -> dict[str, np.ndarray]:
    """Run by LSODA, started anew at each change; save stocks at 0, `save_period` and so on."""
    start = _constants_at(changes, None)
    held = initial_held(start)
    first = initial_state(start)
    names = list(first)
    level = np.array(list(first.values()))
    times = INITIAL_TIME + save_period * np.arange(int((final_time - INITIAL_TIME) / save_period + 1e-9) + 1)
    saved = np.empty((len(names), times.size))
    saved[:, 0] = level
    breaks = {begins for _, _, begins in changes if begins is not None and INITIAL_TIME < begins < final_time}
    edges = [INITIAL_TIME, *sorted(breaks), final_time]
    for left, right in pairwise(edges):
        c = _constants_at(changes, left)

        def slope(_time: float, y: np.ndarray, c: Values = c) -> list[float]:
            change = rates(evaluate(dict(zip(names, y.tolist(), strict=True)), c, held), c)
            return [change[name] for name in names]

        inside = (times > left) & (times <= right)
        points = np.union1d(times[inside], [right])
        run = solve_ivp(slope, (left, right), level, method="LSODA", t_eval=points, rtol=1e-10, atol=1e-10)
        if not run.success:
            raise RuntimeError(run.message)
        saved[:, inside] = run.y[:, np.isin(points, times[inside])]
        level = run.y[:, -1]
    return {name: saved[k] for k, name in enumerate(names)}
