"""The words of ``interlock``, and what each ends with.

Exit codes: 0 it went well; 1 what was asked about went badly; 2 the words cannot be used; 3 the installation refused or
cannot be reached; 130 interrupted.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from types import ModuleType

from client import forward, replay, send, show, tail
from client.api import Api, Refused
from client.saying import complain, plain
from client.send import Unusable

URL, TOKEN = "INTERLOCK_URL", "INTERLOCK_TOKEN"
HERE = "http://127.0.0.1:8460"
COMMANDS: Mapping[str, ModuleType] = {"tail": tail, "show": show, "send": send, "forward": forward, "replay": replay}
ABOUT = (
    f"{URL} is where the installation is ({HERE} unless it says otherwise), {TOKEN} a service token (API tokens, in "
    "the menu of your name). A token is never given as a word: words are seen by everybody on a machine."
)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = _parser().parse_args(words)
    base, token = os.environ.get(URL, HERE).rstrip("/"), os.environ.get(TOKEN, "")
    if not token and not _is_proved_by_its_key(asked):
        complain(f"{TOKEN} is empty. Make a token on {base}/access/tokens/ and put it there.")
        return 2
    try:
        code: int = COMMANDS[asked.command].run(Api(base, token), asked)
    except Unusable as error:
        complain(str(error))
        return 2
    except Refused as error:
        complain(plain(error))
        return 3
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return code


def _is_proved_by_its_key(asked: Namespace) -> bool:
    """What is signed as its sender signs, and not looked after, needs no token."""
    return asked.command == "send" and not asked.wait


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="interlock", description="See and try what goes through Interlock.", epilog=ABOUT)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        about = str(module.__doc__).partition(": ")[2].partition("\n")[0]
        one = commands.add_parser(name, help=about, description=module.__doc__)
        module.options(one)
    return parser
