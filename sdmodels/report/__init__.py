"""How do results reach people: tables, files, a study of a whole model."""

from sdmodels.report.files import write_behaviour, write_variables
from sdmodels.report.study import Study, study

__all__ = ["Study", "study", "write_behaviour", "write_variables"]
