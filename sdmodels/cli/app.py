"""Which commands are there, and what happens when one goes wrong?

A command's module is imported when the command is called, so that ``--help`` answers at once.
"""

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sdmodels.errors import SDModelsError

BAD_INPUT = 2
INTERRUPTED = 130

app = typer.Typer(
    name="sdmodels",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="System-dynamics models of digital grassroots governance: simulate policy levers, compare policies, "
    "check a model. MODEL is an id of the catalogue (`sdmodels list`) or the path of a model (.mdl, .xmile).",
    epilog="Example: `sdmodels study hotline --members 200 --lang zh`",
)

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A catalogue id, or the path of a model file.")]
Language = Annotated[Literal["en", "zh"], typer.Option("--lang", help="Language of tables and figures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON in full precision instead of a table.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Give a constant another value; may be repeated."),
]
Policies = Annotated[
    list[str] | None, typer.Option("--policy", metavar="ID", help="A policy of the model; may be repeated.")
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="ID", help="A scenario of the model; may be repeated."),
]
Members = Annotated[
    int,
    typer.Option(min=1, help="Runs a policy; more than one draw the uncertain constants."),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to write to.")]
Method = Annotated[
    Literal["euler", "rk4"] | None,
    typer.Option(help="How the equations are integrated; as the model's file says if not given."),
]
TimeStep = Annotated[float | None, typer.Option(help="In place of the model's own time step.")]
Data = Annotated[
    Path | None,
    typer.Option(help="CSV of values over time: time in the first column, a variable in each other."),
]
FinalTime = Annotated[float | None, typer.Option(help="In place of the model's own final time.")]


def _run(command: str, **options: Any) -> None:
    # What is imported stays until the end; to search it for rubbish, then and in between, takes a quarter of
    # a second.
    gc.disable()
    module = importlib.import_module(f"sdmodels.cli.{command}")
    gc.freeze()
    gc.enable()
    module.command(**options)


@app.command("list", epilog="Example: `sdmodels list --lang zh`")
def list_models(lang: Language = "en", json: AsJson = False) -> None:
    """List the models of the catalogue."""
    _run("listing", lang=lang, as_json=json)


@app.command(epilog="Example: `sdmodels describe hotline`")
def describe(model: Model, lang: Language = "en", json: AsJson = False) -> None:
    """Describe a model: levers with bounds, policies, scenarios, outcomes, loops, uncertain constants."""
    _run("describe", model=model, lang=lang, as_json=json)


@app.command(
    epilog='Example: `sdmodels simulate hotline --set "Application Intensity=0.6" --members 200 --seed 1`'
)
def simulate(
    model: Model,
    set: Set = None,
    policy: Policies = None,
    scenario: Scenarios = None,
    members: Members = 1,
    seed: Seed = 0,
    data: Data = None,
    out: Out = None,
    method: Method = None,
    time_step: TimeStep = None,
    final_time: FinalTime = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Simulate a model and write DIR/behaviour.csv and DIR/behaviour.png (DIR is out/MODEL if not given)."""
    _run(
        "simulate",
        model=model,
        settings=set or [],
        policies=policy or ["baseline"],
        scenarios=scenario or ["normal"],
        members=members,
        seed=seed,
        data=data,
        out=out,
        method=method,
        time_step=time_step,
        final_time=final_time,
        lang=lang,
        as_json=json,
    )


@app.command(
    epilog="Example: `sdmodels compare hotline --policy baseline --policy high_intensity --members 500`"
)
def compare(
    model: Model,
    policy: Policies = None,
    scenario: Scenarios = None,
    set: Set = None,
    members: Members = 200,
    seed: Seed = 0,
    out: Out = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Compare the outcomes of policies, all of them if none is named; with --out write the table and a figure."""
    _run(
        "compare",
        model=model,
        policies=policy or [],
        scenarios=scenario or ["normal"],
        settings=set or [],
        members=members,
        seed=seed,
        out=out,
        lang=lang,
        as_json=json,
    )


@app.command(epilog="Example: `sdmodels experiment hotline all --members 500 --out results`")
def experiment(
    model: Model,
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="An experiment, or all; they are listed without it.")
    ] = None,
    members: Annotated[
        int | None,
        typer.Option(min=1, help="Runs of each arm and value; as many as the experiment says if not given."),
    ] = None,
    seed: Seed = 0,
    out: Out = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """List a model's experiments, or run one: print findings; write figure and numbers, DIR/ID.png and DIR/ID.csv.

    DIR is out/MODEL/experiments if not given.
    """
    _run("experiment", model=model, id=id, members=members, seed=seed, out=out, lang=lang, as_json=json)


@app.command(
    epilog="Example: `sdmodels loops hotline --policy high_intensity --scenario scarce_staff "
    "--posterior city_2019_2021`"
)
def loops(
    model: Model,
    policy: Policies = None,
    scenario: Annotated[str, typer.Option(metavar="ID", help="A scenario of the model.")] = "normal",
    set: Set = None,
    posterior: Annotated[
        str | None,
        typer.Option(metavar="CASE", help="Draw members from the accepted posterior of a case."),
    ] = None,
    members: Annotated[
        int | None, typer.Option(min=1, help="Runs a policy: 1 if not given, and 200 with --posterior.")
    ] = None,
    seed: Seed = 0,
    at: Annotated[
        float | None,
        typer.Option(
            metavar="TIME", help="Time of the widths in the causal loop diagram; means if not given."
        ),
    ] = None,
    loop: Annotated[
        list[str] | None,
        typer.Option("--loop", metavar="ID", help="A loop for the figures; may be repeated."),
    ] = None,
    cuts: Annotated[
        bool,
        typer.Option(
            "--cuts/--no-cuts", help="Whether to run the model without each loop that has a switch."
        ),
    ] = True,
    opinions: Annotated[
        bool,
        typer.Option(
            "--opinions/--no-opinions",
            help="Whether to ask eigenvalue elasticity and pathway participation, too.",
        ),
    ] = True,
    out: Out = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Find the feedback loops, say which are in charge when, and write tables and figures to DIR.

    Loops come in order of importance, with their variables in words. DIR is out/MODEL/loops if not given; it gets
    behaviour and loops over time, the causal loop diagram, what runs through each named loop, and runs with and
    without loops.
    """
    _run(
        "loops",
        model=model,
        settings=set or [],
        policies=policy or ["baseline"],
        scenario=scenario,
        posterior=posterior,
        members=members,
        seed=seed,
        at=at,
        loops=loop or [],
        with_cuts=cuts,
        with_opinions=opinions,
        out=out,
        lang=lang,
        as_json=json,
    )


@app.command(epilog="Example: `sdmodels check hotline_pocket --mutations`")
def check(
    model: Model,
    mutations: Annotated[
        bool,
        typer.Option(
            "--mutations",
            help="Put the mistakes of mutations.toml into the model; exit code 1 if too few are caught.",
        ),
    ] = False,
    stop_at_first: Annotated[
        bool, typer.Option("--stop-at-first", help="Leave out what comes after the first check that fails.")
    ] = False,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Check a model: structure, balances, integration, extremes, loops. Exit code 1 if a check fails."""
    _run(
        "mutations" if mutations else "check",
        model=model,
        stop_at_first=stop_at_first,
        lang=lang,
        as_json=json,
    )


@app.command(epilog="Example: `sdmodels calibrate city_2019_2021 --predict 2026-12 --out city`")
def calibrate(
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help="An id of a case, or a folder of your own.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the cases.")] = False,
    predict: Annotated[
        str | None, typer.Option(metavar="MONTH", help="Predict to the end of this month or year: 2026-12.")
    ] = None,
    starts: Annotated[int | None, typer.Option(min=1, help="Searches for the best fit.")] = None,
    populations: Annotated[
        int | None, typer.Option(min=2, help="Independent samples of the posterior, which R-hat compares.")
    ] = None,
    walkers: Annotated[int | None, typer.Option(min=16, help="Draws of each population.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed; like all of these the case's own if not given.")
    ] = None,
    globally: Annotated[
        bool, typer.Option("--global", help="Search by differential evolution, for a rugged surface.")
    ] = False,
    profiles: Annotated[
        bool, typer.Option("--profiles/--no-profiles", help="Whether to compute profile likelihoods.")
    ] = True,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Write accepted.toml and posterior.csv into the folder of the case."),
    ] = False,
    out: Out = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Calibrate a model to a case, or list the cases: best fits, posterior, verdicts, what made the growth.

    Numbers and figures are written to DIR, which is out/calibration/CASE if not given; an interrupted calibration
    goes on from DIR/work.
    """
    _run(
        "calibrate",
        case=case,
        listed=listed,
        until=predict,
        effort={"starts": starts, "populations": populations, "walkers": walkers, "seed": seed},
        globally=globally,
        profiles=profiles,
        accepted=accept,
        out=out,
        lang=lang,
        as_json=json,
    )


@app.command(epilog="Example: `sdmodels study hotline --members 500 --seed 1 --out results`")
def study(
    model: Model,
    members: Members = 200,
    seed: Seed = 0,
    draws: Annotated[
        Literal["posterior", "ranges"] | None,
        typer.Option(
            help="Draw members from the posterior of the model's case, or from its ranges; the posterior where "
            "there is one, if not given."
        ),
    ] = None,
    out: Out = None,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """Simulate the baseline and the main policies of a model; print outcomes; write trajectories as CSV and PNG.

    Where the model is calibrated, members are drawn from the posterior of the case that model.toml names.
    """
    _run("study", model=model, members=members, seed=seed, draws=draws, out=out, lang=lang, as_json=json)


@app.command(epilog="Example: `sdmodels draw hotline --lang zh --out drawing`")
def draw(
    model: Model,
    view: Annotated[
        str | None,
        typer.Option(
            metavar="TITLE", help="The only view to draw, by its title in either language; all if not given."
        ),
    ] = None,
    png: Annotated[bool, typer.Option("--png", help="Write each view as PNG, too.")] = False,
    out: Out = None,
    lang: Language = "en",
) -> None:
    """Draw what the model's Vensim file shows: DIR/VIEW_LANG.svg, a file a view.

    DIR is out/MODEL/drawing if not given.
    """
    _run("draw", model=model, view=view, png=png, out=out, lang=lang)


@app.command(epilog="Example: `sdmodels export hotline --to xmile --out hotline.xmile`")
def export(
    model: Model,
    to: Annotated[
        Literal["xmile", "markdown"],
        typer.Option("--to", help="XMILE 1.0 for Stella and Simlin, or all equations as Markdown."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write; standard output if not given."),
    ] = None,
    lang: Language = "en",
) -> None:
    """Export a model for another program (XMILE) or for readers (equations, units and tables in Markdown)."""
    _run("export", model=model, to=to, out=out, lang=lang)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: an error is three lines on standard error and exit code 2, never a traceback."""
    _make_output_safe()
    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except SDModelsError as error:
        _stop(str(error), BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except MemoryError as error:
        reason = " ".join(str(error).split()) or "no more memory"
        remedy = "Ask for fewer members or a longer save period."
        _stop(f"The run does not fit into the memory of this machine.\n    {reason}\n{remedy}", BAD_INPUT)
    except BrokenPipeError:
        # The reader of a pipe (such as `head`) has enough; writing on would only raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = error.filename or "a file"
        _stop(
            f"{where}: {error.strerror or error}.\n    {type(error).__name__}\nCheck path and rights.",
            BAD_INPUT,
        )
    except Exception as error:
        # Wrong options raise an exception of the parser that typer uses; its class moved between versions.
        if not hasattr(error, "format_message"):
            raise
        if not error.format_message():
            # No command was given: the help has been shown.
            sys.exit(BAD_INPUT)
        _stop(_usage(error), BAD_INPUT)
    if code == INTERRUPTED:
        _stop(
            "Stopped.\n    No file is half-written.\nRun the command again; `calibrate` goes on from where it was.",
            INTERRUPTED,
        )
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Exception) -> str:
    message = " ".join(getattr(error, "format_message", lambda: str(error))().split())
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "sdmodels"
    return f"{message}\n    {command} {' '.join(sys.argv[2:])}".rstrip() + f"\nTry '{command} --help'."


def _stop(message: str, code: int) -> None:
    print(message, file=sys.stderr)  # noqa: T201
    sys.exit(code)


def _make_output_safe() -> None:
    """Let a console that cannot show Chinese replace the letters instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
