"""How does a formula, written outside of any model file, become an Expression of a model's variables?"""

from pathlib import Path

from sdmodels.errors import ModelFileError, did_you_mean
from sdmodels.readers.parsing import parse
from sdmodels.readers.text import Statement
from sdmodels.readers.translation import Names, UndefinedError, translate
from sdmodels.structure.expression import Expression
from sdmodels.structure.model import Lookup, Model
from sdmodels.structure.names import key_of


def read_formula(text: str, model: Model, *, path: Path, name: str) -> Expression:
    """Read a formula in Vensim's syntax.

    Parameters
    ----------
    model
        Whose variables the formula may name.
    path, name
        Where the formula stands and what it defines, for messages.

    Raises
    ------
    ModelFileError
        If it cannot be read, or names what the model does not have.
    """
    text = " ".join(text.split())
    statement = Statement(equation=f"{name} = {text}", units="", documentation="", line=1)
    try:
        section = parse(path, (statement,))[""].section
    except ModelFileError as error:
        # The formula is not on the first line of its file.
        raise type(error)(str(error).replace(f"{path}:1:", f"{path}:", 1)) from error
    try:
        return translate(section.elements[0].components[0].ast, _names(model))
    except UndefinedError as error:
        remedy = did_you_mean(error.name, error.known, otherwise="Name a variable of the model.")
        raise ModelFileError(
            f"{path}: the formula of '{name}' names '{error.name}', which is not defined.\n    {text}\n{remedy}"
        ) from None
    except ModelFileError as error:
        raise ModelFileError(
            f"{path}: the formula of '{name}' cannot be used: {error}.\n    {text}\nWrite it another way."
        ) from error


def _names(model: Model) -> Names:
    elements = [element for dimension in model.dimensions.values() for element in dimension.elements]
    return Names(
        variables={key_of(name): name for name in model.variables},
        lookups={key_of(name): name for name, v in model.variables.items() if isinstance(v, Lookup)},
        subscripts={key_of(name): name for name in (*model.dimensions, *elements)},
        sizes={key_of(name): len(dimension.elements) for name, dimension in model.dimensions.items()},
    )
