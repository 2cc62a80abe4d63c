"""What are the headings of tables called in both languages?"""

from collections.abc import Mapping
from types import MappingProxyType

from sdmodels.catalogue import Text
from sdmodels.report.table import Column


def column(key: str, en: str, zh: str, *, numeric: bool = False) -> Column:
    """Return a column; numbers stand on the right."""
    return Column(key=key, title=Text(en=en, zh=zh), align="right" if numeric else "left")


ID = column("id", "id", "编号")
NAME = column("name", "name", "名称")
TITLE = column("title", "title", "标题")
MEANING = column("meaning", "what it is", "含义")
UNIT = column("unit", "unit", "单位")
VALUE = column("value", "value", "取值", numeric=True)
MINIMUM = column("minimum", "from", "下限", numeric=True)
MAXIMUM = column("maximum", "to", "上限", numeric=True)
POLICY = column("policy", "policy", "政策")
SCENARIO = column("scenario", "scenario", "情景")
OUTCOME = column("outcome", "outcome", "结果")
MEDIAN = column("median", "median", "中位数", numeric=True)
LOW = column("low", "5 %", "5 %", numeric=True)
HIGH = column("high", "95 %", "95 %", numeric=True)
CHANGE = column("change", "against baseline", "相对基准", numeric=True)
SOURCE = column("source", "source", "来源")
STATUS = column("status", "status", "结论")
MESSAGE = column("message", "evidence", "依据")
POLARITY = column("polarity", "polarity", "极性")
VARIABLES = column("variables", "variables", "变量")
STATISTIC = column("statistic", "statistic", "统计量")

WORDS_IN_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "final": "期末值",
        "mean": "均值",
        "minimum": "最小值",
        "maximum": "最大值",
        "total": "累计",
        "initial": "期初值",
        "time of minimum": "最小值时间",
        "time of maximum": "最大值时间",
        "reinforcing": "增强",
        "balancing": "调节",
        "changing": "可变",
        "at rest": "静止",
        "passed": "通过",
        "failed": "未通过",
        "not run": "未执行",
        "uniform": "均匀",
        "log uniform": "对数均匀",
        "sweep": "扫描",
        "ramp": "升降",
        "course": "过程",
        "modes": "行为模式",
        "shock": "冲击",
        "noise": "扰动",
        "ranking": "排序",
    }
)
