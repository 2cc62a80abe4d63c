"""What is to be known about one model?"""

from sdmodels.catalogue import Language, load
from sdmodels.cli.output import console, rows_of, show, show_json
from sdmodels.report.description import description, overview
from sdmodels.structure.hidden_stocks import number_of_states


def command(*, model: str, lang: Language, as_json: bool) -> None:
    """Print what a model consists of and what may be asked of it."""
    entry = load(model)
    tables = description(entry, lang)
    if as_json:
        document = {
            "id": entry.id,
            "title": entry.title(lang),
            "file": str(entry.path),
            "states": number_of_states(entry.model),
        }
        show_json({**document, **{name: rows_of(table) for name, table in tables.items()}})
        return
    console().print(overview(entry, lang), markup=False, soft_wrap=True)
    show(list(tables.values()), lang)
