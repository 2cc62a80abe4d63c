"""Which models are in the catalogue?"""

from sdmodels.catalogue import Language, Text, data_folder, identifiers, read_catalogued
from sdmodels.cli.output import rows_of, show, show_json
from sdmodels.report import words
from sdmodels.report.table import Table


def command(*, lang: Language, as_json: bool) -> None:
    """Print the models of the catalogue."""
    manifests = [read_catalogued(data_folder("models") / id / "model.toml") for id in identifiers()]
    table = Table(
        title=Text(en="Models", zh="模型"),
        columns=(
            words.ID,
            words.TITLE,
            words.column("policies", "policies", "政策数", numeric=True),
            words.column("outcomes", "outcomes", "结果数", numeric=True),
        ),
        rows=tuple(
            {
                "id": manifest.id,
                "title": manifest.title.in_language(lang),
                "policies": len(manifest.policies),
                "outcomes": len(manifest.outcomes),
                "source": manifest.source,
            }
            for manifest in manifests
        ),
    )
    if as_json:
        show_json(rows_of(table))
    else:
        show([table], lang)
