"""What do the tests of the causal loop diagram draw? Thirty variables, sixty links and ten loops of one street."""

from sdmodels.catalogue.naming import Language
from sdmodels.figures.causal_parts import CausalDiagram, DiagramLink, DiagramLoop, DiagramVariable

NAMES = (
    ("Order Backlog", "工单积压"),
    ("Required Order Hours", "办结积压所需工时"),
    ("Change In Attention", "注意力的调整"),
    ("Attention To Orders", "投入工单的注意力份额"),
    ("Hours On Orders", "办理工单的工时"),
    ("Routine Hours", "常规工作工时"),
    ("Routine Effort", "常规工作投入"),
    ("Change In Routine Condition", "常规工作状况的变化"),
    ("Routine Work Condition", "常规工作状况"),
    ("Routine Generation", "常规问题的产生"),
    ("Routine Problems", "未解决的常规问题"),
    ("Routine Reporting", "常规问题的反映"),
    ("Order Pressure", "工单压力"),
    ("Time Per Order", "单件办理工时"),
    ("Real Resolution Share", "真解决的比例"),
    ("Superficial Closing", "表面办结"),
    ("Superficially Closed Orders", "表面办结的工单"),
    ("Repeat Calls", "重复来电"),
    ("Perceived Performance", "感知到的办理成效"),
    ("Change In Trust", "信任的变化"),
    ("Trust In Hotline", "对热线的信任"),
    ("Hotline Share Of Routine", "常规问题走热线的比例"),
    ("Solving Authority", "解决问题的权限"),
    ("Overtime", "加班"),
    ("Burnout", "职业倦怠"),
    ("Quits", "离职"),
    ("Experienced Staff", "熟练人员"),
    ("Workload", "工作负荷"),
    ("Assessment Pressure", "考核压力"),
    ("Reported Resolution", "上报解决率"),
)
"""English, which is also the id, and Chinese."""

STOCKS = {
    "Order Backlog",
    "Attention To Orders",
    "Routine Work Condition",
    "Routine Problems",
    "Superficially Closed Orders",
    "Trust In Hotline",
    "Burnout",
    "Experienced Staff",
}

LOOPS = (
    ("R1", "Busier but ineffective", "越来越忙、忙而无功", True, 1.0, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
    ("R2", "Haste makes calls", "忙中出错、重复来电", True, 0.7, (0, 1, 12, 13, 14, 15, 16, 17)),
    ("R3", "It works, so call", "管用，所以拨打", True, 0.5, (18, 19, 20, 21, 22, 14)),
    ("R4", "Burn-out spiral", "倦怠螺旋", True, 0.4, (24, 25, 26, 27, 23)),
    ("R5", "Paper success", "纸面成绩", True, 0.2, (28, 13, 14, 29)),
    ("B1", "Work harder", "加班加点", False, 0.6, (0, 1, 27, 23, 4)),
    ("B2", "Cut corners", "压缩办理工时", False, 0.8, (0, 1, 12, 13)),
    ("B3", "All hands to the hotline", "全员办工单", False, 0.3, (0, 1, 2, 3, 4)),
    ("B4", "Disappointment", "失望", False, 0.3, (0, 18, 19, 20, 21, 11)),
    ("B5", "Solved problems do not call", "解决了就不再来电", None, 0.1, (16, 10, 11, 0, 15)),
)

FURTHER = (
    *((2, 12), (8, 20), (3, 2), (20, 19), (24, 4), (23, 24), (28, 3), (29, 18), (17, 19), (26, 4)),
    *((7, 8), (8, 7), (0, 28), (13, 23), (10, 8), (22, 28), (27, 24), (5, 27), (15, 29), (17, 1), (9, 17)),
    *((12, 28), (25, 27), (18, 21), (6, 10), (0, 0)),
)
"""Links of no loop: with opposite links between two variables, and one from a variable to itself."""


def street(language: Language) -> CausalDiagram:
    """Return the diagram in a language."""
    spoken = 1 if language == "zh" else 0
    pairs = dict.fromkeys(
        [(a, b) for loop in LOOPS for a, b in zip(loop[5], (*loop[5][1:], loop[5][0]), strict=True)]
    ) | dict.fromkeys(FURTHER)
    return CausalDiagram(
        variables=tuple(
            DiagramVariable(name=names[0], label=names[spoken], stock=names[0] in STOCKS) for names in NAMES
        ),
        links=tuple(
            DiagramLink(
                source=NAMES[a][0],
                target=NAMES[b][0],
                polarity="depends" if (a + b) % 11 == 0 else "-" if (a * 7 + b) % 3 == 0 else "+",
                weight=(a * 13 + b * 5) % 20 / 20,
                delayed=(a + 2 * b) % 7 == 0,
            )
            for a, b in pairs
        ),
        loops=tuple(
            DiagramLoop(
                id=id,
                title=zh if spoken else en,
                reinforcing=reinforcing,
                variables=tuple(NAMES[number][0] for number in members),
                weight=weight,
            )
            for id, en, zh, reinforcing, weight, members in LOOPS
        ),
        title="一个街道的热线与常规工作" if spoken else "The hotline and the routine work of one street",
        note="示例，并非结果。" if spoken else "An example, not a result.",
    )
