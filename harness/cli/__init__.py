"""The command ``harness``: composition root of everything else.

Each command lives in a module of this package and is imported when it is called: the start of
``harness --help`` costs no numpy, no cryptography and no dask.
"""

import importlib
import os
import sys
import traceback

import click

from harness.cli.exits import Exit

_COMMANDS = {
    "cases": "List the conformance cases.",
    "decode": "Print a GBCS message as a readable tree.",
    "doctor": "Check this installation.",
    "encode": "Build a GBCS message from its JSON form.",
    "explore": "Look for a sequence of commands that breaks a device.",
    "gate": "Decide on a stored run: pass or fail, with JUnit and Markdown.",
    "matrix": "Show, count and sample test matrices.",
    "parties": "Write the keys of the test's remote parties, for devices to trust.",
    "profiles": "List, show, check and import device profiles.",
    "replay": "Do one case again in one home, alone.",
    "report": "Render a stored run as HTML.",
    "rtds": "Check a folder of Reference Test Data Set messages.",
    "run": "Run a matrix through the conformance cases.",
    "serve": "Let others test an emulated home, over TCP.",
    "sign": "Sign a pre-command.",
    "utrn": "Make and check prepayment tokens.",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"harness.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gb-smart-meter-interop-harness", prog_name="harness")
def command() -> None:
    """Test homes of GB smart metering devices for conformance and interoperability.

    Exit codes: 0 done or pass, 1 gate failed, 2 usage or configuration, 3 internal error,
    4 incomplete run, 5 nothing selected.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with a documented code.

    Bad input ends in one line per problem. A traceback means a fault of the harness itself.
    """
    from device_profiles.errors import InputError  # noqa: PLC0415 - loaded after --help is answered

    try:
        result = command.main(args=arguments, prog_name="harness", standalone_mode=False)
        code = result if isinstance(result, int) else Exit.DONE
    except InputError as error:
        code = _complain(str(error), Exit.USAGE)
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        code = _complain("stopped", Exit.INCOMPLETE)
    except BrokenPipeError:
        # The reader of a listing went away, as "head" does: nobody is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    except OSError as error:
        code = _complain(f"{error.filename or 'harness'}: {error.strerror or error}", Exit.USAGE)
    except Exception:  # noqa: BLE001 - the last line of defence, so that the exit code tells whose fault it was
        traceback.print_exc()
        code = _complain(
            "internal error: the lines above are a fault of the harness, not of your input", Exit.INTERNAL
        )
    sys.exit(code)


def _complain(text: str, code: Exit) -> Exit:
    click.echo(text, err=True)
    return code
